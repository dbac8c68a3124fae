using System.Text;

namespace Cms.Formats.Searching;

/// <summary>Finds texts that everything holds which a regular expression matches, so that most texts need not be matched.</summary>
/// <remarks>It may find fewer than there are, never one that a match can lack. What it does not know for certain ends it.</remarks>
internal static class RegexRuns
{
    // Escapes of one letter that stand for one character or for a place; others go on behind their letter.
    private const string PlainEscapes = "dDwWsSbBAzZntr";

    /// <summary>The texts, in the order of the expression.</summary>
    public static IReadOnlyList<byte[]> Of(string expression, bool ignoresCase)
    {
        // Inline options may change the meaning of everything behind them; an alternative at the top leaves nothing certain.
        if (expression.Contains("(?", StringComparison.Ordinal) || !TrySplit(expression, ignoresCase, out var runs))
        {
            return [];
        }

        return [.. runs.Where(run => run.Length > 0).Select(Encoding.UTF8.GetBytes)];
    }

    private static bool TrySplit(string expression, bool ignoresCase, out List<string> runs)
    {
        runs = [];
        var run = new StringBuilder();
        var place = 0;
        while (place < expression.Length)
        {
            var character = expression[place];
            var next = place + 1 < expression.Length ? expression[place + 1] : '\0';
            switch (character)
            {
                case '|' or '\\' when character == '|' || (char.IsAsciiLetterOrDigit(next) && !PlainEscapes.Contains(next)):
                    return false;
                case '\\' when !char.IsAsciiLetterOrDigit(next):
                    Append(run, runs, next, ignoresCase);
                    place += 2;
                    break;
                case '?' or '*' or '{':
                    // What came last may be missing.
                    run.Length = Math.Max(run.Length - 1, 0);
                    End(run, runs);
                    place = EndOfCount(expression, place);
                    break;
                case '[' or '(':
                    End(run, runs);
                    if (EndOfGroup(expression, place) is not { } end)
                    {
                        return false;
                    }

                    place = end;
                    break;
                case '\\' or '+' or '.' or '^' or '$':
                    End(run, runs);
                    place += character == '\\' ? 2 : 1;
                    break;
                default:
                    Append(run, runs, character, ignoresCase);
                    place++;
                    break;
            }
        }

        End(run, runs);
        return true;
    }

    // Some letters are in another case outside of ASCII, as K is the sign of Kelvin; texts are compared in ASCII's.
    private static void Append(StringBuilder run, List<string> runs, char character, bool ignoresCase)
    {
        if (!char.IsAscii(character) || (ignoresCase && character is 'i' or 'I' or 'k' or 'K' or 's' or 'S'))
        {
            End(run, runs);
            return;
        }

        run.Append(character);
    }

    private static void End(StringBuilder run, List<string> runs)
    {
        runs.Add(run.ToString());
        run.Clear();
    }

    // Behind a count such as {2,3}; a brace that begins none is a character, and leaving it out does no harm.
    private static int EndOfCount(string expression, int place)
    {
        var end = place + 1;
        while (expression[place] == '{' && end < expression.Length && (char.IsAsciiDigit(expression[end]) || expression[end] == ','))
        {
            end++;
        }

        return end < expression.Length && expression[end] == '}' ? end + 1 : place + 1;
    }

    // Behind the bracket that closes the one here; null when none does, or when a class is taken from another.
    private static int? EndOfGroup(string expression, int place)
    {
        var depth = 0;
        var classStart = -1;
        for (; place < expression.Length; place++)
        {
            switch (expression[place])
            {
                case '\\':
                    place++;
                    break;
                case '[' when classStart >= 0 && expression[place - 1] == '-':
                    return null;
                case ']' when classStart >= 0 && place > FirstInClass(expression, classStart):
                    classStart = -1;
                    depth--;
                    break;
                case '[' when classStart < 0:
                    classStart = place;
                    depth++;
                    break;
                case '(' when classStart < 0:
                    depth++;
                    break;
                case ')' when classStart < 0:
                    depth--;
                    break;
                default:
                    break;
            }

            if (depth == 0)
            {
                return place + 1;
            }
        }

        return null;
    }

    // A closing bracket at the first place of a class is one of its characters.
    private static int FirstInClass(string expression, int start) => start + (expression[start + 1] == '^' ? 2 : 1);
}
