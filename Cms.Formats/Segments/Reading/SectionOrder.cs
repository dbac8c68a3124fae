using System.Text;
using Cms.Formats.Edits;
using Cms.Formats.Modules;

namespace Cms.Formats.Segments.Reading;

/// <summary>Where the sections of a view stand and what anonymous ones are called; gone through when first asked.</summary>
/// <param name="view">The module.</param>
internal sealed class SectionOrder(IModuleView view)
{
    private Dictionary<SectionId, Place>? _places;

    private Dictionary<SectionId, Place> Places => _places ??= Load();

    /// <summary>What an anonymous section is called, as <c>@type[n]</c>; empty when there is no such section.</summary>
    public ReadOnlySpan<byte> AnonymousName(SectionId id) => Places.TryGetValue(id, out var place) ? place.Name : default;

    /// <summary>What a section is called: its name, or <c>@type[n]</c>.</summary>
    public string NameOf(SectionView section) => section.Name ?? Encoding.UTF8.GetString(AnonymousName(section.Id));

    /// <summary>The 0-based places of these sections, by their ids.</summary>
    public Dictionary<SectionId, int> PlacesOf(IReadOnlyCollection<SectionId> sections)
    {
        if (sections.Count < 2)
        {
            return sections.ToDictionary(section => section, _ => 0);
        }

        return _places is null && view is SegmentView segment ? segment.PlacesOf(sections)
            : sections.Where(Places.ContainsKey).ToDictionary(section => section, section => Places[section].Index);
    }

    private Dictionary<SectionId, Place> Load()
    {
        var places = new Dictionary<SectionId, Place>();
        foreach (var (section, name) in SectionLookup.DescribeAll(view))
        {
            places[section.Id] = new(places.Count, section.Name is null ? Encoding.UTF8.GetBytes(name) : []);
        }

        return places;
    }

    private readonly record struct Place(int Index, byte[] Name);
}
