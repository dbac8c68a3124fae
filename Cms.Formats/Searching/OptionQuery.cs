namespace Cms.Formats.Searching;

/// <summary>Which options a search finds.</summary>
/// <param name="Pattern">What is looked for.</param>
/// <param name="Fields">Where it is looked for; any of these is enough.</param>
public sealed record OptionQuery(SearchPattern Pattern, SearchFields Fields)
{
    /// <summary>Only options of sections of this type; null for all.</summary>
    public string? SectionType { get; init; }
}

/// <summary>Parts of an option that are searched.</summary>
[Flags]
public enum SearchFields
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The path <c>module.section.option</c>; a section is its name, or <c>@type[n]</c>, which means those with a name too.</summary>
    Path = 1,

    /// <summary>The option's name alone.</summary>
    Name = 2,

    /// <summary>The value as text; of a list each element.</summary>
    Value = 4,
}
