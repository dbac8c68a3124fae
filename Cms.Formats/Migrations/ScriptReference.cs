using Cms.Formats.Edits;

namespace Cms.Formats.Migrations;

/// <summary>What an address in a migration script names.</summary>
/// <param name="Section">The section; null for the current one of a <c>for-each</c>.</param>
/// <param name="Option">The option, or null for the section itself.</param>
internal readonly record struct ScriptReference(SectionSelector? Section, string? Option);
