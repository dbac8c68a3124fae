using Cms.Formats.Migrations;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Cli.Migrations;

/// <summary>Which migrations are meant.</summary>
/// <param name="Directory">Where they are.</param>
/// <param name="Module">The module; null for all.</param>
/// <param name="To">The version to reach, as it was typed; null for the newest.</param>
internal sealed record MigrationRequest(string Directory, string? Module, string? To)
{
    /// <summary>The migrations in their order.</summary>
    /// <exception cref="RefusedException">There is no way, or a migration is not legal.</exception>
    public IReadOnlyList<Migration> Plan(InstalledModules modules)
    {
        if (Module is null && To is not null)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, "a version is one of a module; name the module before --to");
        }

        return MigrationPlanner.PlanUp(modules.Versions(), MigrationDirectory.Read(Directory), Module, To is null ? null : ParseVersion(To));
    }

    /// <summary>A version on the command line.</summary>
    /// <exception cref="RefusedException">It is none.</exception>
    public static SchemaVersion ParseVersion(string text) =>
        SchemaVersion.TryParse(text) ?? throw new RefusedException(ErrorCode.InvalidArgument, $"'{text}' is no version: write MAJOR.MINOR.PATCH, such as 1.0.0");
}
