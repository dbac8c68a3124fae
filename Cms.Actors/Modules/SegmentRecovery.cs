using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Storage.Journals;

namespace Cms.Actors.Modules;

/// <summary>Brings a module's segment up to its journal.</summary>
internal static class SegmentRecovery
{
    /// <summary>Takes over the segment that was kept, or builds one anew, and replays what it lacks.</summary>
    /// <exception cref="JournalException">The journal is damaged; the message says where.</exception>
    /// <exception cref="SegmentException">There is no room for the module.</exception>
    public static SegmentWriter Open(ModuleContext context)
    {
        var options = new SegmentOptions { MaximumBytes = context.Options.SegmentBytes };
        var last = context.Journal.LastRevision(context.Module);
        var segment = SegmentWriter.TryReopen(context.SegmentPath, context.Journal.Id, options, out var whyNot);
        if (segment is not null && segment.Revision > last)
        {
            whyNot = $"it shows revision {segment.Revision}, which the journal does not have";
            segment.Dispose();
            segment = null;
        }

        var start = segment is null ? "cold" : "warm";
        if (segment is null)
        {
            Log.SegmentRebuilt(context.Logger, context.Module.ToString(), whyNot ?? "there was none");
            segment = SegmentWriter.Create(context.SegmentPath, context.Journal.Id, options);
        }

        var replayed = Replay(context, segment, last);
        Log.ModuleOpened(context.Logger, context.Module.ToString(), last.Value, start, replayed);
        return segment;
    }

    private static int Replay(ModuleContext context, SegmentWriter segment, Revision last)
    {
        var replayed = 0;
        foreach (var commit in context.Journal.Read(context.Module, segment.Revision, last))
        {
            if (!segment.TryReserve(commit.Changes, out var reason))
            {
                throw new SegmentException(SegmentError.Full, context.SegmentPath, $"no room for revision {commit.Revision}: {reason}; raise segment_bytes");
            }

            segment.Project(commit.Revision, commit.Changes);
            replayed++;
        }

        return replayed;
    }
}
