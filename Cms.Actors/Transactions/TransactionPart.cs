using Cms.Actors.Modules;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Actors.Transactions;

/// <summary>What a commit over several modules asks of one of them.</summary>
/// <param name="Module">The module's name; each at most once in a commit.</param>
/// <param name="Command">What to do; null for a module that is only read, which takes part so that it does not change meanwhile.</param>
public sealed record TransactionPart(string Module, ModuleCommand? Command)
{
    /// <summary>The revision that the module must be at, or null when any will do.</summary>
    public Revision? Expected { get; init; }

    /// <summary>What must hold of the module while the commit is made, before it: null from it, or why the commit is not made. Pure.</summary>
    public Func<IModuleView, Refusal?>? Condition { get; init; }

    /// <summary>Whether the transaction must still hold the lock that it took on the module.</summary>
    public bool NeedsLock { get; init; }
}
