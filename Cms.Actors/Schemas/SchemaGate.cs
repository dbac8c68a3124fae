using Cms.Actors.Modules;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Actors.Schemas;

/// <summary>Looks at what a command decided before it becomes a commit: is the module then as its schema says?</summary>
/// <remarks>Pure but for the directory of references, which it tells of schemas that are about to hold.</remarks>
internal sealed class SchemaGate(ModuleName module, ReferenceDirectory references)
{
    /// <summary>The most violations that a refusal lists.</summary>
    public const int MostViolations = 1000;

    private const int MostInMessage = 3;

    /// <summary>The module whose commits it looks at.</summary>
    public string Module => module.Name;

    /// <summary>Checks a decision that has changes.</summary>
    /// <param name="before">The module before it.</param>
    /// <param name="command">What was asked.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="schema">The schema that held before, or null.</param>
    public GateResult Check(IModuleView before, ModuleCommand command, Decision decision, ModuleSchema? schema)
    {
        var after = decision.After!;
        var isNewSchema = decision.Changes.Any(SchemaTable.IsConcerned);
        if (isNewSchema && command is not (ModuleCommand.ChangeSchema or ModuleCommand.Revert or ModuleCommand.Restore))
        {
            var refusal = new Refusal(ErrorCode.Denied, $"the table '{SchemaTable.Name}' holds the module's schema; change it by cms schema register");
            return new GateResult(refusal, schema, ReferenceClaims.None);
        }

        var held = isNewSchema ? SchemaTable.ReadSchema(after) : schema;
        if (!command.IsValidated)
        {
            return new GateResult(null, held, ReferenceClaims.None);
        }

        var violations = held is null ? []
            : isNewSchema ? SchemaValidator.ValidateAll(after, held, UnknownTargets.Instance, MostViolations)
            : SchemaValidator.ValidateChanges(before, after, decision.Changes, held, UnknownTargets.Instance, MostViolations);
        if (violations.Count > 0)
        {
            return new GateResult(Refuse(violations), schema, ReferenceClaims.None);
        }

        references.Add(module.Name, held?.ReferencedModules ?? []);
        return CheckReferences(before, after, decision.Changes, held, isNewSchema);
    }

    /// <summary>Why a commit is not made that refers to modules that there are not; null when there are.</summary>
    public Refusal? FindNowhere(ReferenceClaims claims) =>
        claims.Added.Where(reference => !references.HasModule(reference.Module)).Select(ReferenceCheck.Describe).Take(MostViolations).ToList() is { Count: > 0 } nowhere
            ? Refuse(nowhere) : null;

    /// <summary>The refusal of a commit after which a module would not be as its schema says.</summary>
    public static Refusal Refuse(IReadOnlyList<Violation> violations)
    {
        var more = violations.Count > MostInMessage ? $"; and {violations.Count - MostInMessage} more" : "";
        return new Refusal(ErrorCode.SchemaViolated, $"the schema does not allow it: {string.Join("; ", violations.Take(MostInMessage))}{more}")
        {
            Violations = violations,
        };
    }

    private GateResult CheckReferences(IModuleView before, IModuleView after, IReadOnlyList<ModuleChange> changes, ModuleSchema? schema, bool isNewSchema)
    {
        IReadOnlyList<OutwardReference> added = schema is null || schema.ReferencedModules.Count == 0 ? []
            : isNewSchema ? SchemaValidator.AllReferences(after, schema)
            : SchemaValidator.AddedReferences(after, changes, schema);
        var referrers = references.ReferrersOf(module.Name).Where(referrer => referrer != module.Name).ToList();
        var removed = referrers.Count == 0 ? [] : SchemaValidator.RemovedTargets(before, after, changes);
        var needs = added.Select(reference => reference.Module).Concat(removed.Count == 0 ? [] : referrers).Where(needed => needed != module.Name).Distinct(StringComparer.Ordinal).ToList();
        return new GateResult(null, schema, needs.Count == 0 ? ReferenceClaims.None : new ReferenceClaims(added, removed, needs));
    }
}

/// <summary>What the gate says to a decision.</summary>
/// <param name="Refusal">Why it is not to be made, or null.</param>
/// <param name="Schema">The schema that holds after it, or null.</param>
/// <param name="Claims">What is to be checked together with other modules.</param>
internal sealed record GateResult(Refusal? Refusal, ModuleSchema? Schema, ReferenceClaims Claims);
