using Cms.Formats.Edits;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Formats.Migrations;

/// <summary>A script as what is done to a module's data on the way to another schema.</summary>
/// <param name="Script">The script.</param>
/// <param name="NeedsNoSchema">Whether the module must not have a schema yet.</param>
public sealed record MigrationSteps(MigrationScript Script, bool NeedsNoSchema) : ISchemaSteps
{
    /// <summary>What applies a migration.</summary>
    public static SchemaChange Up(Migration migration) => new(migration.ToEdition())
    {
        From = migration.From,
        Steps = new MigrationSteps(migration.Up, NeedsNoSchema: migration.From is null),
    };

    /// <summary>What takes the newest version of a module back.</summary>
    /// <param name="module">The module.</param>
    /// <param name="newest">The version; a migration led to it.</param>
    /// <exception cref="RefusedException">The script that is kept is not legal any more.</exception>
    public static SchemaChange Down(string module, SchemaHead newest) => new(To: null)
    {
        From = newest.Version,
        Steps = new MigrationSteps(MigrationScript.Parse($"{module}-{newest.Version}/down", module, newest.Migration!.Down), NeedsNoSchema: false),
    };

    /// <inheritdoc/>
    public Refusal? Run(EditSession session) =>
        NeedsNoSchema && SchemaTable.ReadNewest(session.State) is { } newest
            ? new Refusal(ErrorCode.Conflict, $"the module's schema has version {newest.Version}, and the migration is the first one of a module without a schema; look at it again")
            : Script.Run(session);
}
