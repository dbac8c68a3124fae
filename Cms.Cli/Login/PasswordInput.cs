using System.Text;
using Cms.Cli.Texts;
using Cms.Formats.Refusals;

namespace Cms.Cli.Login;

/// <summary>Asks for a password: on a terminal without showing it, else a line of standard input. It is never an argument.</summary>
internal static class PasswordInput
{
    /// <summary>The shortest password that is set, in characters.</summary>
    public const int LeastCharacters = 8;

    private const int MostCharacters = 1024;

    /// <summary>Asks for a password that is there already.</summary>
    public static string Ask(Stream input) => Console.IsInputRedirected ? ReadLine(input) : ReadHidden(Text.Of("ask.password") + " ");

    /// <summary>Asks for a password that is to be set, twice where somebody types it.</summary>
    /// <exception cref="RefusedException">It is too short or too long, or typed differently.</exception>
    public static string AskNew(Stream input)
    {
        var password = Ask(input);
        return password.Length is < LeastCharacters or > MostCharacters ? throw new RefusedException(ErrorCode.InvalidArgument, Text.Of("wrong.password.length", LeastCharacters, MostCharacters))
            : !Console.IsInputRedirected && ReadHidden(Text.Of("ask.password.again") + " ") != password ? throw new RefusedException(ErrorCode.InvalidArgument, Text.Of("wrong.password.again"))
            : password;
    }

    private static string ReadLine(Stream input)
    {
        using var text = new StreamReader(input, Encoding.UTF8, leaveOpen: true);
        return text.ReadLine() is { Length: > 0 } line ? line : throw new RefusedException(ErrorCode.InvalidArgument, Text.Of("missing.password"));
    }

    private static string ReadHidden(string prompt)
    {
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
