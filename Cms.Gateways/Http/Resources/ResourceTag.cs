using System.Globalization;
using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Gateways.Http.Resources;

/// <summary>What tells one state of a part of a module from all its other states, as a tag without quotes and journal. Pure.</summary>
internal static class ResourceTag
{
    /// <summary>Of a module and of lists of its parts: its revision.</summary>
    public static string Of(IModuleView view) => view.Revision.Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Of a section: its id, the newest change of it and its options, and how many options there are.</summary>
    /// <remarks>An option that is removed leaves fewer; one that comes has a newer change than all before.</remarks>
    public static string Of(IModuleView view, SectionView section)
    {
        var (newest, count) = (section.Changed, 0);
        foreach (var option in view.Options(section.Id))
        {
            newest = option.Changed > newest ? option.Changed : newest;
            count++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"s{section.Id.Value}.{newest.Value}.{count}");
    }

    /// <summary>Of an option: its section's id, since another section may get the name, and its last change.</summary>
    public static string Of(SectionView section, OptionView option) => string.Create(CultureInfo.InvariantCulture, $"o{section.Id.Value}.{option.Changed.Value}");

    /// <summary>Of a row: its last change.</summary>
    public static string Of(RowView row) => string.Create(CultureInfo.InvariantCulture, $"r{row.Changed.Value}");
}
