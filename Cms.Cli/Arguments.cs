using System.CommandLine;
using System.Text;
using Cms.Cli.Uci;
using Cms.Formats.Statements;

namespace Cms.Cli;

/// <summary>The arguments that many commands take.</summary>
internal static class Arguments
{
    /// <summary>What an argument is called that is an address.</summary>
    public const string AddressName = "address";

    /// <summary>What an argument is called that is a module.</summary>
    public const string ModuleName = "module";

    /// <summary>An address that must be given.</summary>
    public static Argument<string> Address() => Checked(new Argument<string>(AddressName));

    /// <summary>Addresses, one at least.</summary>
    public static Argument<string[]> Addresses() => Checked(new Argument<string[]>(AddressName) { Arity = ArgumentArity.OneOrMore });

    /// <summary>An address that may be left out.</summary>
    public static Argument<string?> OptionalAddress() => Checked(new Argument<string?>(AddressName) { Arity = ArgumentArity.ZeroOrOne });

    /// <summary>A module that must be given.</summary>
    public static Argument<string> Module() => Checked(new Argument<string>(ModuleName));

    /// <summary>A module that may be left out.</summary>
    public static Argument<string?> OptionalModule() => Checked(new Argument<string?>(ModuleName) { Arity = ArgumentArity.ZeroOrOne });

    /// <summary>Modules, or none.</summary>
    public static Argument<string[]> Modules() => Checked(new Argument<string[]>(ModuleName) { Arity = ArgumentArity.ZeroOrMore });

    /// <summary>Whether a word is rather an option that is misspelled.</summary>
    public static bool IsNoAddress(string word) => word.StartsWith('-');

    // The parser takes any word that it does not know for an argument: --mrege would be a module, and made by an import.
    private static T Checked<T>(T argument)
        where T : Argument
    {
        argument.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => IsNoAddress(token.Value)))
            {
                result.AddError("an option is not known");
            }
        });
        return argument;
    }

    /// <summary>Takes an address apart; null stays null.</summary>
    /// <exception cref="Formats.Refusals.RefusedException">It breaks a rule.</exception>
    public static Address? Parse(string? argument) => argument is null ? null : Formats.Statements.Address.Parse(Bytes(argument));

    /// <summary>The bytes that were given as an argument. One that is no UTF-8 is looked up in the bytes that the system holds.</summary>
    public static ReadOnlyMemory<byte> Bytes(string argument)
    {
        ReadOnlyMemory<byte> bytes = Encoding.UTF8.GetBytes(argument);
        return !argument.Contains('\ufffd', StringComparison.Ordinal) ? bytes
            : RawArguments.Of(Environment.GetCommandLineArgs()[1..]).FirstOrDefault(raw => Encoding.UTF8.GetString(raw.Span) == argument, bytes);
    }
}
