using Cms.Formats.Edits;
using Cms.Formats.Refusals;

namespace Cms.Formats.Schemas;

/// <summary>Another schema for a module, and what is done to its data on the way.</summary>
/// <param name="To">The version that is to hold; null to go back to the one before the newest.</param>
public sealed record SchemaChange(SchemaEdition? To)
{
    /// <summary>The version that must hold before; null when any may, or none.</summary>
    public SchemaVersion? From { get; init; }

    /// <summary>What is done to the data first; null for nothing.</summary>
    public ISchemaSteps? Steps { get; init; }
}

/// <summary>What a migration does to a module's data.</summary>
public interface ISchemaSteps
{
    /// <summary>Does it in a session whose ground is the module as it was.</summary>
    /// <returns>Null, or why not; the session is then of no use any more.</returns>
    Refusal? Run(EditSession session);
}
