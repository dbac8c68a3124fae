namespace Cms.Formats.Modules;

/// <summary>
/// One decided step from a module's state to the next; a commit is a list of them, applied in order.
/// The journal stores these and the segment is their projection, so cases are added, never changed.
/// </summary>
/// <param name="Section">The section concerned.</param>
public abstract record ModuleChange(SectionId Section)
{
    /// <summary>A section was born at the end of the module.</summary>
    /// <param name="Section">An id never used before in this module.</param>
    /// <param name="Type">1 to 255 bytes of 33..126.</param>
    /// <param name="Name">Null for an anonymous section; otherwise unique in the module, [A-Za-z0-9_], 1 to 255 characters.</param>
    public sealed record SectionAdded(SectionId Section, string Type, string? Name) : ModuleChange(Section);

    /// <summary>A section went, and all its options with it.</summary>
    public sealed record SectionRemoved(SectionId Section) : ModuleChange(Section);

    /// <summary>A section got a name, or another one.</summary>
    public sealed record SectionRenamed(SectionId Section, string Name) : ModuleChange(Section);

    /// <summary>A section got another type.</summary>
    public sealed record SectionRetyped(SectionId Section, string Type) : ModuleChange(Section);

    /// <summary>A section moved.</summary>
    /// <param name="Section">The section that moved.</param>
    /// <param name="Index">0-based place among all sections once it has moved; at most their count - 1.</param>
    public sealed record SectionMoved(SectionId Section, int Index) : ModuleChange(Section);

    /// <summary>An option was set: in its old place when the section has it, else behind the last one.</summary>
    public sealed record OptionSet(SectionId Section, string Option, ConfigValue Value) : ModuleChange(Section);

    /// <summary>An option went.</summary>
    public sealed record OptionRemoved(SectionId Section, string Option) : ModuleChange(Section);

    /// <summary>An option got another name and kept its place; the section had no option of that name.</summary>
    public sealed record OptionRenamed(SectionId Section, string Option, string NewOption) : ModuleChange(Section);
}
