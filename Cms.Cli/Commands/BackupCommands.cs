using System.Globalization;
using Cms.Cli.Output;
using Cms.Cli.Texts;
using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Cli.Commands;

/// <summary>backup create, list, verify and restore.</summary>
internal static class BackupCommands
{
    private static readonly TextColumn[] Columns = [new("", 28) { IsElastic = true }, new("", 18) { IsRight = true, Gap = 1 }, new("", 0) { IsElastic = true }];

    public static async Task CreateAsync(CommandContext context, string? name, string? comment, CancellationToken cancellation) =>
        Print(context, await WatchAsync(context, "backing up", context.Client.CreateBackupAsync(new BackupRequest { Name = name, Comment = comment }, cancellation)));

    public static async Task VerifyAsync(CommandContext context, string name, CancellationToken cancellation) =>
        Print(context, await WatchAsync(context, "checking", context.Client.VerifyBackupAsync(name, cancellation)));

    public static async Task ListAsync(CommandContext context, CancellationToken cancellation)
    {
        var all = await context.Client.BackupsAsync(cancellation);
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(all, WireJson.Default.IReadOnlyListBackupInfo);
            return;
        }

        PrintLines(context.Output, all);
    }

    public static async Task RestoreAsync(CommandContext context, string name, string? module, string? at, string? message, bool waits, CancellationToken cancellation)
    {
        var request = new RestoreRequest { Module = module, At = at is null ? null : ParseTime(at), Message = message, WaitForFile = waits };
        TransactionCommands.PrintReply(context, await WatchAsync(context, "restoring", context.Client.RestoreAsync(name, request, cancellation)));
    }

    // A time without a zone is UTC, as all that cms prints.
    private static DateTimeOffset ParseTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new RefusedException(ErrorCode.InvalidArgument, Text.Of("wrong.time", text));

    private static void Print(CommandContext context, BackupInfo backup)
    {
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(backup, WireJson.Default.BackupInfo);
            return;
        }

        PrintLines(context.Output, [backup]);
        foreach (var (module, revision) in (backup.Modules ?? new Dictionary<string, long>()).OrderBy(module => module.Key, StringComparer.Ordinal))
        {
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {module} up to revision {revision}"));
        }
    }

    private static void PrintLines(CommandOutput output, IReadOnlyList<BackupInfo> backups)
    {
        var table = new TextTable(Columns);
        foreach (var backup in backups)
        {
            table.Add(
                backup.Name,
                string.Create(CultureInfo.InvariantCulture, $"{backup.SizeBytes} bytes"),
                backup.Time is { } time
                    ? string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z  {backup.Modules?.Count ?? 0,4} modules  {backup.Comment}").TrimEnd()
                    : "no backup, or damaged");
        }

        table.Write(output);
    }

    // What takes long says that it goes on.
    private static async Task<T> WatchAsync<T>(CommandContext context, string verb, Task<T> work)
    {
        using var progress = context.Output.Progress();
        return await progress.WatchAsync(verb, work);
    }
}
