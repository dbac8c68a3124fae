using System.Globalization;
using Cms.Formats.Modules;
using Cms.Formats.Segments;

namespace Cms.Benchmarks;

/// <summary>Wears a segment out: 10 million random overwrites, adds and deletes of about 100,000 options of varied size.</summary>
internal static class ChurnWorker
{
    private const int Options = 200_000;
    private const int OptionsPerSection = 200;
    private const int Operations = 10_000_000;
    private const int OperationsPerCommit = 100;
    private const int UsualValue = 64;
    private const int LongValue = 1024;
    private const int LongEvery = 50;
    private const int Seed = 1;

    /// <summary>
    /// Prints a line <c>NAME VALUE</c> for each figure. The fragmentation is the part of the arena below its top that
    /// holds neither what is live nor what is kept for readers of earlier commits: free blocks, and nothing else. The worst
    /// is that while there is no rest for a compaction, the other is what is left when the writer rested.
    /// </summary>
    /// <param name="path">The segment to make.</param>
    /// <param name="output">Where the lines go.</param>
    public static void Run(string path, TextWriter output)
    {
        using var segment = SegmentLoad.Create(path);
        SegmentLoad.AddSections(segment, Options / OptionsPerSection);
        var random = new Random(Seed);
        var isThere = new bool[Options];
        var changes = new List<ModuleChange>(OperationsPerCommit);
        var worst = 0.0;
        for (var operation = 1; operation <= Operations; operation++)
        {
            changes.Add(Next(random, isThere));
            if (changes.Count == OperationsPerCommit)
            {
                SegmentLoad.Commit(segment, changes);
                changes.Clear();
            }

            if (operation % (Operations / 10) == 0)
            {
                worst = Math.Max(worst, FreePercent(segment.Statistics));
            }
        }

        output.WriteLine(FormattableString.Invariant($"fragmentation-worst-percent {worst}"));
        SegmentLoad.Rest(segment);
        output.WriteLine(FormattableString.Invariant($"fragmentation-percent {FreePercent(segment.Statistics)}"));
        output.WriteLine(FormattableString.Invariant($"used-bytes {segment.Statistics.UsedBytes}"));
    }

    // An option that is there is overwritten twice as often as deleted; one that is missing is added.
    private static ModuleChange Next(Random random, bool[] isThere)
    {
        var number = random.Next(Options);
        var section = SegmentLoad.Id(number / OptionsPerSection);
        var option = LookupData.Option(number % OptionsPerSection);
        var isRemoved = isThere[number] && random.Next(3) == 0;
        isThere[number] = !isRemoved;
        return isRemoved ? new ModuleChange.OptionRemoved(section, option) : new ModuleChange.OptionSet(section, option, Value(random));
    }

    private static ConfigValue Value(Random random)
    {
        var size = random.Next(random.Next(LongEvery) == 0 ? LongValue : UsualValue);
        return ConfigValue.FromText(random.Next().ToString("D10", CultureInfo.InvariantCulture).PadRight(size, 'v'));
    }

    private static double FreePercent(SegmentStatistics statistics)
    {
        const int Percent = 100;
        var arena = (double)(statistics.UsedBytes - statistics.IndexBytes);
        return Percent * (arena - statistics.BytesInUse) / arena;
    }
}
