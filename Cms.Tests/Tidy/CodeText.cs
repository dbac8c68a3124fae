using System.Text;

namespace Cms.Tests.Tidy;

/// <summary>Blanks comments and literals of C# source, so that a rule sees code only.</summary>
/// <remarks>Line breaks stay, so that line numbers do; the code inside an interpolation stays too.</remarks>
internal sealed class CodeText
{
    private readonly string _text;
    private readonly StringBuilder _blanked;
    private int _position;

    private CodeText(string text)
    {
        _text = text;
        _blanked = new StringBuilder(text);
    }

    /// <summary>The source with every character of a comment or literal replaced by a blank.</summary>
    public static string Blank(string source)
    {
        var text = new CodeText(source);
        text.SkipCode(endsAtBraces: 0);
        return text._blanked.ToString();
    }

    // Code up to the end of the text, or up to the closing braces of an interpolation.
    private void SkipCode(int endsAtBraces)
    {
        var depth = 0;
        while (_position < _text.Length)
        {
            if (endsAtBraces > 0 && depth == 0 && _text[_position] == '}')
            {
                return;
            }

            if (!TrySkipCommentOrLiteral())
            {
                depth += _text[_position] switch { '{' => 1, '}' => -1, _ => 0 };
                _position++;
            }
        }
    }

    private bool TrySkipCommentOrLiteral()
    {
        var rest = _text.AsSpan(_position);
        if (rest.StartsWith("//"))
        {
            Erase(Length(rest, "\n", 0));
        }
        else if (rest.StartsWith("/*"))
        {
            Erase(Math.Min(rest.Length, Length(rest, "*/", 2) + 2));
        }
        else if (rest[0] == '\'')
        {
            Erase(CharacterLength(rest));
        }
        else
        {
            return TrySkipString(rest);
        }

        return true;
    }

    private bool TrySkipString(ReadOnlySpan<char> rest)
    {
        var prefix = rest.IndexOfAnyExcept('$', '@');
        if (prefix < 0 || rest[prefix] != '"')
        {
            return false;
        }

        var dollars = rest[..prefix].Count('$');
        var isVerbatim = rest[..prefix].Contains('@');
        var quotes = Math.Max(1, rest[prefix..].IndexOfAnyExcept('"') is var run && run < 0 ? rest.Length - prefix : run);
        var isRaw = quotes >= 3 && !isVerbatim;
        Erase(prefix + (isRaw ? quotes : 1));
        SkipStringBody(new StringShape(isRaw ? quotes : 1, dollars, isVerbatim, isRaw));
        return true;
    }

    private void SkipStringBody(StringShape shape)
    {
        var end = new string('"', shape.Quotes);
        var hole = new string('{', Math.Max(1, shape.Dollars));
        while (_position < _text.Length)
        {
            var rest = _text.AsSpan(_position);
            if (!shape.IsRaw && !shape.IsVerbatim && rest[0] == '\\')
            {
                Erase(Math.Min(2, rest.Length));
            }
            else if (shape.IsVerbatim && rest.StartsWith("\"\""))
            {
                Erase(2);
            }
            else if (rest.StartsWith(end))
            {
                Erase(end.Length);
                return;
            }
            else if (shape.Dollars > 0 && rest.StartsWith(hole))
            {
                SkipBraces(shape, rest);
            }
            else
            {
                Erase(1);
            }
        }
    }

    // Doubled braces are text in an ordinary interpolated string; otherwise code begins here.
    private void SkipBraces(StringShape shape, ReadOnlySpan<char> rest)
    {
        if (!shape.IsRaw && rest.StartsWith("{{"))
        {
            Erase(2);
            return;
        }

        Erase(shape.Dollars);
        SkipCode(shape.Dollars);
        Erase(Math.Min(shape.Dollars, _text.Length - _position));
    }

    private void Erase(int count)
    {
        for (var end = _position + count; _position < end; _position++)
        {
            if (_text[_position] != '\n')
            {
                _blanked[_position] = ' ';
            }
        }
    }

    private static int Length(ReadOnlySpan<char> rest, string end, int from) =>
        rest[from..].IndexOf(end, StringComparison.Ordinal) is var found && found >= 0 ? from + found : rest.Length;

    private static int CharacterLength(ReadOnlySpan<char> rest)
    {
        var start = rest.StartsWith("'\\") ? 3 : 2;
        return start >= rest.Length ? rest.Length : Math.Min(rest.Length, Length(rest, "'", start) + 1);
    }

    private sealed record StringShape(int Quotes, int Dollars, bool IsVerbatim, bool IsRaw);
}
