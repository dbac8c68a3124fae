using System.Text.RegularExpressions;
using Cms.Formats.Schemas.Values;
using Cms.Formats.Searching;
using Cms.Formats.Uci;

namespace Cms.Formats.Schemas.Reading;

/// <summary>Reads <c>validation</c>: rules joined by |, into a draft whose type is known.</summary>
/// <param name="draft">Takes the rules.</param>
/// <param name="mistakes">Takes what is wrong.</param>
/// <param name="line">The line of the rules.</param>
/// <param name="isField">Whether rules on the section that has the value are taken: required, conditions, count.</param>
internal sealed class RuleReader(FieldDraft draft, MistakeList mistakes, int line, bool isField)
{
    private const int LongestRegex = 1000;
    private const int MostRepetitions = 10_000;
    private static readonly TimeSpan RegexTime = TimeSpan.FromMilliseconds(100);

    /// <summary>Reads rules joined by |; a regular expression takes the rest.</summary>
    public void ReadAll(string text)
    {
        for (var number = 0; text.Length > 0; number++)
        {
            if (number == FieldDraft.MostRules)
            {
                mistakes.Add(line, $"there are more than {FieldDraft.MostRules} rules; leave some out");
                return;
            }

            var end = text.StartsWith("regex:", StringComparison.Ordinal) ? -1 : text.IndexOf('|');
            Read((end < 0 ? text : text[..end]).TrimStart());
            text = end < 0 ? "" : text[(end + 1)..].TrimStart();
        }
    }

    /// <summary>Reads one rule.</summary>
    public void Read(string rule)
    {
        var colon = rule.IndexOf(':', StringComparison.Ordinal);
        var (word, argument) = colon < 0 ? (rule.TrimEnd(), (string?)null) : (rule[..colon], rule[(colon + 1)..]);
        var known = RuleWords.All.FirstOrDefault(each => each.Word == word);
        if (known is null)
        {
            mistakes.Add(line, $"there is no rule '{word}'{mistakes.Suggest(word, RuleWords.Names)}; docs/schemas.md lists the rules");
        }
        else if (known.Takes.Length == 0 ? argument is not null : string.IsNullOrEmpty(argument))
        {
            mistakes.Add(line, known.Takes.Length == 0 ? $"the rule '{word}' takes nothing behind it" : $"the rule '{word}' needs {known.Takes}: write {known.Example}");
        }
        else if (!isField && word is "required" or "required_if" or "forbidden_if" or "count")
        {
            mistakes.Add(line, $"the rule '{word}' is for a field; leave it out here");
        }
        else
        {
            Take(word, argument ?? "", known);
        }
    }

    private void Take(string word, string argument, RuleWord known)
    {
        var rule = argument.Length == 0 ? word : $"{word}:{argument}";
        switch (word)
        {
            case "required":
                draft.IsRequired = true;
                break;
            case "unique":
                draft.IsUnique = true;
                break;
            case "required_if" or "forbidden_if":
                TakeCondition(word == "forbidden_if", argument, known);
                break;
            case "min" or "max" or "range":
                TakeBounds(word, argument, rule);
                break;
            case "length" or "count":
                TakeCounts(word, argument, rule);
                break;
            case "regex":
                TakeRegex(argument, rule);
                break;
            case "in" or "not":
                TakeValues(word == "in", argument.Split(','), rule);
                break;
            case "format":
                TakeFormats(argument, rule);
                break;
            case "ref":
                TakeReference(argument, known);
                break;
            default:
                draft.Rules.Add(CharactersOf(word));
                break;
        }
    }

    /// <summary>Takes an enumeration.</summary>
    public void TakeValues(bool isAmong, IReadOnlyList<string> values, string rule)
    {
        var hint = $"{(isAmong ? values.Count == 1 ? "" : "one of " : "not ")}{string.Join(", ", values)}";
        draft.Rules.Add(new AmongRule(rule, hint, values, isAmong));
        draft.Values = isAmong ? values : draft.Values;
    }

