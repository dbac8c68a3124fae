namespace Cms.Formats.Schemas.Reading;

/// <summary>A rule that <c>validation</c> takes.</summary>
/// <param name="Word">The rule's name.</param>
/// <param name="Takes">What stands behind the colon; empty for nothing.</param>
/// <param name="Example">The rule as it is written.</param>
/// <param name="Meaning">What it asks for; one sentence without a full stop.</param>
internal sealed record RuleWord(string Word, string Takes, string Example, string Meaning);

/// <summary>The one table of rule words; <c>docs/schemas.md</c> prints it and a test holds the two equal.</summary>
internal static class RuleWords
{
    /// <summary>Every rule, in the order of the document.</summary>
    public static IReadOnlyList<RuleWord> All { get; } =
    [
        new("required", "", "required", "every section has the option, with a text or a list that is not empty"),
        new("required_if", "OPTION or OPTION=VALUES", "required_if:proto=static,dhcp", "required where another option of the section is set, or has one of the values"),
        new("forbidden_if", "OPTION or OPTION=VALUES", "forbidden_if:proto=dhcp", "not there where another option of the section is set, or has one of the values"),
        new("unique", "", "unique", "no other section of the type, or row of the table, holds the same"),
        new("alpha", "", "alpha", "letters of A to Z and a to z only, one or more"),
        new("alpha_num", "", "alpha_num", "those letters and digits only, one or more"),
        new("alpha_dash", "", "alpha_dash", "those letters, digits, - and _ only, one or more"),
        new("num", "", "num", "decimal digits only, one or more"),
        new("min", "NUMBER", "min:3", "the least number; of a text the fewest characters"),
        new("max", "NUMBER", "max:32", "the greatest number; of a text the most characters"),
        new("range", "RANGES", "range:1-9,20,100-", "a number of these ranges"),
        new("length", "RANGES", "length:3-8", "so many characters"),
        new("count", "RANGES", "count:1-4", "so many elements of a list"),
        new("regex", "EXPRESSION", "regex:^[a-z]+$", "the expression matches somewhere in the text, within 100 ms; it takes all that follows and so stands last"),
        new("in", "VALUES", "in:udp,tcp", "one of these values"),
        new("not", "VALUES", "not:all,none", "none of these values"),
        new("format", "FORMATS", "format:ipaddr,hostname", "of one of these formats"),
        new("ref", "[MODULE.]TYPE or TYPE@OPTION", "ref:network.interface", "the name of a section of this type, or what the option of one holds; values behind a comma are taken as well"),
    ];

    /// <summary>The names of all rules.</summary>
    public static IEnumerable<string> Names => All.Select(rule => rule.Word);
}
