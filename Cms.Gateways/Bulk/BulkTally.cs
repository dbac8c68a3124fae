using Cms.Client.Wire;
using Cms.Formats.Modules;

namespace Cms.Gateways.Bulk;

/// <summary>Counts what a bulk has made durable.</summary>
internal sealed class BulkTally
{
    private readonly OrderedDictionary<string, BulkModule> _modules = [];
    private long _operations;
    private long _changes;
    private long _commits;
    private long _repeatedGroups;

    /// <summary>Counts a group that is durable.</summary>
    /// <param name="group">The group.</param>
    /// <param name="revision">The revision at which it is true.</param>
    /// <param name="changeCount">How many changes it made now; 0 for one that was there already.</param>
    public void Add(BulkGroup group, Revision revision, int changeCount)
    {
        var before = _modules.TryGetValue(group.Name, out var known) ? known : null;
        _modules[group.Name] = new BulkModule
        {
            Module = group.Name,
            Revision = revision.Value,
            Operations = (before?.Operations ?? 0) + group.Operations.Count,
            LastLine = group.LastLine,
        };
        _operations += group.Operations.Count;
        _changes += changeCount;
        _commits += changeCount > 0 ? 1 : 0;
    }

    /// <summary>Counts a group that an earlier sending has made durable.</summary>
    public void AddRepeated(BulkGroup group, Revision revision)
    {
        Add(group, revision, 0);
        _repeatedGroups++;
    }

    /// <summary>The figures.</summary>
    /// <param name="lines">The last line up to which every operation is durable.</param>
    public BulkReply ToReply(long lines) => new()
    {
        Operations = _operations,
        Changes = _changes,
        Commits = _commits,
        RepeatedGroups = _repeatedGroups,
        Lines = lines,
        Modules = [.. _modules.Values],
    };
}
