using System.CommandLine;
using Cms.Cli.Encryption;

namespace Cms.Cli;

/// <summary>The command <c>identity</c> and those below it.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class IdentityCommandLine(CommandFactory commands)
{
    /// <summary>The command with all below it.</summary>
    public Command Build() => new("identity") { Run("create", "identity"), Run("show", "recipient") };

    private Command Run(string name, string work)
    {
        var file = new Argument<string>("file");
        return CommandFactory.With(
            commands.Make(name, async (context, parsed, cancellation) =>
            {
                var (recipient, remark) = await CmsdProcess.AskAsync([work, parsed.GetValue(file)!], cancellation);
                PrintRecipient(context, recipient);
                if (remark.Length > 0)
                {
                    context.Output.WriteWarning(remark);
                }
            }),
            file);
    }

    private static void PrintRecipient(CommandContext context, string recipient)
    {
        if (!context.Output.IsJson)
        {
            context.Output.Write(recipient);
            return;
        }

        context.Output.WriteJson(json =>
        {
            json.WriteStartObject();
            json.WriteString("recipient", recipient.Split('\n').First(line => line.Length > 0 && line[0] != '#'));
            json.WriteEndObject();
        });
    }
}
