using System.Globalization;
using Cms.Formats.Modules;

namespace Cms.Formats.Schemas.Checking;

/// <summary>Writes where something is in a module; anonymous sections are counted once the first one is asked for.</summary>
internal sealed class SectionPaths(string module, IModuleView view)
{
    private Dictionary<SectionId, int>? _places;

    /// <summary>The module itself.</summary>
    public string Module => module;

    /// <summary>A section: <c>network.lan</c> or <c>network.@route[0]</c>.</summary>
    public string Of(SectionView section) => section.Name is { } name
        ? $"{module}.{name}"
        : string.Create(CultureInfo.InvariantCulture, $"{module}.@{section.Type}[{PlaceOf(section.Id)}]");

    /// <summary>An option of a section.</summary>
    public string Of(SectionView section, string option) => $"{Of(section)}.{option}";

    private int PlaceOf(SectionId id)
    {
        if (_places is null)
        {
            var counts = new Dictionary<string, int>(StringComparer.Ordinal);
            _places = [];
            foreach (var section in view.Sections())
            {
                var count = counts.GetValueOrDefault(section.Type);
                counts[section.Type] = count + 1;
                if (section.Name is null)
                {
                    _places[section.Id] = count;
                }
            }
        }

        return _places[id];
    }
}
