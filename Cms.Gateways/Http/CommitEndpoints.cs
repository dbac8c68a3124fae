using Cms.Actors;
using Cms.Actors.History;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Requests;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The request for past commits with their changes.</summary>
internal sealed class CommitEndpoints(Node node, ModuleEndpoints modules)
{
    /// <summary>About how many bytes of changes make a reply full; the last change may go beyond.</summary>
    private const long FullReplyBytes = 4 << 20;

    private static readonly NumberParameter After = new("after", "The revision that the caller knows.", 0, long.MaxValue, 0);
    private static readonly NumberParameter Count = Standard.Count(CommitsQuery.LargestCount, 100);
    private static readonly FlagParameter Old = new("old", "Whether changes say what was there before.");

    /// <summary>Describes the request.</summary>
    public void AddTo(OperationCatalogue api) =>
        api.Get("/modules/{module}/commits", "Past commits with their changes, oldest first.", ListAsync)
            .Query(After, Standard.Skip, Count, Old, Standard.Fields).Answers(WireJson.Default.CommitsReply).Compresses();

    /// <summary>The commits after a revision, oldest first; none that the segment does not show yet.</summary>
    public Task ListAsync(HttpContext context)
    {
        var module = modules.Find(context).Module;
        using var reader = modules.OpenSegment(context);
        var newest = reader.Snapshot();
        var query = new CommitsQuery
        {
            After = After.Read(context),
            Skip = Standard.Skip.ReadInt(context),
            Count = Count.ReadInt(context),
            Old = Old.IsSet(context),
        };
        if (query.After > newest.Revision.Value)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"revision {query.After} is not there yet: module '{module.Name}' is at {newest.Revision}");
        }

        var upTo = new Revision(Math.Min(newest.Revision.Value, query.After + query.Count));
        var access = context.Scope().In(module.Name);
        var page = new CommitPage(new Revision(query.After), upTo, query.Skip, FullReplyBytes, query.Old);
        var commits = access.ReadsAll ? node.History.Changes.Read(module, page) : node.History.Readable.Read(module, access, page);
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
