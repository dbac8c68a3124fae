using System.Text;
using Cms.Cli.Texts;
using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Cli.Login;

/// <summary>Asks for a password: on a terminal without showing it, else a line of standard input. It is never an argument.</summary>
internal static class PasswordInput
{
    private const int LeastCharacters = PasswordRequest.LeastCharacters;
    private const int MostCharacters = LoginRequest.MostPasswordCharacters;
    private const int MostBytes = 4 * MostCharacters;

    /// <summary>Asks for a password that is there already.</summary>
    public static string Ask(Stream input) => Ask(input, "ask.password");

    /// <summary>Asks for a password that is to be set, twice where somebody types it.</summary>
    /// <exception cref="RefusedException">It is too short or too long, or typed differently.</exception>
    public static string AskNew(Stream input, string question = "ask.password")
    {
        var password = Ask(input, question);
        return password.Length is < LeastCharacters or > MostCharacters ? throw new RefusedException(ErrorCode.InvalidArgument, Text.Of("wrong.password.length", LeastCharacters, MostCharacters))
            : !Console.IsInputRedirected && ReadHidden(Text.Of("ask.password.again") + " ") != password ? throw new RefusedException(ErrorCode.InvalidArgument, Text.Of("wrong.password.again"))
            : password;
    }

    private static string Ask(Stream input, string question) => Console.IsInputRedirected ? ReadLine(input) : ReadHidden(Text.Of(question) + " ");

    // Byte by byte, since the lines behind it are for others.
    private static string ReadLine(Stream input)
    {
        var bytes = new List<byte>();
        for (var next = input.ReadByte(); next is not (-1 or '\n') && bytes.Count <= MostBytes; next = input.ReadByte())
        {
            bytes.Add((byte)next);
        }

        return Encoding.UTF8.GetString([.. bytes]).TrimEnd('\r') is { Length: > 0 } line ? line : throw new RefusedException(ErrorCode.InvalidArgument, Text.Of("missing.password"));
    }

    private static string ReadHidden(string prompt)
    {
        // The platform stops the terminal from showing what is typed when it is first told of keys; who types fast does so before the first one is read.
        Console.TreatControlCAsInput = false;
        Console.Error.Write(prompt);
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length -= typed.Length > 0 ? 1 : 0;
            }
            else if (key.KeyChar >= ' ' && typed.Length <= MostCharacters)
            {
                typed.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
