using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Formats.Migrations;

/// <summary>What a migration script does to a module.</summary>
/// <param name="Changes">The changes in order; none when it was refused.</param>
/// <param name="State">The module under the changes; as it was when the script was refused.</param>
/// <param name="Refusal">Why the script cannot be run on this module, with the place in the script; null when it can.</param>
public sealed record MigrationResult(IReadOnlyList<ModuleChange> Changes, IModuleView State, Refusal? Refusal);
