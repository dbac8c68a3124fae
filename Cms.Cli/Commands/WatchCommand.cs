using System.Globalization;
using Cms.Cli.Output;
using Cms.Client.Wire;
using Cms.Formats.Modules;

namespace Cms.Cli.Commands;

/// <summary>Prints commits as they are made.</summary>
internal static class WatchCommand
{
    /// <summary>Watches until enough commits were printed, the reader is gone, or the command is ended.</summary>
    /// <param name="context">The node.</param>
    /// <param name="request">What is watched.</param>
    /// <param name="count">How many commits to print; null for no end.</param>
    /// <param name="cancellation">Ends the watch.</param>
    public static async Task RunAsync(CommandContext context, WatchRequest request, int? count, CancellationToken cancellation)
    {
        using var printer = new LinePrinter(context.Output.Format);
        var left = count ?? 0;
        await foreach (var line in context.Client.WatchAsync(request, cancellation))
        {
            if (!printer.TryPrint(output => Print(output, line)) || (line.Kind == WatchLine.Commit && --left == 0))
            {
                return;
            }
        }
    }

    /// <summary>Prints a change as it would be asked for.</summary>
    public static void PrintChange(CommandOutput output, string module, WireChange change)
    {
        output.Write($"  {change.Op} {module}");
        foreach (var part in new[] { change.Table ?? change.Section, change.Option })
        {
            output.Write(part is null ? "" : "." + part);
        }

        output.Write(change switch
        {
            { Index: { } index } => string.Create(CultureInfo.InvariantCulture, $"={index}"),
            { Op: "rename", Name: { } name } => "=" + name,
            { Type: { } type } => "=" + type,
            _ => "",
        });
        PrintValue(output, "=", change.Value);
        PrintValue(output, "  was ", change.Old);
        output.Write(change.OldType is { } oldType ? "  was " + oldType : "");
        PrintRow(output, " ", change.Row);
        PrintRow(output, "  was ", change.OldRow ?? change.OldOptions);
        output.WriteLine();
    }

    private static void Print(CommandOutput output, WatchLine line)
    {
        if (output.IsJson)
        {
            output.WriteJson(line, WireJson.Default.WatchLine);
            return;
        }

        switch (line.Kind)
        {
            case WatchLine.Lost:
                output.WriteLine($"{line.Module}: revisions {line.After + 1} to {line.Next - 1} are no longer kept; going on with {line.Next}");
                break;
            case WatchLine.Commit:
                var message = line.Message is { Length: > 0 } text ? ": " + text : "";
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{line.Module} {line.Revision}  {line.Time:yyyy-MM-dd HH:mm:ss}Z  {line.Principal} {line.Gateway}{message}"));
                foreach (var change in line.Changes ?? [])
                {
                    PrintChange(output, line.Module!, change);
                }

                output.Write(line.IsComplete == false ? $"  ... of {line.ChangeCount} changes\n" : "");
                break;
            default:
                break;
        }
    }

    private static void PrintValue(CommandOutput output, string before, ConfigValue? value)
    {
        if (value is not null)
        {
            output.Write(before);
            output.WriteQuoted(value);
        }
    }

    private static void PrintRow(CommandOutput output, string before, IReadOnlyDictionary<string, ConfigValue>? row)
    {
        foreach (var (name, value) in row ?? new Dictionary<string, ConfigValue>())
        {
            output.Write($"{before}{name}=");
            output.WriteQuoted(value);
            before = " ";
        }
    }
}
