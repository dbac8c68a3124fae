using Cms.Formats.Modules;
using Cms.Formats.Segments;

namespace Cms.Benchmarks;

/// <summary>
/// The other process: loads a segment with all keys and then commits one of them 1,000 times a second, every tenth time a
/// hot key, otherwise one that nobody reads. Native/lmdb_writer.c does the same to LMDB. Values stay what they are.
/// </summary>
internal static class LookupWriter
{
    private const int LoadCommit = 1000;
    private const int HotEvery = 10;

    /// <summary>
    /// Prints a line <c>LIVE RETAINED FREE INDEX</c> (bytes, as the writer counts them) when all is loaded, and once more
    /// when the segment was compacted, as a daemon does that has nothing else to do. Begins to commit on a line of input.
    /// At the end of input prints a line <c>COMMITS NANOSECONDS</c>.
    /// </summary>
    /// <param name="path">The segment to make.</param>
    /// <param name="input">The parent's words.</param>
    /// <param name="output">Where the lines go.</param>
    public static async Task RunAsync(string path, TextReader input, TextWriter output)
    {
        using var segment = SegmentLoad.Create(path);
        SegmentLoad.AddSections(segment, LookupData.SectionCount);
        foreach (var numbers in LookupData.LoadOrder().Chunk(LoadCommit))
        {
            SegmentLoad.Commit(segment, Array.ConvertAll(numbers, SegmentLoad.Set));
        }

        await output.WriteLineAsync(Describe(segment.Statistics));
        SegmentLoad.Rest(segment);
        await output.WriteLineAsync(Describe(segment.Statistics));
        if (await input.ReadLineAsync() is null)
        {
            return;
        }

        SegmentLoad.Commit(segment, [new ModuleChange.SectionAdded(SegmentLoad.Id(LookupData.SectionCount), "section", LookupData.Section(LookupData.SectionCount))]);
        await PacedCommits.RunAsync(input, output, commit => SegmentLoad.Commit(segment, [SegmentLoad.Set(KeyOf(commit))]));
    }

    private static string Describe(SegmentStatistics statistics)
    {
        var live = statistics.BytesInUse - statistics.RetainedBytes;
        var free = statistics.UsedBytes - statistics.IndexBytes - statistics.BytesInUse;
        return FormattableString.Invariant($"{live} {statistics.RetainedBytes} {free} {statistics.IndexBytes}");
    }

    private static uint KeyOf(long commit) => commit % HotEvery == 0
        ? LookupData.HotNumber((int)(commit / HotEvery % LookupData.HotCount))
        : (uint)(LookupData.KeyCount + (commit % LookupData.OptionsPerSection));
}
