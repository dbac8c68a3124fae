using System.Text;

namespace Cms.Cli.Uci;

/// <summary>Command line arguments as the bytes they were given as.</summary>
internal static class RawArguments
{
    private const string CommandLinePath = "/proc/self/cmdline";

    /// <summary>The bytes of each argument; where one is no UTF-8, the system is asked what it was.</summary>
    public static ReadOnlyMemory<byte>[] Of(string[] arguments)
    {
        if (!Array.Exists(arguments, argument => argument.Contains('\ufffd')) || !File.Exists(CommandLinePath))
        {
            return [.. arguments.Select(argument => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(argument))];
        }

        var all = CommandLine();
        return [.. all.Skip(all.Count - arguments.Length)];
    }

    /// <summary>The file name by which the program was called, be it a link's.</summary>
    public static string ProgramName()
    {
        var name = Path.GetFileName(Environment.GetCommandLineArgs()[0]);
        return name.EndsWith(".dll", StringComparison.Ordinal) && File.Exists(CommandLinePath)
            ? Path.GetFileName(Encoding.UTF8.GetString(CommandLine()[0].Span))
            : name;
    }

    private static List<ReadOnlyMemory<byte>> CommandLine()
    {
        var all = new List<ReadOnlyMemory<byte>>();
        ReadOnlyMemory<byte> rest = File.ReadAllBytes(CommandLinePath);
        while (rest.Span.IndexOf((byte)0) is var end and >= 0)
        {
            all.Add(rest[..end]);
            rest = rest[(end + 1)..];
        }

        return all;
    }
}
