using System.Diagnostics;
using System.Globalization;
using Cms.Formats.Modules;
using Cms.Formats.Segments;

namespace Cms.Tests.Worker;

/// <summary>Reads a segment as fast as it can and checks that every commit is seen whole and none is unseen again.</summary>
internal static class SegmentReading
{
    public static int Run(string path, TimeSpan duration)
    {
        using var reader = SegmentReader.Open(path);
        var started = Stopwatch.GetTimestamp();
        var last = 0L;
        var snapshots = 0L;
        var tooOld = 0L;
        Console.WriteLine("reading");
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            var problem = CheckLookups(reader, ref last);
            try
            {
                problem ??= CheckSnapshot(reader.Snapshot());
                snapshots++;
            }
            catch (SnapshotTooOldException)
            {
                tooOld++;
            }

            if (problem is not null)
            {
                Console.WriteLine("bad: " + problem);
                return 1;
            }
        }

        Console.WriteLine($"good: revision {last}, {snapshots} snapshots, {tooOld} too old");
        return 0;
    }

    private static string? CheckLookups(SegmentReader reader, ref long last)
    {
        for (var index = 0; index < 8; index++)
        {
            var name = System.Text.Encoding.ASCII.GetBytes($"stamp.r{index}");
            var before = reader.VisibleRevision.Value;
            if (before == 0)
            {
                return null;
            }

            if (!reader.TryGetInt(name, out var seen))
            {
                return $"stamp.r{index} is missing at revision {before}";
            }

            if (seen < before || seen < last || seen > reader.VisibleRevision.Value)
            {
                return $"stamp.r{index} is {seen} after {last}, visible {before}";
            }

            last = seen;
        }

        return null;
    }

    private static string? CheckSnapshot(IModuleView view)
    {
        var expected = view.Revision.Value.ToString(CultureInfo.InvariantCulture);
        var stamps = view.Options(new(1)).Select(option => option.Value.GetText()).ToArray();
        if (view.Revision.Value > 0 && (stamps.Length != 8 || Array.Exists(stamps, stamp => stamp != expected)))
        {
            return $"revision {expected} shows {string.Join(',', stamps)}";
        }

        var count = view.Sections().Sum(section => section.Changed <= view.Revision && view.Options(section.Id).All(option => option.Changed <= view.Revision) ? 1 : 0);
        return count == view.SectionCount ? null : $"revision {expected} has {count} sections instead of {view.SectionCount}";
    }
}
