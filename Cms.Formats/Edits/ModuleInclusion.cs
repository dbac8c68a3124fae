using Cms.Formats.Modules;

namespace Cms.Formats.Edits;

/// <summary>Plans how everything of one state is added to another, as <c>uci import -m</c> does.</summary>
/// <remarks>
/// Sections of equal name are merged: the added type and options win, elements of lists are appended. All other sections are
/// added, even if the module has one like them. Pure.
/// </remarks>
public static class ModuleInclusion
{
    /// <summary>The operations that add <paramref name="content"/> to <paramref name="current"/>; nothing is changed.</summary>
    public static IReadOnlyList<ModuleOperation> Plan(IModuleView content, IModuleView current)
    {
        var operations = new List<ModuleOperation>();
        foreach (var section in content.Sections())
        {
            var known = section.Name is null ? null : current.FindSection(section.Name);
            SectionSelector selector = known is null ? Add(section, operations) : Retype(known, section.Type, operations);
            foreach (var option in content.Options(section.Id))
            {
                var present = known is null ? null : current.FindOption(known.Id, option.Name)?.Value;
                operations.Add(new ModuleOperation.SetOption(selector, option.Name, Join(present, option.Value)));
            }
        }

        return operations;
    }

    private static SectionSelector.ByKey Add(SectionView section, List<ModuleOperation> operations)
    {
        var key = $"content:{section.Id}";
        operations.Add(new ModuleOperation.AddSection(section.Type, section.Name, key));
        return new SectionSelector.ByKey(key);
    }

    private static SectionSelector.ById Retype(SectionView known, string type, List<ModuleOperation> operations)
    {
        var selector = new SectionSelector.ById(known.Id);
        operations.Add(new ModuleOperation.SetSection(selector, type));
        return selector;
    }

    private static ConfigValue Join(ConfigValue? present, ConfigValue added) =>
        present is null || !added.IsList ? added : ListEdits.Append(present, added);
}
