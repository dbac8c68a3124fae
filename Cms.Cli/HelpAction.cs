using System.CommandLine;
using System.CommandLine.Invocation;
using Cms.Cli.Help;

namespace Cms.Cli;

/// <summary>Prints the help of the command that <c>--help</c> stands behind.</summary>
/// <param name="output">Where to.</param>
internal sealed class HelpAction(TextWriter output) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        output.Write(HelpText.Of(parseResult.CommandResult.Command));
        output.Flush();
        return ExitCodes.Success;
    }
}
