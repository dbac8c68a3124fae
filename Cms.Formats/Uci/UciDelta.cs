using System.Globalization;
using System.Text;
using Cms.Formats.Modules;

namespace Cms.Formats.Uci;

/// <summary>Reads delta files and does their lines to a package, with the reference's rules on what is skipped.</summary>
public static class UciDelta
{
    /// <summary>The changes of a delta text in order; lines that UCI skips are left out.</summary>
    /// <param name="text">Not copied; values may be slices of it.</param>
    public static IEnumerable<UciDeltaLine> Parse(ReadOnlyMemory<byte> text)
    {
        var words = new UciWordReader(text, UciDialect.Reference);
        while (words.NextLine())
        {
            var isWhole = words.TryNextWord(out var word) && words.IsAtEnd;
            if (isWhole && UciDeltaLine.TryParse(words.MemoryOf(word)) is { } line)
            {
                yield return line;
            }

            words.ClearError();
        }
    }

    /// <summary>Does all lines that are meant for a package.</summary>
    /// <returns>How many had a meaning for the package as it then was; the others were skipped.</returns>
    public static int Apply(ReadOnlyMemory<byte> text, string package, IUciEditor editor) =>
        Parse(text).Count(line => string.Equals(line.Package, package, StringComparison.Ordinal) && Apply(line, editor));

    /// <summary>Does one line, whatever package it names.</summary>
    /// <returns>False, and nothing changed, when it has no meaning for the package as it is.</returns>
    public static bool Apply(UciDeltaLine line, IUciEditor editor)
    {
        var section = editor.FindSection(line.Section);
        if (line.Command is UciDeltaCommand.Set or UciDeltaCommand.Add && line.Option is null)
        {
            return SetSection(line, section, editor);
        }

        if (section is not { } id)
        {
            return false;
        }

        return line.Command switch
        {
            UciDeltaCommand.Set or UciDeltaCommand.Add => SetOption(id, line.Option!, line.Value!.Value, editor),
            UciDeltaCommand.Delete => Delete(id, line, editor),
            UciDeltaCommand.Rename => Rename(id, line, editor),
            UciDeltaCommand.Reorder => Reorder(id, line, editor),
            UciDeltaCommand.AddToList => Append(id, line, editor),
            UciDeltaCommand.DeleteFromList => DeleteEqual(id, line, editor),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>As strtoul, cut to an int: white space and a sign may lead, what is no number counts as 0.</summary>
    public static int ParsePosition(ReadOnlySpan<byte> text)
    {
        var digits = Encoding.Latin1.GetString(text).AsSpan().TrimStart(" \t\n\v\f\r");
        var length = digits.Length > 0 && digits[0] is '-' or '+' ? 1 : 0;
        var isNegative = length == 1 && digits[0] == '-';
        var start = length;
        while (length < digits.Length && char.IsAsciiDigit(digits[length]))
        {
            length++;
        }

        var isSmall = int.TryParse(digits[start..length], NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        var position = isSmall || start == length ? number : int.MaxValue;
        return isNegative ? -position : position;
    }

    /// <summary>As scanf's <c>%d</c>: leading white space, a sign, digits; what follows is ignored.</summary>
    /// <returns>False when there is no number, though not for an empty text, which counts as 0.</returns>
    public static bool TryParseIndex(ReadOnlySpan<byte> text, out int index)
    {
        index = ParsePosition(text);
        var digits = Encoding.Latin1.GetString(text).AsSpan().TrimStart(" \t\n\v\f\r");
        digits = digits.Length > 1 && digits[0] is '-' or '+' ? digits[1..] : digits;
        return digits.IsEmpty || char.IsAsciiDigit(digits[0]);
    }

    private static bool SetSection(UciDeltaLine line, SectionId? section, IUciEditor editor)
    {
        var value = line.Value!.Value.Span;
        if (value.IsEmpty)
        {
            if (section is { } removed)
            {
                editor.RemoveSection(removed);
            }

            return true;
        }

        if (!UciNames.IsType(value))
        {
            return false;
        }

        var type = Encoding.Latin1.GetString(value);
        if (section is not { } known)
        {
            editor.AddSection(type, line.Section, line.Command == UciDeltaCommand.Add);
        }
        else if (!string.Equals(editor.TypeOf(known), type, StringComparison.Ordinal))
        {
            editor.RetypeSection(known, type);
        }

        return true;
    }

    private static bool SetOption(SectionId section, string option, ReadOnlyMemory<byte> value, IUciEditor editor)
    {
        if (!value.IsEmpty)
        {
            editor.SetOption(section, option, ConfigValue.FromBytes(value.Span));
        }
        else if (editor.FindValue(section, option) is not null)
        {
            editor.RemoveOption(section, option);
        }

        return true;
    }

    private static bool Delete(SectionId section, UciDeltaLine line, IUciEditor editor)
    {
        if (line.Option is not { } option)
        {
            editor.RemoveSection(section);
            return true;
        }

        if (editor.FindValue(section, option) is not { } value)
        {
            return false;
        }

        if (value.IsList && line.Value is { Length: > 0 } index)
        {
            return DeleteElement(section, option, value, index.Span, editor);
        }

        editor.RemoveOption(section, option);
        return true;
    }

    private static bool DeleteElement(SectionId section, string option, ConfigValue value, ReadOnlySpan<byte> text, IUciEditor editor)
    {
        if (!TryParseIndex(text, out var index))
        {
            return false;
        }

        if (index >= 0 && index < value.Count)
        {
            editor.SetOption(section, option, ConfigValue.FromElements([.. value.Elements().Where((_, at) => at != index)]));
        }

        return true;
    }

    private static bool Rename(SectionId section, UciDeltaLine line, IUciEditor editor)
    {
        var name = Encoding.Latin1.GetString(line.Value!.Value.Span);
        return line.Option is not { } option
            ? editor.TryRenameSection(section, name)
            : editor.FindValue(section, option) is not null && editor.TryRenameOption(section, option, name);
    }

    private static bool Reorder(SectionId section, UciDeltaLine line, IUciEditor editor)
    {
        editor.MoveSection(section, Math.Max(0, ParsePosition(line.Value!.Value.Span)));
        return true;
    }

    private static bool Append(SectionId section, UciDeltaLine line, IUciEditor editor)
    {
        editor.AppendElement(section, line.Option!, line.Value!.Value);
        return true;
    }

    private static bool DeleteEqual(SectionId section, UciDeltaLine line, IUciEditor editor)
    {
        var element = line.Value!.Value;
        if (editor.FindValue(section, line.Option!) is { IsList: true } value)
        {
            editor.SetOption(section, line.Option!, ConfigValue.FromElements([.. value.Elements().Where(one => !one.Span.SequenceEqual(element.Span))]));
        }

        return true;
    }
}
