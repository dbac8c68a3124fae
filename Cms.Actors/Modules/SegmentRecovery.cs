using System.Globalization;
using Cms.Formats.Mapping;
using Cms.Formats.Modules;
using Cms.Formats.Schemas;
using Cms.Formats.Segments;
using Cms.Formats.Uci;
using Cms.Storage.Journals;

namespace Cms.Actors.Modules;

/// <summary>Brings a module's segment up to its journal.</summary>
internal static class SegmentRecovery
{
    /// <summary>Takes over the segment that was kept and replays what it lacks, or builds one anew.</summary>
    /// <remarks>A new one appears with the whole state at once, so that readers of an old file never go back in time.</remarks>
    /// <param name="context">The module and its surroundings.</param>
    /// <param name="problem">What people must know of the journal although the module is open, or null.</param>
    /// <exception cref="JournalException">The journal is damaged; the message says where.</exception>
    /// <exception cref="SegmentException">There is no room for the module.</exception>
    public static SegmentWriter Open(ModuleContext context, out string? problem)
    {
        problem = null;
        var options = new SegmentOptions { MaximumBytes = context.Options.SegmentBytes & ~0xfffL, Budget = context.Budget };
        var last = context.Journal.LastRevision(context.Module);
        var segment = SegmentWriter.TryReopen(context.SegmentPath, context.Journal.Id, options, out var whyNot);
        if (segment is not null && segment.Revision > last)
        {
            whyNot = $"it shows revision {segment.Revision}, which the journal does not have";
            problem = KeepLostState(context, segment.View, last);
            segment.Dispose();
            segment = null;
        }

        if (segment is not null && TryNarrow(context, segment, out whyNot) && TryReplay(context, segment, last, out whyNot))
        {
            return segment;
        }

        segment?.Dispose();
        Log.SegmentRebuilt(context.Logger, context.Module.ToString(), whyNot ?? "there was none");
        var state = Fold(context, last);
        segment = CreateAnew(context, options with { Group = SegmentSharing.GroupOf(context, state) }, state);
        Log.ModuleOpened(context.Logger, context.Module.ToString(), last.Value, "cold", (int)last.Value);
        return segment;
    }

    // Readers have seen what the journal has lost; it is not thrown away without a word.
    private static string KeepLostState(ModuleContext context, IModuleView shown, Revision last)
    {
        Directory.CreateDirectory(context.Options.ConflictDirectory);
        var path = Path.Combine(context.Options.ConflictDirectory, string.Create(CultureInfo.InvariantCulture, $"{context.Module.Name}.{shown.Revision}.lost"));
        DurableFile.Replace(path, stream => UciWriter.Write(shown, stream));
        var problem = $"the journal ends at revision {last}, but revision {shown.Revision} was shown: commits are lost; "
            + $"the text of the lost state is in {path}; run 'cmsd check'";
        Log.CommitsLost(context.Logger, context.Module.ToString(), problem);
        return problem;
    }

    /// <summary>The state of a module at a revision, from the journal alone; takes memory for all of it.</summary>
    public static IModuleView Fold(ModuleContext context, Revision upTo) => JournaledState.At(
        context.Journal, context.Module, upTo, damaged => Log.SnapshotDamaged(context.Logger, context.Module.ToString(), damaged.Message));

    // Whoever may no longer read the file must not see in it what is replayed.
    private static bool TryNarrow(ModuleContext context, SegmentWriter segment, out string? whyNot)
    {
        var isNarrow = segment.Group is null || segment.Group == SegmentSharing.GroupOf(context, segment.View) || segment.TryShare(group: null, []);
        whyNot = isNarrow ? null : "a group has it open that may no longer read it";
        return isNarrow;
    }

    // What was journaled fitted when it was decided; after a kill the blocks that it wrote lie about as free ones of the wrong
    // sizes, so that there may be no room for it in this file.
    private static bool TryReplay(ModuleContext context, SegmentWriter segment, Revision last, out string? whyNot)
    {
        var replayed = 0;
        try
        {
            foreach (var commit in context.Journal.Read(context.Module, segment.Revision, last))
            {
                if (segment.Group is not null && commit.Changes.OfType<ModuleChange.OfTable>().Any(SchemaTable.IsConcerned) && !segment.TryShare(group: null, []))
                {
                    whyNot = "a group has it open that may not be allowed to read what the schema says next";
                    return false;
                }

                if (!segment.TryReserve(commit.Changes, out var refusal))
                {
                    whyNot = $"it has no room for revision {commit.Revision}: {refusal}";
                    return false;
                }

                segment.Project(commit.Revision, commit.Changes);
                replayed++;
            }
        }
        catch (Exception exception) when (exception is SegmentException or HistoryRemovedException)
        {
            // A segment that is older than the history that is kept is built anew like one that is damaged.
            whyNot = exception.Message;
            return false;
        }
        catch
        {
            // The journal cannot be read: nobody else lets go of the segment.
            segment.Dispose();
            throw;
        }

        Log.ModuleOpened(context.Logger, context.Module.ToString(), last.Value, "warm", replayed);
        whyNot = null;
        return true;
    }

    // A run directory that has no room for two segments has room for one.
    private static SegmentWriter CreateAnew(ModuleContext context, SegmentOptions options, IModuleView state)
    {
        try
        {
            return SegmentWriter.Create(context.SegmentPath, context.Journal.Id, options, state);
        }
        catch (SegmentException full) when (full.Error == SegmentError.Full && File.Exists(context.SegmentPath))
        {
            SegmentWriter.Remove(context.SegmentPath);
            return SegmentWriter.Create(context.SegmentPath, context.Journal.Id, options, state);
        }
        catch (SegmentException denied) when (denied.Error == SegmentError.Denied && options.Group is not null)
        {
            // Who sees to the segment's group says so to people.
            return CreateAnew(context, options with { Group = null }, state);
        }
    }
}
