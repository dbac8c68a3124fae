using System.Diagnostics;
using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Formats.Uci;

namespace Cms.Benchmarks;

/// <summary>Parses a large text in a process of its own, so that the memory it reports is that of parsing.</summary>
internal static class ParseWorker
{
    private const int SectionsPerCommit = 1000;
    private const int ParseRounds = 3;
    private const int CommandsPerSample = 100_000;

    /// <summary>Parses, parses again into a segment, and prints a line <c>NAME VALUE</c> for each figure.</summary>
    /// <param name="text">The file to parse.</param>
    /// <param name="segment">The segment to make.</param>
    /// <param name="output">Where the lines go.</param>
    public static void Run(string text, string segment, TextWriter output)
    {
        var sizeMb = new FileInfo(text).Length / 1e6;
        var peakBytes = 0L;
        var parse = new Sample();
        for (var round = 0; round < ParseRounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            peakBytes = Math.Max(peakBytes, Parse(text));
            parse.AddSince(start);
        }

        var begun = Stopwatch.GetTimestamp();
        var loadPeakBytes = Load(text, segment, out var sections);
        var load = Stopwatch.GetElapsedTime(begun);
        output.WriteLine(FormattableString.Invariant($"parse-mb-per-s {sizeMb / parse.Median.TotalSeconds}"));
        output.WriteLine(FormattableString.Invariant($"parse-peak-mb {peakBytes / 1e6}"));
        output.WriteLine(FormattableString.Invariant($"parse-into-segment-mb-per-s {sizeMb / load.TotalSeconds}"));
        output.WriteLine(FormattableString.Invariant($"parse-into-segment-peak-mb {loadPeakBytes / 1e6}"));
        output.WriteLine(FormattableString.Invariant($"sections {sections}"));
    }

    private static long Parse(string path)
    {
        using var file = OpenText(path);
        var reader = new UciReader(file, UciReaderOptions.Default);
        var peakBytes = 0L;
        for (var command = 0L; reader.Read(); command++)
        {
            if (reader.Error is { } error)
            {
                throw new InvalidDataException($"{path}: {error}");
            }

            if (command % CommandsPerSample == 0)
            {
                peakBytes = Math.Max(peakBytes, ProcessMemory.OwnBytes());
            }
        }

        return peakBytes;
    }

    // The segment itself is shared memory and does not count.
    private static long Load(string path, string segmentPath, out int sections)
    {
        using var file = OpenText(path);
        using var segment = SegmentLoad.Create(segmentPath);
        var reader = new UciReader(file, UciReaderOptions.Default);
        var changes = new List<ModuleChange>();
        var section = default(SectionId);
        var peakBytes = 0L;
        while (reader.Read())
        {
            if (reader.Kind == UciTokenKind.Section)
            {
                section = section.Next;
                if (section.Value % SectionsPerCommit == 0)
                {
                    Commit(segment, changes);
                    peakBytes = Math.Max(peakBytes, ProcessMemory.OwnBytes());
                }
            }

            changes.Add(ToChange(reader, section));
        }

        Commit(segment, changes);
        sections = segment.View.SectionCount;
        return peakBytes;
    }

    private static FileStream OpenText(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);

    private static ModuleChange ToChange(UciReader reader, SectionId section) => reader.Kind switch
    {
        UciTokenKind.Section => new ModuleChange.SectionAdded(section, Text(reader.Type), Text(reader.Name)),
        UciTokenKind.Option => new ModuleChange.OptionSet(section, Text(reader.Name), ConfigValue.FromBytes(reader.Value)),
        _ => throw new InvalidDataException($"line {reader.Line} has {reader.Kind}, which the generator does not write"),
    };

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes);

    private static void Commit(SegmentWriter segment, List<ModuleChange> changes)
    {
        SegmentLoad.Commit(segment, changes);
        changes.Clear();
    }
}
