using System.Collections.Concurrent;
using Cms.Actors.Modules;
using Cms.Actors.Transactions;
using Cms.Formats.Refusals;

namespace Cms.Actors.Schemas;

/// <summary>Which modules refer to sections of which others, as their schemas say.</summary>
/// <remarks>
/// Any thread may call. A module is entered before a schema with references becomes durable and taken out after the last one went,
/// so that a commit may be checked against more modules than it has to be, and never against fewer.
/// </remarks>
public sealed class ReferenceDirectory
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> _referenced = new(StringComparer.Ordinal);
    private readonly Func<string, bool> _hasModule;

    internal ReferenceDirectory(Func<string, bool> hasModule) => _hasModule = hasModule;

    /// <summary>Who carries out commits that other modules have to agree to; set before the first command is taken.</summary>
    internal TransactionCoordinator? Coordinator { get; set; }

    /// <summary>Whether commits of a module may have to be checked together with other modules.</summary>
    public bool IsLinked(string module) => _referenced.ContainsKey(module) || ReferrersOf(module).Count > 0;

    /// <summary>Whether there is a module.</summary>
    internal bool HasModule(string module) => _hasModule(module);

    /// <summary>The modules whose schemas refer to sections of a module.</summary>
    internal IReadOnlyList<string> ReferrersOf(string module) =>
        _referenced.IsEmpty ? [] : [.. _referenced.Where(entry => entry.Value.Contains(module)).Select(entry => entry.Key)];

    /// <summary>Enters the modules that a schema refers to, beside those of the schema before.</summary>
    internal void Add(string module, IReadOnlyList<string> referenced)
    {
        if (referenced.Count > 0)
        {
            _referenced.AddOrUpdate(module, referenced, (_, before) => [.. before.Union(referenced, StringComparer.Ordinal)]);
        }
    }

    /// <summary>Enters the modules that a module's schema refers to, and no others.</summary>
    internal void Set(string module, IReadOnlyList<string> referenced)
    {
        if (referenced.Count > 0)
        {
            _referenced[module] = referenced;
        }
        else
        {
            _referenced.TryRemove(module, out _);
        }
    }

    /// <summary>Carries out a command for which other modules have to hold still.</summary>
    /// <param name="module">Whose command it is.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="others">The other modules.</param>
    /// <param name="stopWaiting">Ends the wait, not the work.</param>
    internal async Task<ModuleReply> CommitAsync(string module, ModuleCommand command, IReadOnlyList<string> others, CancellationToken stopWaiting)
    {
        if (Coordinator is not { } coordinator)
        {
            return new ModuleReply(Formats.Modules.Revision.None, 0, new Refusal(ErrorCode.Unavailable, "the node is starting; ask again soon"));
        }

        var parts = others.Select(other => new TransactionPart(other, Command: null)).Append(new TransactionPart(module, command)).ToList();
        var reply = await coordinator.CommitAsync(parts, stopWaiting);
        return reply.Of(module, Formats.Modules.Revision.None);
    }
}
