using Cms.Formats.Modules;

namespace Cms.Formats.Edits;

/// <summary>Lists with elements added, replaced and removed.</summary>
/// <remarks>
/// A list keeps its type as long as what comes to it reads as that type: the text "5" joins a list of ints as 5. Otherwise
/// it becomes a list of strings, which hold anything.
/// </remarks>
internal static class ListEdits
{
    /// <summary>A list of what is present, a list, a scalar or nothing, and of what is added, one scalar or all of a list.</summary>
    public static ConfigValue Append(ConfigValue? present, ConfigValue added)
    {
        if (present is null || (present.IsList && present.Count == 0))
        {
            return ConfigValue.FromEncodings(added.ElementType, [.. added.ElementEncodings()]);
        }

        var (left, right) = OfOneType(present, added);
        return ConfigValue.FromEncodings(left.ElementType, [.. left.ElementEncodings(), .. right.ElementEncodings()]);
    }

    /// <summary>A list with the element at an index replaced by a scalar.</summary>
    public static ConfigValue Replace(ConfigValue list, int index, ConfigValue element)
    {
        var (left, right) = OfOneType(list, element);
        var encodings = left.ElementEncodings().ToArray();
        encodings[index] = right.ElementEncodings().Single();
        return ConfigValue.FromEncodings(left.ElementType, encodings);
    }

    /// <summary>A list without the element at an index.</summary>
    public static ConfigValue RemoveAt(ConfigValue list, int index) =>
        ConfigValue.FromEncodings(list.ElementType, [.. list.ElementEncodings().Where((_, each) => each != index)]);

    /// <summary>A list without the elements that read as a scalar does; null when it has none of them.</summary>
    public static ConfigValue? RemoveEqual(ConfigValue list, ConfigValue element)
    {
        var text = element.GetBytes();
        var kept = new List<ReadOnlyMemory<byte>>();
        var index = 0;
        foreach (var encoding in list.ElementEncodings())
        {
            if (!list.GetBytes(index++).Span.SequenceEqual(text.Span))
            {
                kept.Add(encoding);
            }
        }

        return kept.Count == list.Count ? null : ConfigValue.FromEncodings(list.ElementType, kept);
    }

    private static (ConfigValue Left, ConfigValue Right) OfOneType(ConfigValue present, ConfigValue added) =>
        added.ReadAs(present.ElementType) is { } fitting ? (present, fitting)
            : (present.ReadAs(ElementType.String)!, added.ReadAs(ElementType.String)!);
}
