using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Storage.Journals;

namespace Cms.Actors.Modules;

/// <summary>Brings a module's segment up to its journal.</summary>
internal static class SegmentRecovery
{
    /// <summary>Takes over the segment that was kept and replays what it lacks, or builds one anew.</summary>
    /// <remarks>A new one appears with the whole state at once, so that readers of an old file never go back in time.</remarks>
    /// <exception cref="JournalException">The journal is damaged; the message says where.</exception>
    /// <exception cref="SegmentException">There is no room for the module.</exception>
    public static SegmentWriter Open(ModuleContext context)
    {
        var options = new SegmentOptions { MaximumBytes = context.Options.SegmentBytes & ~0xfffL, Budget = context.Budget };
        var last = context.Journal.LastRevision(context.Module);
        var segment = SegmentWriter.TryReopen(context.SegmentPath, context.Journal.Id, options, out var whyNot);
        if (segment is not null && segment.Revision > last)
        {
            whyNot = $"it shows revision {segment.Revision}, which the journal does not have";
            segment.Dispose();
            segment = null;
        }

        if (segment is null)
        {
            Log.SegmentRebuilt(context.Logger, context.Module.ToString(), whyNot ?? "there was none");
            segment = SegmentWriter.Create(context.SegmentPath, context.Journal.Id, options, Fold(context, last));
            Log.ModuleOpened(context.Logger, context.Module.ToString(), last.Value, "cold", (int)last.Value);
            return segment;
        }

        var replayed = Replay(context, segment, last);
        Log.ModuleOpened(context.Logger, context.Module.ToString(), last.Value, "warm", replayed);
        return segment;
    }

    /// <summary>The state of a module at a revision, from the journal alone; takes memory for all of it.</summary>
    public static IModuleView Fold(ModuleContext context, Revision upTo)
    {
        var state = new Overlay(EmptyModuleView.Instance);
        foreach (var commit in context.Journal.Read(context.Module, Revision.None, upTo))
        {
            state.Apply(commit.Revision, commit.Changes);
        }

        return state;
    }

    private static int Replay(ModuleContext context, SegmentWriter segment, Revision last)
    {
        var replayed = 0;
        foreach (var commit in context.Journal.Read(context.Module, segment.Revision, last))
        {
            if (!segment.TryReserve(commit.Changes, out var reason))
            {
                throw new SegmentException(SegmentError.Full, context.SegmentPath, $"no room for revision {commit.Revision}: {reason}");
            }

            segment.Project(commit.Revision, commit.Changes);
            replayed++;
        }

        return replayed;
    }
}
