using System.CommandLine;
using System.Text;
using Cms.Cli.Catalogue;
using Cms.Cli.Texts;

namespace Cms.Cli.Help;

/// <summary>The manual: a page of <c>cms</c>, and one of each command, with those below it on the same page.</summary>
internal static class ManualPages
{
    private static readonly CommandText Texts = CommandText.OfUser;

    /// <summary>Writes all pages into a directory, which is made when it is not there.</summary>
    public static void Write(string directory)
    {
        Directory.CreateDirectory(directory);
        using var streams = new CommandStreams(Stream.Null, Stream.Null, Stream.Null);
        var root = new CommandTree(streams).AddAll().Root;
        File.WriteAllText(Path.Combine(directory, "cms.1"), OverviewOf(root));
        foreach (var command in CommandWords.CommandsOf(root))
        {
            File.WriteAllText(Path.Combine(directory, $"cms-{command.Name}.1"), PageOf(command));
        }
    }

    /// <summary>The page of <c>cms</c>.</summary>
    public static string OverviewOf(Command root)
    {
        var page = new StringBuilder();
        Begin(page, "cms", Texts.SummaryOf(root));
        Section(page, "man.synopsis").Append(".B cms\n").Append(Escape(Text.Of("help.command"))).Append(' ').Append(Escape(Text.Of("help.some.options"))).Append('\n');
        Section(page, "man.commands");
        foreach (var group in CommandCatalogue.All.Where(entry => !entry.IsHidden).GroupBy(entry => entry.Group).OrderBy(group => group.Key))
        {
            page.Append(".SS ").Append(Escape(Text.Of($"group.{group.Key}"))).Append('\n');
            foreach (var entry in group)
            {
                Item(page, $"cms-{entry.Name}(1)", Texts.SummaryOf($"cms {entry.Name}"));
            }
        }

        Options(page, root);
        Section(page, "man.exit").Append(Escape(Text.Of("man.exit.text"))).Append('\n');
        return page.ToString();
    }

    /// <summary>The page of a command.</summary>
    public static string PageOf(Command command)
    {
        var page = new StringBuilder();
        Begin(page, $"cms-{command.Name}", Texts.SummaryOf(command));
        Section(page, "man.synopsis");
        foreach (var each in command.Subcommands.Count == 0 ? [command] : CommandWords.CommandsOf(command))
        {
            page.Append(".B ").Append(Escape(CommandWords.PathOf(each))).Append('\n').Append(Escape(HelpText.UsageOf(each)[CommandWords.PathOf(each).Length..].Trim())).Append("\n.br\n");
        }

        Parts(page, command);
        foreach (var below in CommandWords.CommandsOf(command))
        {
            page.Append(".SH ").Append(Escape(CommandWords.PathOf(below))).Append('\n').Append(Escape(Texts.SummaryOf(below))).Append(".\n");
            Parts(page, below);
        }

        Section(page, "man.examples");
        foreach (var (typed, caption) in Texts.ExamplesOf(command))
        {
            Item(page, typed, caption);
        }

        Section(page, "man.see").Append(".BR cms (1)\n");
        return page.ToString();
    }

    private static void Parts(StringBuilder page, Command command)
    {
        if (command.Arguments.Count > 0)
        {
            Section(page, "man.arguments", command);
        }

        foreach (var argument in command.Arguments)
        {
            Item(page, CommandWords.Of(argument), Texts.DescriptionOf(command, argument));
        }

        Options(page, command);
    }

    private static void Options(StringBuilder page, Command command)
    {
        if (CommandWords.OptionsOf(command).Any())
        {
            Section(page, "man.options", command);
        }

        foreach (var option in CommandWords.OptionsOf(command))
        {
            Item(page, CommandWords.Of(option), Texts.DescriptionOf(command, option));
        }
    }

    private static void Begin(StringBuilder page, string name, string summary) => page
        .Append(".TH ").Append(name.ToUpperInvariant().Replace("-", "\\-", StringComparison.Ordinal)).Append(" 1 \"\" \"cms ").Append(Escape(NativeCommands.Version.Split('+')[0])).Append("\"\n.SH ").Append(Escape(Text.Of("man.name"))).Append('\n')
        .Append(Escape(name)).Append(" \\- ").Append(Escape(summary)).Append('\n');

    private static StringBuilder Section(StringBuilder page, string key, Command? command = null)
    {
        var isBelow = command is not null && command.Parents.OfType<Command>().Any(parent => parent.Parents.Any());
        return page.Append(isBelow ? ".SS " : ".SH ").Append(Escape(Text.Of(key))).Append('\n');
    }

    private static void Item(StringBuilder page, string term, string text) =>
        page.Append(".TP\n.B ").Append(Escape(term)).Append('\n').Append(Escape(text)).Append('\n');

    // A dash stays a dash that can be copied, and a line that begins with a dot is text.
    private static string Escape(string text)
    {
        var escaped = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal).Replace("\"", "\\(dq", StringComparison.Ordinal);
        return escaped.StartsWith('.') || escaped.StartsWith('\'') ? "\\&" + escaped : escaped;
    }
}
