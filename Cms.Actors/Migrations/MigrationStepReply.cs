using Cms.Actors.Modules;
using Cms.Formats.Schemas;

namespace Cms.Actors.Migrations;

/// <summary>How one step from a version to another went.</summary>
/// <param name="Module">The module.</param>
/// <param name="From">The version before; null for none.</param>
/// <param name="To">The version after; null for none.</param>
/// <param name="Reply">The module's answer.</param>
public sealed record MigrationStepReply(string Module, SchemaVersion? From, SchemaVersion? To, ModuleReply Reply);
