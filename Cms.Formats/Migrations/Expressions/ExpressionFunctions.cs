using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Formats.Migrations.Expressions;

/// <summary>The functions of expressions; <c>docs/migrations.md</c> prints this table and a test holds the two equal. All are pure.</summary>
public static class ExpressionFunctions
{
    private const int MostListed = 1000;

    /// <summary>The name of the function that only looks at its second argument when the first is missing.</summary>
    internal const string Default = "default";

    /// <summary>Every function, in the order of the documents.</summary>
    public static IReadOnlyList<ExpressionFunction> All { get; } =
    [
        new("exists(x)", "Whether `x` is there", 1, 1, x => Bool(x.Values[0] is not null)) { TakesMissing = true },
        new("default(x, y)", "The value of `x`, or of `y` when `x` is missing", 2, 2, x => x.Values[0] ?? x.Values[1]) { TakesMissing = true },
        new("name()", "The current section's name; missing when it has none", 0, 0, x => NameOf(Here(x))),
        new("type()", "The current section's type", 0, 0, x => ConfigValue.FromText(Here(x).Type)),
        new("text(x)", "`x` as text", 1, 1, x => ExpressionValues.OfText(x.Text(0))),
        new("int(x)", "`x` as a whole number; a fraction is cut off", 1, 1, x => Whole(ExpressionValues.Number(x[0]), Math.Truncate)),
        new("float(x)", "`x` as a number with a fraction", 1, 1, x => ConfigValue.FromFloat(ExpressionValues.Number(x[0]).Float)),
        new("bool(x)", "Whether `x` says 1, on, yes, true or enabled; 0, off, no, false and disabled are false, all else is refused", 1, 1, x => Bool(ExpressionValues.Bool(x[0]))),
        new("round(x)", "The nearest whole number; a half goes away from 0", 1, 1, x => Whole(ExpressionValues.Number(x[0]), each => Math.Round(each, MidpointRounding.AwayFromZero))),
        new("abs(x)", "`x` without its sign", 1, 1, x => Absolute(x[0])),
        new("min(x, y, ...)", "The least number or text", 1, MostListed, x => Extreme(x, -1)),
        new("max(x, y, ...)", "The greatest number or text", 1, MostListed, x => Extreme(x, 1)),
        new("lower(text)", "The text in lower case; of a list, each element", 1, 1, x => Each(x[0], text => text.ToLowerInvariant())),
        new("upper(text)", "The text in upper case; of a list, each element", 1, 1, x => Each(x[0], text => text.ToUpperInvariant())),
        new("trim(text)", "The text without blanks at both ends; of a list, each element", 1, 1, x => Each(x[0], text => text.Trim())),
        new("replace(text, old, new)", "The text with all of `old` replaced; of a list, each element", 3, 3, Replace),
        new("length(text)", "How many characters a text has", 1, 1, x => ConfigValue.FromInt(CountOf(x.Text(0)))),
        new("substring(text, start, count)", "`count` characters from the one at `start`, counted from 0; all that follow without `count`", 2, 3, Substring),
        new("contains(x, y)", "Whether the text `x` has `y` in it, or the list `x` an element `y`", 2, 2, Contains),
        new("starts(text, part)", "Whether the text begins with `part`", 2, 2, x => Bool(x.Text(0).StartsWith(x.Text(1), StringComparison.Ordinal))),
        new("ends(text, part)", "Whether the text ends with `part`", 2, 2, x => Bool(x.Text(0).EndsWith(x.Text(1), StringComparison.Ordinal))),
        new("list(x, y, ...)", "A list of the values; lists among them are joined in", 0, MostListed, x => List(x.Values.Cast<ConfigValue>())),
        new("split(text, separator)", "The list of what stands between the separators", 2, 2, x => ConfigValue.FromTexts(x.Text(0).Split(Separator(x), MostElements, StringSplitOptions.None))),
        new("join(list, separator)", "The elements as one text with the separator between them", 2, 2, Join),
        new("element(list, n)", "The element at `n`, counted from 0, or from the end below 0; missing when there is none", 2, 2, Element),
        new("count(list)", "How many elements a list has; 1 for a value that is no list", 1, 1, x => ConfigValue.FromInt(x[0].Count)),
    ];

    private static readonly Dictionary<string, ExpressionFunction> ByName = All.ToDictionary(function => function.Name, StringComparer.Ordinal);

    /// <summary>The names of all functions, for messages.</summary>
    internal static string Names => string.Join(", ", All.Select(function => function.Name));

    /// <summary>The function of a name, or null.</summary>
    internal static ExpressionFunction? Find(string name) => ByName.GetValueOrDefault(name);

    private const int MostElements = 65_536;

    private static ConfigValue Bool(bool value) => ConfigValue.FromBool(value);

    private static SectionView Here(ExpressionArguments arguments) =>
        arguments.Section ?? throw new RefusedException(ErrorCode.InvalidArgument, "there is no current section outside of for-each");

    private static ConfigValue? NameOf(SectionView section) => section.Name is { } name ? ConfigValue.FromText(name) : null;

