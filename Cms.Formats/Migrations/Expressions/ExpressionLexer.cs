using System.Text;
using Cms.Formats.Refusals;

namespace Cms.Formats.Migrations.Expressions;

/// <summary>Takes the text of an expression apart into tokens.</summary>
internal static class ExpressionLexer
{
    private const int MaxTokens = 2000;

    // The longer ones first.
    private static readonly string[] Signs = ["==", "!=", "<=", ">=", "&&", "||", "?", ":", "<", ">", "+", "-", "*", "/", "%", ".", "!", "(", ")", ","];

    /// <summary>The tokens, the last of which says that the text is over.</summary>
    /// <exception cref="RefusedException">Something is no token; the message says where.</exception>
    public static List<ExpressionToken> Split(string text)
    {
        var tokens = new List<ExpressionToken>();
        var position = 0;
        while (true)
        {
            while (position < text.Length && char.IsWhiteSpace(text[position]))
            {
                position++;
            }

            if (tokens.Count == MaxTokens)
            {
                throw Illegal(position, $"the expression has more than {MaxTokens} words; take it apart into several statements");
            }

            if (position == text.Length)
            {
                tokens.Add(new ExpressionToken(ExpressionTokenKind.End, "", position));
                return tokens;
            }

            tokens.Add(Take(text, ref position));
        }
    }

    /// <summary>A refusal at a place in the text.</summary>
    /// <param name="position">The 0-based character.</param>
    /// <param name="rule">What is wrong there.</param>
    public static RefusedException Illegal(int position, string rule) => new(ErrorCode.InvalidArgument, $"at character {position + 1}: {rule}");

    private static ExpressionToken Take(string text, ref int position)
    {
        var start = position;
        var first = text[start];
        if (first is '\'' or '"')
        {
            return TakeText(text, ref position);
        }

        if (first == '{')
        {
            var end = text.IndexOf('}', start);
            position = end + 1;
            return end > 0 ? new(ExpressionTokenKind.Reference, text[(start + 1)..end].Trim(), start) : throw Illegal(start, "the { has no } behind it");
        }

        if (char.IsAsciiDigit(first))
        {
            position = EndOfNumber(text, start);
            return new(ExpressionTokenKind.Number, text[start..position], start);
        }

        if (char.IsAsciiLetter(first))
        {
            position = EndOf(text, start, each => char.IsAsciiLetterOrDigit(each) || each == '_');
            return new(ExpressionTokenKind.Name, text[start..position], start);
        }

        var sign = Array.Find(Signs, each => text.AsSpan(start).StartsWith(each, StringComparison.Ordinal))
            ?? throw Illegal(start, $"'{Shown(text, start)}' means nothing here; put text in quotes and the names of options in braces");
        position += sign.Length;
        return new(ExpressionTokenKind.Sign, sign, start);
    }

    private static int EndOfNumber(string text, int start)
    {
        var end = EndOf(text, start, char.IsAsciiDigit);
        return end + 1 < text.Length && text[end] == '.' && char.IsAsciiDigit(text[end + 1]) ? EndOf(text, end + 1, char.IsAsciiDigit) : end;
    }

    private static int EndOf(string text, int start, Func<char, bool> belongs)
    {
        var end = start;
        while (end < text.Length && belongs(text[end]))
        {
            end++;
        }

        return end;
    }

    private static ExpressionToken TakeText(string text, ref int position)
    {
        var start = position;
        var content = new StringBuilder();
        for (position = start + 1; position < text.Length; position++)
        {
            if (text[position] == text[start])
            {
                position++;
                return new(ExpressionTokenKind.Text, content.ToString(), start);
            }

            content.Append(text[position] == '\\' ? Escaped(text, ++position) : text[position]);
        }

        throw Illegal(start, $"the text that begins here has no {text[start]} behind it");
    }

    private static char Escaped(string text, int position) => position >= text.Length
        ? throw Illegal(position - 1, "nothing follows the backslash")
        : text[position] switch
        {
            'n' => '\n',
            't' => '\t',
            '\\' or '\'' or '"' => text[position],
            var other => throw Illegal(position - 1, $"'\\{other}' means nothing; there are \\n, \\t, \\\\, \\' and \\\""),
        };

    private static string Shown(string text, int position) => char.IsHighSurrogate(text[position]) && position + 1 < text.Length ? text.Substring(position, 2) : text[position].ToString();
}
