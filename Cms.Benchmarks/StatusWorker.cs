using System.Diagnostics;
using Cms.Formats.Modules;
using Cms.Formats.Segments;

namespace Cms.Benchmarks;

/// <summary>A process that has the writer within it and publishes its status: no journal, no daemon.</summary>
internal static class StatusWorker
{
    private const int Sections = 100;
    private const int OptionsPerSection = 100;
    private const int LargeCommit = 64;
    private const int Rounds = 7;
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(0.5);

    /// <summary>Prints a line <c>NAME VALUE</c> for each figure: the median over the rounds.</summary>
    /// <param name="path">The segment to make.</param>
    /// <param name="output">Where the lines go.</param>
    public static void Run(string path, TextWriter output)
    {
        using var segment = SegmentLoad.Create(path);
        SegmentLoad.AddSections(segment, Sections);
        var options = Enumerable.Range(0, OptionsPerSection).Select(LookupData.Option).ToArray();
        var rates = new List<double>();
        var largeRates = new List<double>();
        for (var round = 0; round <= Rounds; round++)
        {
            var rate = Measure(segment, options, 1);
            var largeRate = Measure(segment, options, LargeCommit);
            if (round > 0)
            {
                rates.Add(rate);
                largeRates.Add(largeRate);
            }
        }

        output.WriteLine(FormattableString.Invariant($"status-writes-per-s {rates.Order().ElementAt(Rounds / 2)}"));
        output.WriteLine(FormattableString.Invariant($"status-writes-64-per-s {largeRates.Order().ElementAt(Rounds / 2)}"));
    }

    // Options written a second, each commit with this many.
    private static double Measure(SegmentWriter segment, string[] options, int perCommit)
    {
        const int CommitsBetweenLooks = 64;
        var changes = new ModuleChange[perCommit];
        var written = 0L;
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < RoundTime)
        {
            for (var commit = 0; commit < CommitsBetweenLooks; commit++)
            {
                for (var index = 0; index < perCommit; index++, written++)
                {
                    // Every option in turn: sections one behind the other, so that no two changes of a commit meet.
                    var section = SegmentLoad.Id((int)(written % Sections));
                    var option = options[written / Sections % OptionsPerSection];
                    changes[index] = new ModuleChange.OptionSet(section, option, ConfigValue.FromInt(written));
                }

                SegmentLoad.Commit(segment, changes);
            }
        }

        return written / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }
}
