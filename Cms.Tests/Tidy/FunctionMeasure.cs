using System.Text.RegularExpressions;

namespace Cms.Tests.Tidy;

/// <summary>One function and how many lines it has, from the first of its signature to its closing brace.</summary>
internal sealed record MeasuredFunction(string Signature, int FirstLine, int LineCount);

/// <summary>Finds the functions of C# source and measures them, by its braces.</summary>
/// <remarks>
/// A function is a member of a type whose head has parentheses and no initialiser: methods, constructors,
/// operators, with a block or an expression. Local functions and lambdas count with the member they stand in.
/// </remarks>
internal static partial class FunctionMeasure
{
    /// <summary>Every function, in order.</summary>
    /// <param name="code">Source whose comments and literals are blanked.</param>
    public static IReadOnlyList<MeasuredFunction> Functions(string code)
    {
        var functions = new List<MeasuredFunction>();
        AddMembers(code, 0, code.Length, functions);
        return functions;
    }

    private static void AddMembers(string code, int start, int end, List<MeasuredFunction> functions)
    {
        while (start < end)
        {
            var member = NextMember(code, start, end);
            var head = code[start..(member.BodyStart ?? member.End)];
            if (TypeHead().IsMatch(head))
            {
                AddMembers(code, (member.BodyStart ?? member.End) + 1, member.End - 1, functions);
            }
            else if (IsFunction(head))
            {
                functions.Add(Measure(code, start, member.End));
            }

            start = member.End;
        }
    }

    // A member ends at a semicolon, or behind the brace that closes its first block, outside of all brackets.
    private static (int? BodyStart, int End) NextMember(string code, int start, int end)
    {
        var depth = 0;
        int? body = null;
        for (var index = start; index < end; index++)
        {
            switch (code[index])
            {
                case '{' or '(' or '[':
                    body ??= code[index] == '{' && depth == 0 ? index : null;
                    depth++;
                    break;
                case '}' or ')' or ']':
                    depth--;
                    if (depth == 0 && code[index] == '}' && body is not null)
                    {
                        return (body, index + 1);
                    }

                    break;
                case ';' when depth == 0:
                    return (body, index + 1);
                default:
                    break;
            }
        }

        return (body, end);
    }

    private static bool IsFunction(string head)
    {
        var arrow = head.IndexOf("=>", StringComparison.Ordinal);
        var signature = arrow < 0 ? head : head[..arrow];
        return signature.Contains('(', StringComparison.Ordinal) && !Initialiser().IsMatch(Attribute().Replace(signature, ""));
    }

    private static MeasuredFunction Measure(string code, int start, int end)
    {
        var first = start + (code.Length - start - code.AsSpan(start).TrimStart().Length);
        var text = code[first..end];
        return new MeasuredFunction(text.Split('\n')[0].Trim(), RepositoryFile.LineAt(code, first), text.AsSpan().Count('\n') + 1);
    }

    // A file-scoped namespace ends with a semicolon and so is a member without functions.
    [GeneratedRegex(@"(^|\s)(namespace|class|struct|record|interface|enum)\s+\w+")]
    private static partial Regex TypeHead();

    // An equals sign before any parenthesis; operators such as == belong to the name.
    [GeneratedRegex(@"^[^(]*(?<!operator\s*[=!<>]?)(?<![=!<>])=(?!=)[^(]*\(|^[^(]*(?<!operator\s*[=!<>]?)(?<![=!<>])=(?![=>])")]
    private static partial Regex Initialiser();

    [GeneratedRegex(@"^\s*(\[[^\]]*\]\s*)+")]
    private static partial Regex Attribute();
}
