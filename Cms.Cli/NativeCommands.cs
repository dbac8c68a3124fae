using System.CommandLine;
using System.Reflection;
using System.Text;
using Cms.Cli.Help;
using Cms.Cli.Interactive;
using Cms.Formats.Refusals;

namespace Cms.Cli;

/// <summary>The command line of <c>cms</c> itself.</summary>
internal static class NativeCommands
{
    private static readonly InvocationConfiguration Invocation = new() { EnableDefaultExceptionHandler = false };

    /// <summary>Runs a command line that is not of the <c>uci</c> personality.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args)
    {
        using var streams = CommandStreams.OfProcess();
        if (args is ["--version"])
        {
            streams.OutputText.WriteLine(Version);
            return ExitCodes.Success;
        }

        return args.Length > 0 ? Run(args, streams)
            : Console.IsInputRedirected ? Run(["batch"], streams)
            : Console.IsOutputRedirected ? Run(["--help"], streams)
            : InteractiveShell.Run();
    }

    /// <summary>The version that was built.</summary>
    public static string Version => typeof(NativeCommands).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Runs a command line, whose words are those behind the program's name.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> words, CommandStreams streams)
    {
        var parsed = new CommandTree(streams).AddFor(words).Parse(words);
        if (parsed.Errors.Count == 0 || parsed.Action is HelpAction)
        {
            return parsed.Invoke(Invocation);
        }

        streams.Error.Write(Encoding.UTF8.GetBytes($"cms: {ParseAdvice.Of(parsed)}\n"));
        return ErrorCodes.Of(ErrorCode.InvalidArgument).ExitCode;
    }
}
