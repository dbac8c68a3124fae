using Cms.Actors;
using Cms.Actors.History;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Gateways.Requests;
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
            Old = context.Request.Query["old"] == "true",
        };
        if (query.After > newest.Revision.Value)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"revision {query.After} is not there yet: module '{module.Name}' is at {newest.Revision}");
        }

        var upTo = new Revision(Math.Min(newest.Revision.Value, query.After + query.Count));
        var commits = node.History.Changes.Read(module, new CommitPage(new Revision(query.After), upTo, query.Skip, FullReplyBytes, query.Old));
        var reply = new CommitsReply
        {
            Journal = node.Journal.Id,
            Revision = newest.Revision.Value,
            Commits = [.. commits.Select(commit => ToWire(commit, query.Old))],
        };
        return Answers.WriteAsync(context, reply, WireJson.Default.CommitsReply);
    }

    private static CommitChanges ToWire(ToldCommit commit, bool withOld) => new()
    {
        Revision = commit.Revision.Value,
        First = commit.First,
        IsComplete = commit.IsComplete,
        Changes = [.. commit.Changes.Select(told => EventMapper.ToWire(told, withOld))],
    };
}
