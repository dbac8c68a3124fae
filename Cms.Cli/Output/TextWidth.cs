using System.Globalization;
using System.Text;

namespace Cms.Cli.Output;

/// <summary>How many columns of a terminal a text takes. Pure.</summary>
/// <remarks>What East Asian fonts and pictures take two columns for counts two, marks upon other characters none.</remarks>
internal static class TextWidth
{
    private const char Ellipsis = '…';

    // First and last character of the blocks that are two columns wide, in order.
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115f), (0x2e80, 0x303e), (0x3041, 0x4dbf), (0x4e00, 0xa4cf), (0xa960, 0xa97c), (0xac00, 0xd7a3), (0xf900, 0xfaff), (0xfe30, 0xfe6f),
        (0xff00, 0xff60), (0xffe0, 0xffe6), (0x1f300, 0x1f64f), (0x1f680, 0x1f6ff), (0x1f900, 0x1f9ff), (0x20000, 0x3fffd),
    ];

    /// <summary>The columns of a text.</summary>
    public static int Of(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text.Length;
        }

        var width = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += Of(rune);
        }

        return width;
    }

    /// <summary>The text, or as much of it as fits with an ellipsis behind it.</summary>
    public static string Cut(string text, int width)
    {
        if (Of(text) <= width)
        {
            return text;
        }

        var kept = new StringBuilder();
        var used = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            used += Of(rune);
            if (used > width - 1)
            {
                break;
            }

            kept.Append(rune);
        }

        return kept.Append(Ellipsis).ToString();
    }

    /// <summary>The text with characters that would move the terminal's cursor, or change its colours, shown as what cannot be shown.</summary>
    public static string Harmless(string text)
    {
        if (!text.Any(char.IsControl))
        {
            return text;
        }

        return string.Concat(text.Select(character => char.IsControl(character) ? '\ufffd' : character));
    }

    /// <summary>The same for a text of several lines, which stay apart.</summary>
    public static string HarmlessLines(string text) => string.Join('\n', text.Split('\n').Select(Harmless));

    private static int Of(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => 0,
        _ => Array.Exists(Wide, block => rune.Value >= block.First && rune.Value <= block.Last) ? 2 : 1,
    };
}
