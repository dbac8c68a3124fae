using Cms.Formats.Modules;

namespace Cms.Formats.Edits;

/// <summary>How an operation names its section.</summary>
public abstract record SectionSelector
{
    /// <summary>By its permanent id; staged operations use this, so that a rename in between does no harm.</summary>
    public sealed record ById(SectionId Id) : SectionSelector;

    /// <summary>By its name; an anonymous section by its positional one, <c>cfgXXXXXX</c>.</summary>
    public sealed record ByName(string Name) : SectionSelector;

    /// <summary>By place: <c>@type[n]</c>, or <c>@[n]</c> when <paramref name="Type"/> is null; a negative n counts from the end.</summary>
    public sealed record ByIndex(string? Type, int Index) : SectionSelector;

    /// <summary>By the key that an earlier <see cref="ModuleOperation.AddSection"/> of the same request gave.</summary>
    public sealed record ByKey(string Key) : SectionSelector;
}
