using System.Globalization;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Tests.Crash;

namespace Cms.Tests.Faults;

/// <summary>A section whose every commit leaves a number and copies of it; commits of several sizes, by request and by text.</summary>
internal static class NumberedSection
{
    private const int BulkValues = 4;
    private const int BulkValueSizeBytes = 300_000;

    /// <summary>The UCI text of a module with one such section.</summary>
    public static string Text(string section, int number) =>
        TextWithoutCopy(section, number) + $"\toption copy '{number}'\n";

    /// <summary>The same for who changes one option at a time.</summary>
    public static string TextWithoutCopy(string section, int number) => $"# kept by hand\nconfig numbered '{section}'\n\toption number '{number}'\n";

    /// <summary>The operations of a commit that takes several parts of the journal.</summary>
    public static IReadOnlyList<WireOperation> Bulk(string section, int number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        return
        [
            new() { Op = "set", Section = section, Type = "numbered" },
            Set(section, "number", text),
            .. Enumerable.Range(0, BulkValues).Select(index => Set(section, $"bulk{index}", BulkValue(number))),
            Set(section, "copy", text),
        ];
    }

    /// <summary>What is wrong with a section of any kind, or null; and its number.</summary>
    public static string? Check(IModuleView view, SectionView section, out int number)
    {
        if (view.FindOption(section.Id, "last") is not null)
        {
            return CountedSection.Check(view, section, out number);
        }

        var text = view.FindOption(section.Id, "number")?.Value.GetText();
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            return $"{section.Name} has no number but '{text}'";
        }

        var bulk = BulkValue(number);
        return (view.FindOption(section.Id, "copy")?.Value.GetText() ?? text) != text ? $"{section.Name}: the copy of {number} is another"
            : view.Options(section.Id).Any(option => option.Name.StartsWith("bulk", StringComparison.Ordinal) && option.Value.GetText() != bulk) ? $"{section.Name}: a bulk value of {number} is another"
            : null;
    }

    private static string BulkValue(int number) => new((char)('a' + (number % 26)), BulkValueSizeBytes + number);

    private static WireOperation Set(string section, string option, string value) =>
        new() { Op = "set", Section = section, Option = option, Value = ConfigValue.FromText(value) };
}
