using System.CommandLine;
using System.Text;
using Cms.Cli.Catalogue;
using Cms.Cli.Texts;

namespace Cms.Cli.Help;

/// <summary>The help of a command, as <c>--help</c> prints it.</summary>
internal static class HelpText
{
    private const int MaxColumn = 34;
    private static readonly CommandText Texts = CommandText.OfUser;

    /// <summary>The help of a command of a tree.</summary>
    public static string Of(Command command)
    {
        var text = new StringBuilder();
        if (command.Parents.Any())
        {
            WriteCommand(text, command);
        }
        else
        {
            WriteOverview(text, command);
        }

        return text.ToString();
    }

    private static void WriteOverview(StringBuilder text, Command root)
    {
        text.Append(Texts.SummaryOf(root)).Append("\n\n").Append(Text.Of("help.usage.overview")).Append('\n');
        foreach (var group in CommandCatalogue.All.Where(entry => !entry.IsHidden).GroupBy(entry => entry.Group).OrderBy(group => group.Key))
        {
            WriteTable(text, Text.Of($"group.{group.Key}"), [.. group.Select(entry => (entry.Name, Texts.SummaryOf($"{root.Name} {entry.Name}")))]);
        }

        WriteOptions(text, Text.Of("help.options.global"), root);
        text.Append('\n').Append(Text.Of("help.more")).Append('\n');
    }

    private static void WriteCommand(StringBuilder text, Command command)
    {
        var path = CommandWords.PathOf(command);
        text.Append(Texts.SummaryOf(command)).Append("\n\n").Append(Text.Of("help.usage")).Append(' ').Append(UsageOf(command)).Append('\n');
        WriteTable(text, Text.Of("help.commands"), [.. CommandWords.CommandsOf(command).Select(each => (each.Name, Texts.SummaryOf(each)))]);
        WriteTable(text, Text.Of("help.arguments"), [.. command.Arguments.Select(each => (CommandWords.Of(each), Texts.DescriptionOf(command, each)))]);
        WriteOptions(text, Text.Of("help.options"), command);
        text.Append('\n').Append(Text.Of("help.examples")).Append('\n');
        foreach (var (typed, caption) in Texts.ExamplesOf(command))
        {
            text.Append("  # ").Append(caption).Append("\n  ").Append(typed).Append('\n');
        }

        text.Append('\n').Append(command.Subcommands.Count > 0 ? Text.Of("help.more.below", path) : Text.Of("help.more.command")).Append('\n');
    }

    /// <summary>A command with its arguments, in a line.</summary>
    public static string UsageOf(Command command) => string.Join(' ',
        [
            CommandWords.PathOf(command),
            .. command.Subcommands.Count > 0 ? [Text.Of("help.command")] : command.Arguments.Select(CommandWords.UsageOf),
            .. CommandWords.OptionsOf(command).Where(option => option.Required).Select(CommandWords.Of),
            .. CommandWords.OptionsOf(command).Any(option => !option.Required) ? [Text.Of("help.some.options")] : Array.Empty<string>(),
        ]);

    private static void WriteOptions(StringBuilder text, string heading, Command command) =>
        WriteTable(text, heading, [.. CommandWords.OptionsOf(command).Select(each => (CommandWords.Of(each), Texts.DescriptionOf(command, each)))]);

    private static void WriteTable(StringBuilder text, string heading, IReadOnlyList<(string Name, string Description)> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var width = Math.Min(rows.Max(row => row.Name.Length), MaxColumn) + 2;
        text.Append('\n').Append(heading).Append('\n');
        foreach (var (name, description) in rows)
        {
            text.Append("  ").Append(name.PadRight(width));
            text.Append(name.Length >= width ? "\n" + new string(' ', width + 2) : "").Append(description).Append('\n');
        }
    }
}
