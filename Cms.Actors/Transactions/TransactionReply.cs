using Cms.Actors.Modules;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Actors.Transactions;

/// <summary>What the caller of a commit over several modules hears.</summary>
/// <param name="TransactionId">Stands with each module's commit in the history.</param>
/// <param name="Modules">Each module's own answer, by name; empty when it was refused.</param>
/// <param name="Refusal">Why nothing was done, or null. With an unknown outcome all of it or nothing was done.</param>
public sealed record TransactionReply(string TransactionId, IReadOnlyDictionary<string, ModuleReply> Modules, Refusal? Refusal)
{
    /// <summary>The modules that have to take part beside those that were asked; nothing was done then.</summary>
    internal IReadOnlyList<string> Needs { get; init; } = [];

    /// <summary>What the modules that refused said, by name; empty when no module did.</summary>
    public IReadOnlyDictionary<string, ModuleReply> Refused { get; init; } = new Dictionary<string, ModuleReply>();

    /// <summary>The answer as one of the modules gives it.</summary>
    /// <param name="module">The module.</param>
    /// <param name="unchanged">The revision to name when that module said nothing.</param>
    internal ModuleReply Of(string module, Revision unchanged) =>
        Modules.TryGetValue(module, out var done) ? done with { TransactionId = TransactionId }
        : Refused.TryGetValue(module, out var refused) ? refused
        : new ModuleReply(unchanged, 0, Refusal);
}
