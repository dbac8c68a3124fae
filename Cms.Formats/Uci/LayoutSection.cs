using System.Buffers;
using Cms.Formats.Modules;

namespace Cms.Formats.Uci;

/// <summary>Writes a section over its old lines.</summary>
internal static class LayoutSection
{
    /// <summary>Writes the block of a section that was there before: what is the same stays, byte for byte.</summary>
    public static void Write(LayoutBlock block, UciPackage oldPackage, IModuleView module, SectionView section, LayoutOutput output)
    {
        output.Write(block.Lead);
        WriteHead(block, oldPackage, section, output);
        var before = oldPackage.Options(block.Section).ToDictionary(option => option.Name, option => option.Value, StringComparer.Ordinal);
        var after = SectionContent.Visible(module, section.Id).ToList();
        if (IsInOldOrder(before.Keys, after))
        {
            WriteInPlace(block, before, after, output);
        }
        else
        {
            WriteInOrder(block, before, after, output);
        }

        output.Write(block.Tail);
    }

    /// <summary>Writes a section that is new.</summary>
    public static void WriteNew(IModuleView module, SectionView section, LayoutOutput output)
    {
        output.Separate();
        UciWriter.WriteConfig(section.Type, section.Name, output.AtLineStart());
        foreach (var option in SectionContent.Visible(module, section.Id))
        {
            UciWriter.WriteOption(option.Name, option.Value, output.AtLineStart());
        }

        output.AtLineStart();
    }

    private static void WriteHead(LayoutBlock block, UciPackage oldPackage, SectionView section, LayoutOutput output)
    {
        var old = oldPackage.FindSection(block.Section)!;
        if (old.Type == section.Type && old.Name == section.Name)
        {
            output.Write([block.Head]);
            return;
        }

        var target = output.AtLineStart();
        UciWriter.WriteConfig(section.Type, section.Name, target);
        target.Write(block.Head.Remark);
        output.AtLineStart();
    }

    // In place, what stays keeps its order and what is new comes last.
    private static bool IsInOldOrder(IEnumerable<string> before, List<OptionView> after)
    {
        var names = after.Select(option => option.Name).ToHashSet(StringComparer.Ordinal);
        var index = 0;
        foreach (var name in before.Where(names.Contains))
        {
            if (after[index++].Name != name)
            {
                return false;
            }
        }

        return true;
    }

    private static void WriteInPlace(LayoutBlock block, Dictionary<string, ConfigValue> before, List<OptionView> after, LayoutOutput output)
    {
        var values = after.ToDictionary(option => option.Name, option => option.Value, StringComparer.Ordinal);
        var replaced = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in block.Body)
        {
            if (line.Option is not { } name || (values.TryGetValue(name, out var value) && SectionContent.AreEqual(before[name], value)))
            {
                output.Write([line]);
            }
            else if (value is not null && replaced.Add(name))
            {
                WriteOption(name, value, line.Remark, output);
            }
        }

        foreach (var option in after.Where(option => !before.ContainsKey(option.Name)))
        {
            WriteOption(option.Name, option.Value, [], output);
        }
    }

    // Options go where the module has them, each with the comments directly above it; other comments and blank lines come last.
    private static void WriteInOrder(LayoutBlock block, Dictionary<string, ConfigValue> before, List<OptionView> after, LayoutOutput output)
    {
        var groups = GroupByOption(block.Body, out var rest);
        foreach (var option in after)
        {
            if (!groups.Remove(option.Name, out var group))
            {
                WriteOption(option.Name, option.Value, [], output);
                continue;
            }

            output.Write(group.Lead);
            if (SectionContent.AreEqual(before[option.Name], option.Value))
            {
                output.Write(group.Lines);
            }
            else
            {
                WriteOption(option.Name, option.Value, group.Lines[0].Remark, output);
            }
        }

        output.Write(groups.Values.SelectMany(group => group.Lead));
        output.Write(rest);
    }

    private static Dictionary<string, (List<LayoutLine> Lead, List<LayoutLine> Lines)> GroupByOption(List<LayoutLine> body, out List<LayoutLine> rest)
    {
        var groups = new Dictionary<string, (List<LayoutLine> Lead, List<LayoutLine> Lines)>(StringComparer.Ordinal);
        rest = [];
        var open = new List<LayoutLine>();
        foreach (var line in body)
        {
            if (line.Option is null)
            {
                open.Add(line);
                continue;
            }

            var count = open.FindLastIndex(one => !one.IsComment) + 1;
            rest.AddRange(open.Take(count));
            if (!groups.TryGetValue(line.Option, out var group))
            {
                groups.Add(line.Option, group = ([], []));
            }

            (group.Lines.Count == 0 ? group.Lead : group.Lines).AddRange(open.Skip(count));
            group.Lines.Add(line);
            open.Clear();
        }

        rest.AddRange(open);
        return groups;
    }

    private static void WriteOption(string name, ConfigValue value, ReadOnlySpan<byte> remark, LayoutOutput output)
    {
        if (remark.IsEmpty)
        {
            UciWriter.WriteOption(name, value, output.AtLineStart());
            return;
        }

        var text = new ArrayBufferWriter<byte>();
        UciWriter.WriteOption(name, value, text);
        var target = output.AtLineStart();
        target.Write(text.WrittenSpan[..^1]);
        target.Write(remark);
        output.AtLineStart();
    }
}
