using System.CommandLine;
using System.Text.RegularExpressions;
using Cms.Cli;
using Cms.Cli.Help;
using Cms.Cli.Texts;
using Cms.Tests.Tidy;
using Xunit;

namespace Cms.Tests.CommandLine;

/// <summary>What is said of the commands, in every language.</summary>
public sealed partial class CommandTextTests
{
    private static readonly CommandTree Tree = new CommandTree(new CommandStreams(Stream.Null, Stream.Null, Stream.Null)).AddAll();

    public static TheoryData<string> Languages => [.. Language.All];

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_command_has_a_summary_and_an_example_and_says_what_its_parts_are(string language)
    {
        var texts = new CommandText(TextFile.Read(language));
        var missing = new List<string>();
        foreach (var command in AllBelow(Tree.Root))
        {
            var path = CommandWords.PathOf(command);
            missing.AddRange(texts.SummaryOf(command).Length > 0 ? [] : [path]);
            missing.AddRange(command.Hidden || texts.ExamplesOf(command).Count > 0 ? [] : [$"$ {path}"]);
            missing.AddRange(command.Arguments.Where(part => texts.DescriptionOf(command, part).Length == 0).Select(part => $"{path} {CommandWords.Of(part)}"));
            missing.AddRange(CommandWords.OptionsOf(command).Where(part => texts.DescriptionOf(command, part).Length == 0).Select(part => $"{path} {part.Name}"));
        }

        Assert.True(missing.Count == 0, $"Cms.Cli/Texts/{language}.txt lacks:\n{string.Join('\n', missing)}");
    }

    [Fact]
    public void Every_example_is_a_command_line_that_parses()
    {
        var wrong = new List<string>();
        foreach (var key in TextFile.Read(Language.English).Keys.Where(key => key.StartsWith("$ ", StringComparison.Ordinal)))
        {
            var parsed = Tree.Parse([.. WordsOf(key).Skip(1)]);
            if (parsed.Errors.Count > 0 || parsed.CommandResult.Command.Subcommands.Count > 0)
            {
                wrong.Add($"{key}: {(parsed.Errors.Count > 0 ? parsed.Errors[0].Message : "names no command")}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void All_languages_have_the_same_keys_and_places()
    {
        var english = TextFile.Read(Language.English);
        foreach (var language in Language.All.Skip(1).Select(TextFile.Read))
        {
            Assert.Empty(english.Keys.Except(language.Keys).Concat(language.Keys.Except(english.Keys)));
            Assert.All(english.Keys, key => Assert.Equal(Places(english.Find(key)!), Places(language.Find(key)!)));
        }
    }

    [Fact]
    public void Every_text_that_the_sources_ask_for_is_there()
    {
        var texts = TextFile.Read(Language.English);
        var asked = Repository.Files(".cs").Where(file => file.Path.StartsWith("Cms.Cli/", StringComparison.Ordinal)).SelectMany(file => TextKey().Matches(file.Text)).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(asked);
        Assert.All(asked, key => Assert.NotNull(texts.Find(key)));
        Assert.All(Enum.GetNames<Cms.Cli.Catalogue.CommandGroup>(), group => Assert.NotNull(texts.Find($"group.{group}")));
    }

    [Theory]
    [InlineData("de_DE.UTF-8", null, null, "de")]
    [InlineData(null, "de", "en_GB", "de")]
    [InlineData("", "", "de_AT@euro", "de")]
    [InlineData("C", "de", "de", "en")]
    [InlineData("fr_FR.UTF-8", null, null, "en")]
    [InlineData(null, null, null, "en")]
    public void The_first_variable_of_the_locale_that_says_anything_decides(string? all, string? messages, string? lang, string language)
    {
        var variables = new Dictionary<string, string?> { ["LC_ALL"] = all, ["LC_MESSAGES"] = messages, ["LANG"] = lang };
        Assert.Equal(language, Language.Of(variables.GetValueOrDefault));
    }

    private static IEnumerable<Command> AllBelow(Command command) => command.Subcommands.SelectMany(AllBelow).Prepend(command).Where(each => each.Parents.Any());

    private static string Places(string text) => string.Concat(Place().Matches(text).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal));

    // As a shell would split it, for the little that examples use of a shell.
    private static IEnumerable<string> WordsOf(string example) =>
        Word().Matches(example[2..].Split(" | ")[0].Split(" < ")[0].Split(" > ")[0]).Select(match => match.Value.Replace("\"", "", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal));

    [GeneratedRegex("""(?:[^\s"']|"[^"]*"|'[^']*')+""")]
    private static partial Regex Word();

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Place();

    [GeneratedRegex("""Text\.Of\(\s*"([^"]+)"\s*[,)]""")]
    private static partial Regex TextKey();
}
