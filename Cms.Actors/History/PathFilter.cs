using Cms.Formats.Modules;

namespace Cms.Actors.History;

/// <summary>Which changes concern a section, one of its options, or a table. Pure.</summary>
/// <param name="Sections">The ids of the section; several when it was removed and added again under its name.</param>
/// <param name="Table">The name of the table that is meant if there is one; null for none.</param>
/// <param name="Option">One option of the section; null for all of it.</param>
public sealed record PathFilter(IReadOnlySet<SectionId> Sections, string? Table, string? Option)
{
    /// <summary>Whether a change is about the path. A section that comes or goes takes all its options with it.</summary>
    public bool IsTouchedBy(ModuleChange change) => change switch
    {
        ModuleChange.OfTable ofTable => Option is null && ofTable.Table == Table,
        ModuleChange.OfSection ofSection when !Sections.Contains(ofSection.Section) => false,
        ModuleChange.OptionSet set => Option is null || set.Option == Option,
        ModuleChange.OptionRemoved removed => Option is null || removed.Option == Option,
        ModuleChange.OptionRenamed renamed => Option is null || renamed.Option == Option || renamed.NewOption == Option,
        ModuleChange.SectionAdded or ModuleChange.SectionRemoved => true,
        _ => Option is null,
    };
}
