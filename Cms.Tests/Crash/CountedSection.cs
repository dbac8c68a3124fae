using System.Globalization;
using Cms.Client.Wire;
using Cms.Formats.Modules;

namespace Cms.Tests.Crash;

/// <summary>A section in which every commit leaves traces that must agree: a number, a copy of it, a text made of it, and a list of the last ones.</summary>
internal static class CountedSection
{
    private const int ListLength = 40;

    /// <summary>The operations of commit <paramref name="number"/>; the list shows whether one was applied twice or not at all.</summary>
    public static IReadOnlyList<WireOperation> Commit(string section, int number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        var operations = new List<WireOperation>
        {
            new() { Op = "set", Section = section, Type = "counted" },
            Set(section, "number", text),
            Set(section, "copy", text),
            Set(section, "text", TextOf(number)),
        };
        if (number % ListLength == 0)
        {
            operations.Add(new WireOperation { Op = "set", Section = section, Option = "last", Value = ConfigValue.FromTexts([text]) });
        }
        else
        {
            operations.Add(new WireOperation { Op = "add_list", Section = section, Option = "last", Value = ConfigValue.FromText(text) });
        }

        return operations;
    }

    /// <summary>What is wrong with a section, or null; and its number.</summary>
    public static string? Check(IModuleView view, SectionView section, out int number)
    {
        number = 0;
        var text = view.FindOption(section.Id, "number")?.Value.GetText();
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            return $"{section.Name} has no number but '{text}'";
        }

        var expected = number;
        var list = view.FindOption(section.Id, "last")?.Value;
        var first = Math.Max(number / ListLength * ListLength, 1);
        var last = Enumerable.Range(first, number - first + 1).Select(each => each.ToString(CultureInfo.InvariantCulture));
        return view.FindOption(section.Id, "copy")?.Value.GetText() != text ? $"{section.Name}: the copy of {expected} is another"
            : view.FindOption(section.Id, "text")?.Value.GetText() != TextOf(number) ? $"{section.Name}: the text of {expected} is another"
            : list is null || !list.Elements().Select(element => System.Text.Encoding.UTF8.GetString(element.Span)).SequenceEqual(last)
                ? $"{section.Name}: the list at {expected} is {list}"
            : null;
    }

    private static string TextOf(int number) => new((char)('a' + (number % 26)), 1 + (number * 7 % 500));

    private static WireOperation Set(string section, string option, string value) =>
        new() { Op = "set", Section = section, Option = option, Value = ConfigValue.FromText(value) };
}
