using Cms.Formats.Modules;

namespace Cms.Formats.Schemas.Checking;

/// <summary>Finds which references may lead nowhere after changes, because what they lead to went or got another name or type.</summary>
internal sealed class DisplacedTargets(IModuleView before, IModuleView after, ModuleSchema schema, ChangedSections changed)
{
    /// <summary>The named sections that are gone, renamed or of another type.</summary>
    public static IReadOnlyList<ReferenceTarget> Gone(IModuleView before, IModuleView after, ChangedSections changed) =>
    [
        .. changed.Displaced.Select(before.FindSection).OfType<SectionView>()
            .Where(section => section.Name is { } name && after.FindSection(name)?.Type != section.Type)
            .Select(section => new ReferenceTarget(section.Type, section.Name!) { TypeNow = after.FindSection(section.Name!)?.Type }).Distinct(),
    ];

    /// <summary>Has all values checked whose references may lead nowhere now.</summary>
    /// <param name="check">Checks the values whose reference meets a condition; called at most once.</param>
    public void Check(Action<Func<FieldReference, bool>> check)
    {
        var types = Gone(before, after, changed).Select(target => target.SectionType).ToHashSet(StringComparer.Ordinal);
        var options = ChangedOptions();
        if (types.Count + options.Count > 0)
        {
            check(reference => reference.Module is null && (reference.Option is { } option
                ? options.Any(each => each.Option == option && FieldReference.IsOfType(each.Type, reference.SectionType))
                : types.Any(type => FieldReference.IsOfType(type, reference.SectionType))));
        }
    }

    // The options that references name and whose values went or changed, by the type of their sections.
    private HashSet<(string Type, string Option)> ChangedOptions()
    {
        var named = schema.Shapes.SelectMany(shape => shape.Referring.Own).Concat(schema.Tables.SelectMany(table => table.Columns))
            .Select(field => field.Reference?.Option).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var found = new HashSet<(string, string)>();
        if (named.Count == 0)
        {
            return found;
        }

        foreach (var section in changed.Displaced.Select(before.FindSection).OfType<SectionView>())
        {
            found.UnionWith(named.Select(option => (section.Type, option)));
        }

        foreach (var (id, change) in changed.Sections)
        {
            if (before.FindSection(id) is { } section)
            {
                found.UnionWith(change.Options.Where(named.Contains).Select(option => (section.Type, option)));
            }
        }

        return found;
    }
}
