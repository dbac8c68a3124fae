using System.CommandLine;
using Cms.Cli.Texts;

namespace Cms.Cli.Help;

/// <summary>What is said of commands and their parts; help, manual and completion say the same.</summary>
/// <param name="texts">The texts of a language.</param>
internal sealed class CommandText(TextFile texts)
{
    private const string ExamplePrefix = "$ ";

    /// <summary>In the user's language.</summary>
    public static CommandText OfUser { get; } = new(Text.File);

    /// <summary>A command in one line.</summary>
    public string SummaryOf(Command command) => texts.Find(CommandWords.PathOf(command)) ?? "";

    /// <summary>The same by its path, for a command that is not built.</summary>
    public string SummaryOf(string path) => texts.Find(path) ?? "";

    /// <summary>What an option is for.</summary>
    public string DescriptionOf(Command command, Option option) => texts.Find(CommandWords.PathOf(command), option.Name) ?? "";

    /// <summary>What an argument is.</summary>
    public string DescriptionOf(Command command, Argument argument) => texts.Find(CommandWords.PathOf(command), CommandWords.Of(argument)) ?? "";

    /// <summary>What is typed to do something, and what it does. A command that has others below it shows the first of each.</summary>
    public IReadOnlyList<(string Typed, string Caption)> ExamplesOf(Command command)
    {
        if (command.Subcommands.Count > 0)
        {
            return [.. CommandWords.CommandsOf(command).SelectMany(each => ExamplesOf(each).Take(1))];
        }

        var start = $"{ExamplePrefix}{CommandWords.PathOf(command)}";
        return [.. texts.Keys
            .Where(key => key.StartsWith(start, StringComparison.Ordinal) && (key.Length == start.Length || key[start.Length] == ' '))
            .Select(key => (key[ExamplePrefix.Length..], texts.Find(key)!))];
    }
}
