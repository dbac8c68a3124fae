using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Actors.Modules;

/// <summary>The answer of the decider: changes, possibly none, or a refusal without any.</summary>
public sealed record Decision
{
    private static readonly Dictionary<string, SectionId> NothingBorn = [];
    private static readonly Dictionary<string, long> NothingCounted = [];

    /// <summary>The same decision with its secrets sealed.</summary>
    internal Decision Sealed(IReadOnlyList<ModuleChange> changes) => new(changes, null)
    {
        Born = Born,
        Counters = Counters,
        Conflicts = Conflicts,
    };

    private Decision(IReadOnlyList<ModuleChange> changes, Refusal? refusal)
    {
        Changes = changes;
        Refusal = refusal;
    }

    /// <summary>What the commit consists of; empty when the module is already as was asked.</summary>
    public IReadOnlyList<ModuleChange> Changes { get; }

    /// <summary>The module with the changes; null when there are none. Good until the state it was decided on changes.</summary>
    public IModuleView? After { get; private init; }

    /// <summary>The other modules that have to hold still for this to be decided; then there are neither changes nor a refusal.</summary>
    public IReadOnlyList<string> Needs { get; private init; } = [];

    /// <summary>Why nothing was decided, or null.</summary>
    public Refusal? Refusal { get; }

    /// <summary>The 0-based place of the operation that was refused; null when it was the command as a whole.</summary>
    public int? RefusedIndex { get; private init; }

    /// <summary>The ids given to sections that the command added under a key.</summary>
    public IReadOnlyDictionary<string, SectionId> Born { get; init; } = NothingBorn;

    /// <summary>What options were incremented to, by <c>section.option</c> as the command named it.</summary>
    public IReadOnlyDictionary<string, long> Counters { get; init; } = NothingCounted;

    /// <summary>The paths on which a hand edit lost against the module, or that a roll-back left alone since others changed them.</summary>
    public IReadOnlyList<string> Conflicts { get; init; } = [];

    /// <summary>What was done in a session makes a commit.</summary>
    public static Decision Accept(EditSession session) => new(session.Changes, null) { After = session.State };

    /// <summary>The same decision, in the words of a module of which it was decided on a part.</summary>
    /// <param name="changes">What the commit consists of there.</param>
    /// <param name="after">That module with the changes.</param>
    public Decision InWhole(IReadOnlyList<ModuleChange> changes, IModuleView after) =>
        new(changes, null) { After = after, Born = Born, Counters = Counters, Conflicts = Conflicts };

    /// <summary>The module is already as was asked.</summary>
    public static Decision Nothing { get; } = new([], null);

    /// <summary>It is to be decided while these modules hold still.</summary>
    public static Decision Widen(IReadOnlyList<string> needs) => new([], null) { Needs = needs };

    /// <summary>Nothing happens, and the caller hears why.</summary>
    /// <param name="refusal">Why.</param>
    /// <param name="index">The 0-based place of the operation at fault, or null.</param>
    public static Decision Reject(Refusal refusal, int? index = null) => new([], refusal) { RefusedIndex = index };
}
