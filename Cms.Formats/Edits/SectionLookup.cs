using System.Diagnostics;
using System.Globalization;
using Cms.Formats.Modules;
using Cms.Formats.Uci;

namespace Cms.Formats.Edits;

/// <summary>Finds sections by place and by positional name, and says how people call a section.</summary>
public static class SectionLookup
{
    /// <summary>The section that a selector names, or null; a key of a request names none in a state.</summary>
    public static SectionView? Find(IModuleView view, SectionSelector selector) => selector switch
    {
        SectionSelector.ById byId => view.FindSection(byId.Id),
        SectionSelector.ByName byName => view.FindSection(byName.Name) ?? FindByPositionalName(view, byName.Name),
        SectionSelector.ByIndex byIndex => FindByIndex(view, byIndex.Type, byIndex.Index),
        SectionSelector.ByKey => null,
        _ => throw new UnreachableException($"unknown selector {selector.GetType().Name}"),
    };

    /// <summary>A selector in words.</summary>
    public static string Describe(SectionSelector selector) => selector switch
    {
        SectionSelector.ById byId => $"#{byId.Id}",
        SectionSelector.ByName byName => byName.Name,
        SectionSelector.ByIndex byIndex => $"@{byIndex.Type}[{byIndex.Index}]",
        SectionSelector.ByKey byKey => byKey.Key,
        _ => throw new UnreachableException($"unknown selector {selector.GetType().Name}"),
    };

    /// <summary>The section <c>@type[index]</c> or, without a type, <c>@[index]</c>; null when the index is out of range.</summary>
    public static SectionView? FindByIndex(IModuleView view, string? type, int index) => FindByIndex(view.Sections(), type, index);

    /// <inheritdoc cref="FindByIndex(IModuleView, string?, int)"/>
    internal static SectionView? FindByIndex(IEnumerable<SectionView> sections, string? type, int index)
    {
        var matching = type is null ? sections : sections.Where(section => section.Type == type);
        if (index >= 0)
        {
            return matching.ElementAtOrDefault(index);
        }

        var all = matching.ToList();
        return all.Count + index >= 0 ? all[all.Count + index] : null;
    }

    /// <summary>The anonymous section that UCI calls <paramref name="name"/> now, or null.</summary>
    public static SectionView? FindByPositionalName(IModuleView view, string name) =>
        PlaceOf(name) is { } place && view.Sections().ElementAtOrDefault(place) is { } section && IsCalled(section, place, name) ? section : null;

    /// <summary>The 0-based place that a name of the form <c>cfgXXXXXX</c> speaks of, or null for another name.</summary>
    /// <remarks>Such a name is <c>cfg</c>, the 1-based place in at least two hexadecimal digits, and four of a hash of the type.</remarks>
    internal static int? PlaceOf(string name) =>
        name.StartsWith("cfg", StringComparison.Ordinal) && name.Length >= 9
        && int.TryParse(name.AsSpan(3, name.Length - 7), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var birth) && birth > 0
            ? birth - 1
            : null;

    /// <summary>Whether UCI calls the section at a 0-based place by this name.</summary>
    internal static bool IsCalled(SectionView section, int place, string name) =>
        section.Name is null && UciNames.Anonymous(place + 1, section.Type) == name;

    /// <summary>All sections in order, each with its name or <c>@type[n]</c>; one pass over the module.</summary>
    public static IEnumerable<(SectionView Section, string Name)> DescribeAll(IModuleView view)
    {
        var counts = new Dictionary<string, int>();
        foreach (var section in view.Sections())
        {
            var index = counts.GetValueOrDefault(section.Type);
            counts[section.Type] = index + 1;
            yield return (section, section.Name ?? string.Create(CultureInfo.InvariantCulture, $"@{section.Type}[{index}]"));
        }
    }

    /// <summary>The section's name, or <c>@type[n]</c> for an anonymous one.</summary>
    public static string Describe(IModuleView view, SectionView section)
    {
        if (section.Name is not null)
        {
            return section.Name;
        }

        var index = view.Sections().TakeWhile(each => each.Id != section.Id).Count(each => each.Type == section.Type);
        return string.Create(CultureInfo.InvariantCulture, $"@{section.Type}[{index}]");
    }
}
