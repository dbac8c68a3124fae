using System.Globalization;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Uci;

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

    /// <summary>Reads how a section is named in an address: a name, <c>#id</c>, <c>@type[n]</c>, <c>@[n]</c> or <c>+key</c>.</summary>
    /// <exception cref="RefusedException">It is none of these.</exception>
    public static SectionSelector Parse(string section)
    {
        if (section.StartsWith('#') && long.TryParse(section.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return new ById(new SectionId(id));
        }

        if (section.StartsWith('+') && section.Length > 1)
        {
            return new ByKey(section[1..]);
        }

        if (UciNames.IsName(section.AsSpan()))
        {
            return new ByName(section);
        }

        return UciAddress.TryParseSelector(section, out var type, out var index)
            ? new ByIndex(type, index)
            : throw new RefusedException(
                ErrorCode.InvalidArgument, $"section '{section}' is not legal: use a name of letters, digits and _, or @type[n], or #id");
    }
}