    private static ConfigValue Whole(ExpressionNumber number, Func<double, double> round)
    {
        if (!number.IsFloat)
        {
            return ConfigValue.FromInt(number.Int);
        }

        var whole = round(number.Float);
        return whole is >= -9.2e18 and <= 9.2e18 ? ConfigValue.FromInt((long)whole) : throw new RefusedException(ErrorCode.InvalidArgument, "the number is more than 64 bits hold");
    }

    private static ConfigValue Absolute(ConfigValue value)
    {
        var number = ExpressionValues.Number(value);
        return number.CompareTo(new ExpressionNumber(0)) < 0 ? new ExpressionNumber(0).Calculate("-", number).ToValue() : number.ToValue();
    }

    private static ConfigValue Extreme(ExpressionArguments arguments, int sign) =>
        arguments.Values.Cast<ConfigValue>().Aggregate((best, next) => ExpressionValues.Compare(next, best) * sign > 0 ? next : best);

    private static ConfigValue Each(ConfigValue value, Func<string, string> change) => value.IsList
        ? ConfigValue.FromTexts(Bounded(Texts(value).Select(change)))
        : ExpressionValues.OfText(change(ExpressionValues.Text(value)));

    // What comes out is measured while it is made.
    private static List<string> Bounded(IEnumerable<string> texts)
    {
        var made = new List<string>();
        var length = 0L;
        foreach (var text in texts)
        {
            length += text.Length;
            made.Add(length <= ExpressionValues.MaxTextBytes ? text : throw TooLong());
        }

        return made;
    }

    private static RefusedException TooLong() => new(ErrorCode.TooLarge, $"a text of more than {ExpressionValues.MaxTextBytes} bytes comes out");

    private static ConfigValue Join(ExpressionArguments arguments)
    {
        var (texts, separator) = (Texts(arguments[0]).ToList(), arguments.Text(1));
        return texts.Sum(text => (long)text.Length) + ((long)separator.Length * Math.Max(0, texts.Count - 1)) <= ExpressionValues.MaxTextBytes
            ? ExpressionValues.OfText(string.Join(separator, texts))
            : throw TooLong();
    }

    private static ConfigValue Replace(ExpressionArguments arguments)
    {
        var (old, replacement) = (arguments.Text(1), arguments.Text(2));
        if (old.Length == 0)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, "the text to replace is empty");
        }

        return Each(arguments[0], text => Bounded(text, old, replacement));
    }

    // What comes out is measured before it is made.
    private static string Bounded(string text, string old, string replacement)
    {
        var count = 0L;
        for (var at = text.IndexOf(old, StringComparison.Ordinal); at >= 0; at = text.IndexOf(old, at + old.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return text.Length + (count * (replacement.Length - old.Length)) <= ExpressionValues.MaxTextBytes
            ? text.Replace(old, replacement, StringComparison.Ordinal)
            : throw TooLong();
    }

    private static ConfigValue Substring(ExpressionArguments arguments)
    {
        var start = arguments.Number(1, 0, int.MaxValue);
        var count = arguments.Count > 2 ? arguments.Number(2, 0, int.MaxValue) : int.MaxValue;
        var text = arguments.Text(0);
        var begin = PlaceBehind(text, 0, start);
        return ConfigValue.FromText(text[begin..PlaceBehind(text, begin, count)]);
    }

    private static int CountOf(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    // A character may take two places of a text.
    private static int PlaceBehind(string text, int place, int count)
    {
        for (; count > 0 && place < text.Length; count--)
        {
            place += char.IsSurrogatePair(text, place) ? 2 : 1;
        }

        return place;
    }

    private static ConfigValue Contains(ExpressionArguments arguments) => Bool(arguments[0].IsList
        ? Texts(arguments[0]).Contains(arguments.Text(1), StringComparer.Ordinal)
        : arguments.Text(0).Contains(arguments.Text(1), StringComparison.Ordinal));

    private static string Separator(ExpressionArguments arguments) =>
        arguments.Text(1) is { Length: > 0 } separator ? separator : throw new RefusedException(ErrorCode.InvalidArgument, "the separator is empty");

    private static ConfigValue? Element(ExpressionArguments arguments)
    {
        var list = arguments[0];
        var index = arguments.Number(1, -list.Count, int.MaxValue);
        index += index < 0 ? list.Count : 0;
        return index < list.Count ? ConfigValue.FromBytes(list.GetBytes(index).Span) : null;
    }

    private static ConfigValue List(IEnumerable<ConfigValue> values)
    {
        var elements = values.SelectMany(value => value.Elements()).Take(MostElements + 1).ToList();
        if (elements.Sum(element => (long)element.Length) > ExpressionValues.MaxTextBytes)
        {
            throw TooLong();
        }

        return elements.Count <= MostElements
            ? ConfigValue.FromElements(elements)
            : throw new RefusedException(ErrorCode.TooLarge, $"a list of more than {MostElements} elements comes out");
    }

    private static IEnumerable<string> Texts(ConfigValue list) => Enumerable.Range(0, list.Count).Select(index => ExpressionValues.Text(ConfigValue.FromBytes(list.GetBytes(index).Span)));
}
