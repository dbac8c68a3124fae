using System.CommandLine;
using System.Globalization;
using Cms.Client.Wire;

namespace Cms.Cli;

/// <summary>The command <c>secret</c> and those below it.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class SecretCommandLine(CommandFactory commands)
{
    /// <summary>The command with all below it.</summary>
    public Command Build() => new("secret") { Rotate(), RotateMaster(), Shred() };

    private Command Rotate()
    {
        var modules = Arguments.Modules();
        return CommandFactory.With(
            commands.Make("rotate", async (context, parsed, cancellation) =>
            {
                var names = parsed.GetValue(modules) is { Length: > 0 } named ? named : (await context.Client.Secrets.ListAsync(cancellation)).Modules;
                foreach (var name in names)
                {
                    Print(context, name, await context.Client.Secrets.RotateAsync(name, cancellation));
                }
            }),
            modules);
    }

    private Command RotateMaster() => commands.Make("rotate-master", async (context, _, cancellation) =>
    {
        var reply = await context.Client.Secrets.RotateMasterAsync(cancellation);
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(reply, WireJson.Default.SecretsReply);
        }
    });

    private Command Shred()
    {
        var module = Arguments.Module();
        return CommandFactory.With(
            commands.Make("shred", async (context, parsed, cancellation) =>
            {
                var name = parsed.GetValue(module)!;
                Print(context, name, await context.Client.Secrets.ShredAsync(name, cancellation));
            }),
            module);
    }

    private static void Print(CommandContext context, string module, CommitReply reply)
    {
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(reply, WireJson.Default.CommitReply);
            return;
        }

        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{module} revision {reply.Revision}"));
    }
}
