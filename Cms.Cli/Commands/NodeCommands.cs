using System.Globalization;
using Cms.Cli.Output;
using Cms.Client.Wire;

namespace Cms.Cli.Commands;

/// <summary>status, and how commits went.</summary>
internal static class NodeCommands
{
    private static readonly TextColumn[] ModuleColumns =
    [
        new("module", 20) { IsElastic = true },
        new("state", 11) { Gap = 1 },
        new("revision", 9) { IsRight = true, Gap = 1 },
        new("in file", 9) { IsRight = true, Gap = 1 },
        new("sections", 9) { IsRight = true, Gap = 1 },
        new("restarts", 9) { IsRight = true, Gap = 1 },
    ];

    public static async Task StatusAsync(CommandContext context, CancellationToken cancellation)
    {
        var status = await context.Client.StatusAsync(cancellation);
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(status, WireJson.Default.StatusReply);
            return;
        }

        var output = context.Output;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"cmsd {status.Version}, process {status.Process}, ready since {status.Started:yyyy-MM-dd HH:mm:ss}Z"));
        output.WriteLine($"text files {status.ConfigDirectory}, journal {status.Journal} (opened {status.Epoch} times)");
        output.WriteLine();
        var table = new TextTable(ModuleColumns);
        foreach (var module in status.Modules)
        {
            table.Add(
                module.Module,
                module.State,
                module.Revision.ToString(CultureInfo.InvariantCulture),
                module.Written.ToString(CultureInfo.InvariantCulture),
                module.Sections.ToString(CultureInfo.InvariantCulture),
                module.Restarts.ToString(CultureInfo.InvariantCulture));
            if (module.Problem is { } problem)
            {
                table.AddNote($"problem: {problem}");
            }
        }

        table.Write(output);
        if (status.Validators.Count > 0)
        {
            output.WriteLine($"validators: {string.Join(", ", status.Validators)}");
        }

        foreach (var confirmation in status.Confirmations ?? [])
        {
            output.Write("confirmation ");
            ConfirmationCommands.PrintLine(context, confirmation);
        }

        foreach (var conflict in status.Conflicts)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"conflict {conflict.Time:yyyy-MM-dd HH:mm:ss}Z: an edited file lost on {string.Join(", ", conflict.Paths)}; its text is {conflict.KeptText}"));
        }
    }

    /// <summary>Prints how a commit went.</summary>
    public static void PrintReply(CommandContext context, string module, CommitReply reply, ConfirmRequest? asked = null)
    {
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(reply, WireJson.Default.CommitReply);
        }
        else
        {
            var changes = reply.Changes == 1 ? "1 change" : string.Create(CultureInfo.InvariantCulture, $"{reply.Changes} changes");
            var advice = reply.Confirmation is { } confirmation && asked is not null ? ConfirmationCommands.Advise(confirmation, asked) : "";
            context.Output.WriteLine($"{module}: revision {reply.Revision}, {changes}{advice}");
        }

        if (reply.Warning is { } warning)
        {
            context.Output.WriteWarning($"{module}: {warning}");
        }
    }
}
