using System.CommandLine;
using System.Text;
using Cms.Cli.Uci;
using Cms.Formats.Statements;

namespace Cms.Cli;

/// <summary>The arguments that many commands take.</summary>
internal static class Arguments
{
    /// <summary>An address that must be given.</summary>
    public static Argument<string> Address() => new("address") { Description = "module.section.option[=value]; a section may be @type[n]" };

    /// <summary>An address that may be left out.</summary>
    public static Argument<string?> OptionalAddress() =>
        new("address") { Description = "module.section.option; a section may be @type[n]", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>A module that must be given.</summary>
    public static Argument<string> Module() => new("module");

    /// <summary>A module that may be left out.</summary>
    public static Argument<string?> OptionalModule() => new("module") { Arity = ArgumentArity.ZeroOrOne };

    /// <summary>Takes an address apart; null stays null. One that is no UTF-8 is looked up in the bytes that the system holds.</summary>
    /// <exception cref="Formats.Refusals.RefusedException">It breaks a rule.</exception>
    public static Address? Parse(string? argument) => argument is null ? null
        : !argument.Contains('\ufffd', StringComparison.Ordinal) ? Formats.Statements.Address.Parse(Encoding.UTF8.GetBytes(argument))
        : Formats.Statements.Address.Parse(RawArguments.Of(Environment.GetCommandLineArgs()[1..]).First(raw => Encoding.UTF8.GetString(raw.Span) == argument));
}
