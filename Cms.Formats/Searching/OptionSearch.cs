using System.Globalization;
using Cms.Formats.Modules;
using Cms.Formats.Segments.Reading;

namespace Cms.Formats.Searching;

/// <summary>Finds options of a module by path, name or value.</summary>
public static class OptionSearch
{
    /// <summary>The options of a module that a query finds, in the order in which the module has them.</summary>
    /// <param name="view">The module at one revision; a view of a segment, also under an overlay, is searched in place.</param>
    /// <param name="module">The module's name.</param>
    /// <param name="query">What is looked for.</param>
    /// <exception cref="Segments.SnapshotTooOldException">The view's revision is no longer kept; take a new one and search again.</exception>
    /// <exception cref="Segments.SegmentException">The segment is damaged.</exception>
    /// <exception cref="Refusals.RefusedException">The pattern takes too long.</exception>
    /// <remarks>All three while the answer is gone through as well. One thread at a time, together with the view.</remarks>
    public static IEnumerable<OptionHit> Run(IModuleView view, string module, OptionQuery query)
    {
        var matcher = new OptionMatcher(query, module);
        if (!matcher.CanMatch)
        {
            return [];
        }

        if (OneSection(query, module) is { } name)
        {
            return view.FindSection(name) is { } section ? InSection(view, section, name, null, matcher) : [];
        }

        return SegmentSearch.TryRun(view, matcher) ?? WalkAll(view, matcher);
    }

    /// <summary>Looks at every option, in order.</summary>
    internal static IEnumerable<OptionHit> WalkAll(IModuleView view, OptionMatcher matcher)
    {
        var namesPlaces = matcher.SearchesPath && matcher.Query.Pattern.NamesPlaces;
        var counts = new Dictionary<string, int>();
        foreach (var section in view.Sections())
        {
            var index = counts.GetValueOrDefault(section.Type);
            counts[section.Type] = index + 1;
            if (matcher.Query.SectionType is { } type && section.Type != type)
            {
                continue;
            }

            var place = section.Name is null || namesPlaces ? string.Create(CultureInfo.InvariantCulture, $"@{section.Type}[{index}]") : null;
            foreach (var hit in InSection(view, section, section.Name ?? place!, place, matcher))
            {
                yield return hit;
            }
        }
    }

    /// <summary>Looks at the options of one section.</summary>
    internal static IEnumerable<OptionHit> InSection(IModuleView view, SectionView section, string name, string? place, OptionMatcher matcher) =>
        view.Options(section.Id).Where(option => matcher.Matches(section, name, place, option)).Select(option => new OptionHit(section, name, option));

    // A glob that names module and section means the options of one section, which need not be searched for.
    private static string? OneSection(OptionQuery query, string module)
    {
        if (query.Fields != SearchFields.Path || query.Pattern.IgnoresCase || !query.Pattern.Start.StartsWith(module + ".", StringComparison.Ordinal))
        {
            return null;
        }

        var rest = query.Pattern.Start[(module.Length + 1)..];
        var end = rest.IndexOf('.', StringComparison.Ordinal);
        return end > 0 && rest[0] != '@' ? rest[..end] : null;
    }
}
