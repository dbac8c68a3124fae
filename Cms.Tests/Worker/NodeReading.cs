using System.Globalization;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Tests.Crash;

namespace Cms.Tests.Worker;

/// <summary>Reads a module's segment without a pause until its input ends, through all deaths of the daemon.</summary>
internal static class NodeReading
{
    public static async Task<int> RunAsync(string runDirectory, string module)
    {
        using var reader = SegmentReader.Open(Path.Combine(runDirectory, "segments", module + ".seg"));
        await Console.Out.WriteLineAsync("begun");
        // The console reads synchronously whatever it is asked.
        var stop = Task.Run(Console.In.ReadLine);
        var seen = new Dictionary<string, int>();
        var reads = 0L;
        while (!stop.IsCompleted)
        {
            try
            {
                if (Check(reader.Snapshot(), seen) is { } wrong)
                {
                    await Console.Error.WriteLineAsync($"after {reads} reads: {wrong}");
                    return 1;
                }

                reads++;
            }
            catch (SnapshotTooOldException)
            {
                // The one thing that a reader of a busy module is told: take a newer snapshot.
            }
        }

        await stop;
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{reads} reads"));
        return 0;
    }

    private static string? Check(IModuleView view, Dictionary<string, int> seen)
    {
        foreach (var section in view.Sections())
        {
            if (CountedSection.Check(view, section, out var number) is { } wrong)
            {
                return $"revision {view.Revision}: {wrong}";
            }

            if (number < seen.GetValueOrDefault(section.Name!))
            {
                return $"revision {view.Revision}: {section.Name} went back from {seen[section.Name!]} to {number}";
            }

            seen[section.Name!] = number;
        }

        return null;
    }
}
