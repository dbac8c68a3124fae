using Cms.Formats.Segments;
using Cms.Tests.Segments;

namespace Cms.Tests.Worker;

/// <summary>Writes one commit after the other into a segment until somebody kills the process.</summary>
internal static class SegmentWriting
{
    public static int Run(string path, int seed)
    {
        var writer = SegmentWriter.TryReopen(path, StampedWorkload.Journal, StampedWorkload.Options, out var whyNot);
        if (writer is null)
        {
            Console.Error.WriteLine(whyNot);
            return 1;
        }

        var history = StampedWorkload.HistoryOf(seed);
        history.ReplayTo(writer.Revision, StampedWorkload.MostChanges);
        Console.WriteLine("writing");
        while (true)
        {
            var changes = history.NextCommit(StampedWorkload.MostChanges);
            if (!writer.TryReserve(changes, out var refusal))
            {
                Console.Error.WriteLine(refusal);
                return 1;
            }

            writer.Project(history.Model.Revision, changes);
        }
    }
}
