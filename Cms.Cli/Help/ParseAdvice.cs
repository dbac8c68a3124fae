using System.CommandLine;
using System.CommandLine.Parsing;
using Cms.Cli.Output;
using Cms.Cli.Texts;

namespace Cms.Cli.Help;

/// <summary>Says what is wrong with a command line, and what would be right.</summary>
internal static class ParseAdvice
{
    /// <summary>One sentence or two about the first mistake.</summary>
    public static string Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var path = CommandWords.PathOf(command);
        var problem = Unknown(parsed, command, path) ?? Missing(parsed, command, path) ?? Unfit(parsed) ?? parsed.Errors[^1].Message;
        return TextWidth.HarmlessLines($"{problem.TrimEnd('.')}{(problem.EndsWith('?') ? "" : ".")} {Text.Of("advice.help", path)}");
    }

    private static string? Unknown(ParseResult parsed, Command command, string path)
    {
        if ((NoAddress(parsed, command) ?? (parsed.UnmatchedTokens is [var first, ..] ? first : null)) is not { } word)
        {
            return null;
        }

        var isOption = word.StartsWith('-') && word.Length > 1;
        if (!isOption && command.Subcommands.Count == 0)
        {
            return Text.Of("advice.surplus", word, path);
        }

        var names = isOption ? AllOptions(command).SelectMany(option => option.Aliases.Append(option.Name)) : CommandWords.CommandsOf(command).Select(each => each.Name);
        var nearest = NearestName.Find(isOption ? word.Split('=')[0] : word, names);
        var problem = Text.Of(isOption ? "advice.option.unknown" : "advice.command.unknown", path, word);
        return nearest is null ? problem : $"{problem}; {Text.Of("advice.nearest", nearest)}";
    }

    // Where an address or a module may stand, the parser takes any word for one.
    private static string? NoAddress(ParseResult parsed, Command command) => command.Arguments
        .Where(argument => argument.Name is Arguments.AddressName or Arguments.ModuleName)
        .SelectMany(argument => parsed.GetResult(argument)?.Tokens.Select(token => token.Value) ?? [])
        .FirstOrDefault(Arguments.IsNoAddress);

    private static string? Missing(ParseResult parsed, Command command, string path)
    {
        if (command.Subcommands.Count > 0)
        {
            return Text.Of("advice.command.missing", path, string.Join(", ", CommandWords.CommandsOf(command).Select(each => each.Name)));
        }

        if (command.Arguments.FirstOrDefault(each => (parsed.GetResult(each)?.Tokens.Count ?? 0) < each.Arity.MinimumNumberOfValues) is { } argument)
        {
            var example = CommandText.OfUser.ExamplesOf(command).Select(each => each.Typed).FirstOrDefault(path);
            return Text.Of("advice.argument.missing", path, CommandWords.Of(argument), example);
        }

        return command.Options.FirstOrDefault(each => each.Required && parsed.GetResult(each) is not { Implicit: false }) is { } option
            ? Text.Of("advice.option.missing", path, CommandWords.Of(option))
            : null;
    }

    private static string? Unfit(ParseResult parsed) => parsed.Errors[^1].SymbolResult switch
    {
        OptionResult { Tokens: [] } result => Text.Of("advice.value.missing", CommandWords.Of(result.Option)),
        OptionResult { Tokens: [.., var last] } result when IsNumber(result.Option.ValueType) => Text.Of("advice.value.number", result.Option.Name, last.Value),
        ArgumentResult { Tokens: [.., var last] } result when IsNumber(result.Argument.ValueType) => Text.Of("advice.value.number", CommandWords.Of(result.Argument), last.Value),
        _ => null,
    };

    private static bool IsNumber(Type type) => (Nullable.GetUnderlyingType(type) ?? type) is var bare && (bare == typeof(int) || bare == typeof(long));

    // Those of the commands above it hold for it as well.
    private static IEnumerable<Option> AllOptions(Command command) =>
        CommandWords.OptionsOf(command).Concat(command.Parents.OfType<Command>().SelectMany(AllOptions).Where(option => option.Recursive));
}