    private static CharactersRule CharactersOf(string word) => word switch
    {
        "alpha" => new(word, "letters of A to Z and a to z only", TextFormats.IsAlpha),
        "alpha_num" => new(word, "letters of A to Z and a to z and digits only", TextFormats.IsAlphaNum),
        "alpha_dash" => new(word, "letters of A to Z and a to z, digits, - and _ only", TextFormats.IsAlphaDash),
        _ => new(word, "decimal digits only", TextFormats.IsNum),
    };

    private void TakeCondition(bool isForbidding, string argument, RuleWord known)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        var option = equals < 0 ? argument : argument[..equals];
        if (!UciNames.IsName(option) || equals == argument.Length - 1)
        {
            mistakes.Add(line, $"'{argument}' is no condition: write {known.Example}");
            return;
        }

        if (draft.Conditions.Count == FieldDraft.MostConditions)
        {
            mistakes.Add(line, $"there are more than {FieldDraft.MostConditions} conditions; put values behind one option instead: {known.Example}");
            return;
        }

        draft.Conditions.Add(new FieldCondition(isForbidding, option, equals < 0 ? [] : argument[(equals + 1)..].Split(',')));
    }

    // A lone number is a range of one end; a text is measured in characters.
    private void TakeBounds(string word, string argument, string rule)
    {
        var ranges = word switch
        {
            "min" => argument + "-",
            "max" when draft.Format.Number is null && draft.Format.ElementType == Modules.ElementType.String => "0-" + argument,
            _ => argument,
        };
        if (draft.Format.ElementType == Modules.ElementType.Float)
        {
            TakeFloats(word, argument, rule);
            return;
        }

        var isLength = draft.Format.Number is null;
        if (isLength && (word == "range" || draft.Format.ElementType == Modules.ElementType.Bool))
        {
            mistakes.Add(line, $"'{word}' is for numbers, and type '{draft.Type}' is none; give it a type int, uint, float, port, size or duration, or use length");
            return;
        }

        var reader = draft.Format.Number ?? WholeNumbers.TryReadUnsigned;
        var bounds = word == "max" ? Greatest(argument, isLength ? 0 : long.MinValue, reader) : NumberRanges.TryParse(ranges, reader);
        if (bounds is null || (word != "range" && argument.IndexOf('-', 1) > 0))
        {
            mistakes.Add(line, $"'{rule}' is not understood: write {(word == "range" ? "numbers or ranges such as 1-9,20" : $"a whole number behind {word}:")}");
            return;
        }

        draft.Rules.Add(isLength ? new LengthRule(rule, $"{bounds} characters", bounds) : new NumberRangeRule(rule, bounds.ToString(), reader, bounds));
    }

    private static NumberRanges? Greatest(string argument, long least, NumberReader reader) =>
        reader(System.Text.Encoding.UTF8.GetBytes(argument), out var greatest) ? new NumberRanges([(least, greatest)]) : null;

    private void TakeFloats(string word, string argument, string rule)
    {
        var isNumber = WholeNumbers.TryReadFloat(System.Text.Encoding.UTF8.GetBytes(argument), out var number);
        var ranges = word == "range" ? NumberRanges.TryParseFloats(argument)
            : !isNumber ? null
            : word == "min" ? [(number, double.MaxValue)]
            : [(double.MinValue, number)];
        if (ranges is null)
        {
            mistakes.Add(line, $"'{rule}' is not understood: write numbers, such as {word}:{(word == "range" ? "0.5-1.5" : "0.5")}");
            return;
        }

        draft.Rules.Add(new FloatRangeRule(rule, word switch { "min" => $"{argument} and more", "max" => $"at most {argument}", _ => argument }, ranges));
    }

    private void TakeCounts(string word, string argument, string rule)
    {
        if (NumberRanges.TryParse(argument, WholeNumbers.TryReadUnsigned) is not { } ranges)
        {
            mistakes.Add(line, $"'{rule}' is not understood: write numbers or ranges such as {word}:1-4");
        }
        else if (word == "count")
        {
            (draft.Counts, draft.CountRule) = (ranges, rule);
        }
        else
        {
            draft.Rules.Add(new LengthRule(rule, $"{ranges} characters", ranges));
        }
    }

    private void TakeRegex(string pattern, string rule)
    {
        if (pattern.Length > LongestRegex)
        {
            mistakes.Add(line, $"the expression has {pattern.Length} characters; the most is {LongestRegex}");
            return;
        }

        try
        {
            draft.Rules.Add(new PatternRule(rule, $"a text that matches {pattern}", Compile(pattern)));
        }
        catch (RegexParseException wrong)
        {
            // The message of the exception is only its key where the program is built without texts.
            mistakes.Add(line, $"the expression is not legal: {RegexPattern.Describe(wrong)} at character {wrong.Offset}");
        }
    }

    // Matching without backtracking takes time linear in the text, but counted repetitions are unrolled for it.
    private static Regex Compile(string pattern)
    {
        if (!IsUnrolledFar(pattern))
        {
            try
            {
                return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, RegexTime);
            }
            catch (NotSupportedException)
            {
                // Looking around and references back need backtracking, which the time bounds.
            }
        }

        return new Regex(pattern, RegexOptions.CultureInvariant, RegexTime);
    }

    private static bool IsUnrolledFar(string pattern)
    {
        var repetitions = 1L;
        for (var start = pattern.IndexOf('{', StringComparison.Ordinal); start >= 0; start = pattern.IndexOf('{', start + 1))
        {
            foreach (var count in pattern[(start + 1)..].Split('}')[0].Split(','))
            {
                repetitions = long.TryParse(count, out var number) ? Math.Min(repetitions * Math.Max(number, 1), MostRepetitions + 1) : repetitions;
            }
        }

        return repetitions > MostRepetitions;
    }

    private void TakeFormats(string argument, string rule)
    {
        var formats = new List<ValueFormat>();
        var known = ValueFormats.All.Skip(ValueFormats.BareTypes).Select(format => format.Name);
        foreach (var name in argument.Split(','))
        {
            if (ValueFormats.Find(name) is { } format && known.Contains(name))
            {
                formats.Add(format);
            }
            else
            {
                mistakes.Add(line, $"there is no format '{name}'{mistakes.Suggest(name, known)}; there are {string.Join(", ", known)}");
            }
        }

        draft.Rules.Add(new FormatRule(rule, formats));
    }

    private void TakeReference(string argument, RuleWord known)
    {
        var parts = argument.Split(',');
        var at = parts[0].IndexOf('@', StringComparison.Ordinal);
        var (target, option) = at < 0 ? (parts[0], (string?)null) : (parts[0][..at], parts[0][(at + 1)..]);
        var dot = target.IndexOf('.', StringComparison.Ordinal);
        var (module, type) = dot < 0 ? ((string?)null, target) : (target[..dot], target[(dot + 1)..]);
        if (!UciNames.IsType(type) || (option is not null && !UciNames.IsName(option)))
        {
            mistakes.Add(line, $"'{argument}' names no type of sections: write {known.Example}, or ref:zone@name for what an option of sections of this module holds");
        }
        else if (module is not null && !UciNames.IsModule(module))
        {
            mistakes.Add(line, $"'{module}' is no name of a module: use printable ASCII without blanks, dots and slashes, as in ref:network.interface");
        }
        else if (module is not null && option is not null && module != draft.Module)
        {
            mistakes.Add(line, $"'{parts[0]}' names an option of another module; only names of sections are seen from there: write ref:{module}.{type}");
        }
        else if (draft.Reference is not null)
        {
            mistakes.Add(line, $"there is a reference already, '{draft.Reference}'; keep one");
        }
        else
        {
            draft.Reference = new FieldReference(module == draft.Module ? null : module, type, option, parts[1..]);
        }
    }
}
