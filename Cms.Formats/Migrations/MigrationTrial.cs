using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Formats.Migrations;

/// <summary>What a migration would do to a module, found without doing it. Pure.</summary>
public sealed record MigrationTrial
{
    /// <summary>The module as it would be; as it is when <see cref="Refusal"/> says why not.</summary>
    public required IModuleView After { get; init; }

    /// <summary>Why the script cannot be run on the module; null when it can.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>Where the module would not be as the new schema says, so that the migration would be refused.</summary>
    public IReadOnlyList<Violation> Violations { get; init; } = [];

    /// <summary>In what the module would be another than before once the way back is gone too; empty when that brings all back.</summary>
    public IReadOnlyList<ModuleDifference> Lost { get; init; } = [];

    /// <summary>Why the way back cannot be gone; null when it can.</summary>
    public Refusal? NoWayBack { get; init; }

    /// <summary>Tries a migration, and its way back.</summary>
    /// <param name="before">The module as it is; only read, and not changed while the result is used.</param>
    /// <param name="migration">The migration.</param>
    /// <param name="limits">The bounds to keep.</param>
    /// <param name="others">What other modules have.</param>
    /// <param name="most">The most violations, and the most differences, to find.</param>
    public static MigrationTrial Run(IModuleView before, Migration migration, EditLimits limits, IReferenceTargets others, int most)
    {
        // As it is decided when the migration is applied, and then taken back.
        var up = new EditSession(before, limits, migration.Schema);
        if (migration.Up.Run(up) is { } refusal)
        {
            return new MigrationTrial { After = before, Refusal = refusal };
        }

        up.Retype(migration.Schema);
        var down = new EditSession(up.State, limits);
        var noWayBack = migration.Down.Run(down);
        return new MigrationTrial
        {
            After = up.State,
            Violations = SchemaValidator.ValidateAll(up.State, migration.Schema, others, most),
            NoWayBack = noWayBack,
            Lost = noWayBack is null ? [.. Differences(before, down.State).Take(most)] : [],
        };
    }

    /// <summary>In what two states of a module differ for those who read its text and its tables; the table of schemas is left out.</summary>
    public static IEnumerable<ModuleDifference> Differences(IModuleView before, IModuleView after) => ModuleDiff.Between(before, after).Where(difference => difference switch
    {
        ModuleDifference.OptionChanged { OldValue: { } old, Value: { } value } => !SectionContent.AreEqual(old, value),
        ModuleDifference.OfTable { Table: SchemaTable.Name } => false,
        _ => true,
    });
}
