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
    public static Argument<string> Address() => new(AddressName);

    /// <summary>Addresses, one at least.</summary>
    public static Argument<string[]> Addresses()
    {
        var addresses = new Argument<string[]>(AddressName) { Arity = ArgumentArity.OneOrMore };
        addresses.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => IsNoAddress(token.Value)))
            {
                result.AddError("an option is not known");
            }
        });
        return addresses;
    }

    /// <summary>Whether a word is rather an option that is misspelled.</summary>
    public static bool IsNoAddress(string word) => word.StartsWith('-');

    /// <summary>An address that may be left out.</summary>
    public static Argument<string?> OptionalAddress() => new(AddressName) { Arity = ArgumentArity.ZeroOrOne };

    /// <summary>A module that must be given.</summary>
    public static Argument<string> Module() => new(ModuleName);

    /// <summary>A module that may be left out.</summary>
    public static Argument<string?> OptionalModule() => new(ModuleName) { Arity = ArgumentArity.ZeroOrOne };

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
