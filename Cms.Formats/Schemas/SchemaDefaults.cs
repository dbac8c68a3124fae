using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Formats.Schemas;

/// <summary>The values that hold where none is set, as a module's schema says. Never changed; safe for any thread.</summary>
public sealed class SchemaDefaults
{
    private readonly ModuleSchema? _schema;

    private SchemaDefaults(ModuleSchema? schema) => _schema = schema;

    /// <summary>The defaults of a module; none when it has no schema.</summary>
    /// <exception cref="FormatException">The module's schema is damaged.</exception>
    /// <exception cref="RefusedException">A later cms has registered it, and this one cannot read it.</exception>
    public static SchemaDefaults Of(IModuleView module) =>
        new(SchemaTable.ReadSchema(module));

    /// <summary>What holds for an option that a section of this type does not have; null for nothing.</summary>
    public ConfigValue? Find(string sectionType, string option) => _schema?.FindField(sectionType, option)?.Default;

    /// <summary>The options that a section does not have and that have a default, in the order of the schema.</summary>
    public IEnumerable<(string Option, ConfigValue Value)> Missing(IModuleView module, SectionView section) =>
        (_schema?.FindType(section.Type)?.Fields ?? _schema?.FieldsOfAll ?? [])
            .Where(field => field.Default is not null && module.FindOption(section.Id, field.Name) is null)
            .Select(field => (field.Name, field.Default!));
}
