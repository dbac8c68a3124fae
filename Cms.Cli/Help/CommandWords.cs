using System.CommandLine;

namespace Cms.Cli.Help;

/// <summary>How the parts of a command are called where people read of them.</summary>
internal static class CommandWords
{
    /// <summary>What is typed to reach a command, such as <c>cms table find</c>.</summary>
    public static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : command.Name;

    /// <summary>An argument, such as <c>&lt;address&gt;</c>.</summary>
    public static string Of(Argument argument) => $"<{argument.Name}>";

    /// <summary>An argument in a line of usage, which shows whether it may be left out and given again.</summary>
    public static string UsageOf(Argument argument)
    {
        var word = Of(argument) + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : "");
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{word}]" : word;
    }

    /// <summary>An option with its other names and what it takes, such as <c>-m, --message &lt;message&gt;</c>.</summary>
    public static string Of(Option option)
    {
        var names = string.Join(", ", option.Aliases.Order(StringComparer.Ordinal).Append(option.Name));
        return TakesValue(option) ? $"{names} <{option.HelpName ?? option.Name.TrimStart('-')}>" : names;
    }

    /// <summary>Whether an option has a value.</summary>
    public static bool TakesValue(Option option) => option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool);

    /// <summary>The options that a command itself has.</summary>
    public static IEnumerable<Option> OptionsOf(Command command) => command.Options.Where(option => !option.Hidden);

    /// <summary>The commands below a command that overviews show.</summary>
    public static IEnumerable<Command> CommandsOf(Command command) => command.Subcommands.Where(each => !each.Hidden);
}
