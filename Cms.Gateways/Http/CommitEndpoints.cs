using Cms.Actors;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Gateways.Requests;
using Cms.Storage.Journals;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The request for past commits with their changes.</summary>
internal sealed class CommitEndpoints(Node node, ModuleEndpoints modules)
{
    /// <summary>About how many bytes of changes make a reply full; the last change may go beyond.</summary>
    private const long FullReplyBytes = 4 << 20;

    /// <summary>The commits after a revision, oldest first; none that the segment does not show yet.</summary>
    public Task ListAsync(HttpContext context)
    {
        var module = modules.Find(context).Module;
        using var reader = modules.OpenSegment(context);
        var newest = reader.Snapshot();
        var query = new CommitsQuery
        {
            After = Answers.NumberOf(context, "after", 0L, 0, long.MaxValue),
            Skip = Answers.NumberOf(context, "skip", 0, 0, int.MaxValue),
            Count = Answers.NumberOf(context, "count", 100, 1, CommitsQuery.LargestCount),
        };
        if (query.After > newest.Revision.Value)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"revision {query.After} is not there yet: module '{module.Name}' is at {newest.Revision}");
        }

        var after = new Revision(query.After);
        var past = StateAt(module, after);
        var upTo = new Revision(Math.Min(newest.Revision.Value, query.After + query.Count));
        var reply = new CommitsReply
        {
            Journal = node.Journal.Id,
            Revision = newest.Revision.Value,
            Commits = Collect(Begin(module, after, upTo), new CommitMapper(newest, after, past), query.Skip),
        };
        return Answers.WriteAsync(context, reply, WireJson.Default.CommitsReply);
    }

    // What the sections and tables were then; looked up only for those that are gone by now.
    private IEnumerable<ModuleChange> StateAt(ModuleName module, Revision revision)
    {
        var state = JournaledState.At(node.Journal, module, revision);
        foreach (var table in state.Tables())
        {
            yield return new ModuleChange.TableCreated(table.Name, table.Schema);
        }

        foreach (var section in state.Sections())
        {
            yield return new ModuleChange.SectionAdded(section.Id, section.Type, section.Name);
        }
    }

    /// <exception cref="RefusedException">The first commit is not in the journal.</exception>
    private IEnumerable<JournaledCommit> Begin(ModuleName module, Revision after, Revision upTo)
    {
        using var commits = node.Journal.Read(module, after, upTo).GetEnumerator();
        var isThere = after == upTo;
        try
        {
            isThere |= commits.MoveNext();
        }
        catch (JournalException lost)
        {
            throw NoLongerKept(module, after, lost.Message);
        }

        if (!isThere)
        {
            throw NoLongerKept(module, after, "there is no such commit");
        }

        while (after != upTo)
        {
            yield return commits.Current;
            if (!commits.MoveNext())
            {
                yield break;
            }
        }
    }

    private static RefusedException NoLongerKept(ModuleName module, Revision after, string why) =>
        new(ErrorCode.NotFound, $"the journal does not have revision {after.Next} of module '{module.Name}' ({why}); read the module anew and go on from there");

    private static List<CommitChanges> Collect(IEnumerable<JournaledCommit> commits, CommitMapper mapper, int skip)
    {
        var replies = new List<CommitChanges>();
        var room = FullReplyBytes;
        foreach (var commit in commits)
        {
            var changes = Collect(commit, mapper, skip, ref room);
            var isComplete = skip + changes.Count >= commit.Changes.Count;
            replies.Add(new() { Revision = commit.Revision.Value, First = skip, IsComplete = isComplete, Changes = changes });
            skip = 0;
            if (room <= 0)
            {
                break;
            }
        }

        return replies;
    }

    private static List<WireChange> Collect(JournaledCommit commit, CommitMapper mapper, int skip, ref long room)
    {
        var changes = new List<WireChange>();
        foreach (var change in commit.Changes.Take(skip))
        {
            mapper.Note(change);
        }

        for (var index = skip; index < commit.Changes.Count && room > 0; index++)
        {
            var wire = mapper.ToWire(commit.Changes[index]);
            changes.Add(wire);
            room -= CommitMapper.Measure(wire);
        }

        return changes;
    }
}
