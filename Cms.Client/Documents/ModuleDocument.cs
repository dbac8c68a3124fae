using Cms.Formats.Edits;
using Cms.Formats.Modules;

namespace Cms.Client.Documents;

/// <summary>A module as a document holds it, see <c>docs/formats/document.md</c>.</summary>
/// <param name="Module">The module's name; null when the document leaves it to its reader.</param>
/// <param name="Content">Its sections and tables; no section and no row has a revision.</param>
public sealed record ModuleDocument(string? Module, IModuleView Content)
{
    /// <summary>Whether values have types; false for what came from a UCI text.</summary>
    public bool IsTyped { get; init; } = true;

    /// <summary>Whether the document says which tables there are.</summary>
    public bool HasTables { get; init; }

    /// <summary>The revision that the module must be at; null when any will do, 0 for a module that is not there.</summary>
    public long? Expected { get; init; }

    /// <summary>The text of the signature; null without one. The daemon says whether it holds.</summary>
    public string? Signature { get; init; }

    /// <summary>How the content becomes the module's.</summary>
    /// <param name="isMerge">Whether it is added to the module, which otherwise becomes equal to it.</param>
    public ModuleImport ToImport(bool isMerge) => new(Content) { IsMerge = isMerge, IsTyped = IsTyped, HasTables = HasTables };
}
