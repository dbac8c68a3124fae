using Cms.Formats.Schemas.Reading;
using Cms.Formats.Schemas.Values;
using Cms.Tests.Schemas;
using Xunit;

namespace Cms.Tests.Tidy;

/// <summary>The document of schemas says what the code does.</summary>
public sealed class SchemaDocumentTests
{
    private static readonly string Text = Repository.Read("docs/schemas.md");

    [Fact]
    public void The_table_of_options_is_that_of_the_code() => Assert.Equal(
        SchemaWords.All.Select(word => $"{word.Owner} | {word.Name} | {(word.IsList ? "list of " : "")}{word.Takes} | {word.Meaning}"),
        Rows("| of | option |", 4));

    [Fact]
    public void The_table_of_rules_is_that_of_the_code() => Assert.Equal(
        RuleWords.All.Select(rule => $"{rule.Word} | {rule.Takes} | {rule.Example} | {rule.Meaning}"),
        Rows("| rule |", 4));

    [Fact]
    public void The_table_of_types_is_that_of_the_code() => Assert.Equal(
        ValueFormats.All.Select(format => $"{format.Name} | {format.Hint} | {format.Example}"),
        Rows("| type | is |", 3));

    [Fact]
    public void The_example_is_a_schema_and_finds_what_the_document_says()
    {
        var blocks = Text.Split("```");
        var found = SchemaSample.Violations(blocks[1], blocks[3]);
        Assert.Equal(blocks[5].Trim().Split('\n').Select(line => $"{line.Split([' ', ':'])[0]} {line[(line.LastIndexOf('(') + 1)..^1]}"), found);
    }

    private static IReadOnlyList<string> Rows(string heading, int columns) => MarkdownTable.Rows(Text[Text.IndexOf(heading, StringComparison.Ordinal)..], columns);
}
