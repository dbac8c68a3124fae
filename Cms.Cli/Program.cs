using Cms.Cli;
using Cms.Cli.Uci;

var isUci = RawArguments.ProgramName() == "uci";
if (!isUci && (args.Length == 0 || args[0] != "uci"))
{
    return NativeCommands.Run(args);
}

using var input = Console.OpenStandardInput();
using var output = Console.OpenStandardOutput();
using var error = Console.OpenStandardError();
return UciPersonality.Run(RawArguments.Of(args)[(isUci ? 0 : 1)..], input, output, error, new UciEnvironment { Daemon = new DaemonCommits() });
