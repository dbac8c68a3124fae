using System.Diagnostics;
using Cms.Formats.Modules;

namespace Cms.Formats.Edits;

/// <summary>Lists with elements added and removed. Pure; a list keeps the type of its elements as long as all have it.</summary>
internal static class ListEdits
{
    /// <summary>A list with one more element at its end; null stands for an empty one, and a scalar is a list of one.</summary>
    public static ConfigValue Append(ConfigValue? list, ConfigValue element)
    {
        var present = list is { Count: 0 } ? null : list;
        return element.ElementType == ElementType.String || (present is not null && present.ElementType != element.ElementType)
            ? ConfigValue.FromElements([.. present?.Elements() ?? [], element.GetBytes()])
            : OfNumbers(element.ElementType, [.. present is null ? [] : present.Encoding.Span, .. element.Encoding.Span]);
    }

    /// <summary>The elements whose 0-based index is let through.</summary>
    public static ConfigValue Keep(ConfigValue list, Func<int, bool> isKept)
    {
        var kept = Enumerable.Range(0, list.Count).Where(isKept).ToList();
        if (list.ElementType == ElementType.String)
        {
            return ConfigValue.FromElements([.. kept.Select(list.GetBytes)]);
        }

        var size = list.ElementType == ElementType.Bool ? 1 : sizeof(long);
        return OfNumbers(list.ElementType, [.. kept.SelectMany(index => list.Encoding.Slice(index * size, size).ToArray())]);
    }

    private static ConfigValue OfNumbers(ElementType type, byte[] encoding) =>
        ConfigValue.TryDecode(type, isList: true, encoding, out var list) ? list! : throw new UnreachableException("Numbers one behind the other are a list.");
}
