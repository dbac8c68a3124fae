using System.Globalization;
using Cms.Cli.Encryption;
using Cms.Cli.Output;
using Cms.Cli.Texts;
using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Cli.Commands;

/// <summary>backup create, list, verify and restore.</summary>
internal static class BackupCommands
{
    private static readonly TextColumn[] Columns = [new("", 28) { IsElastic = true }, new("", 18) { IsRight = true, Gap = 1 }, new("", 0) { IsElastic = true }];

    public static async Task CreateAsync(CommandContext context, string? name, string? comment, string? to, CancellationToken cancellation)
    {
        var request = new BackupRequest { Name = name, Comment = comment, Recipient = KeyFiles.ReadRecipient(to) };
        Print(context, await WatchAsync(context, "backing up", context.Client.CreateBackupAsync(request, cancellation)));
    }

    public static async Task VerifyAsync(CommandContext context, string name, string? identity, CancellationToken cancellation)
    {
        var key = KeyFiles.ReadIdentity(identity);
        Print(context, await WatchAsync(
            context, "checking", key is null ? context.Client.VerifyBackupAsync(name, cancellation) : context.Client.VerifyBackupAsync(name, key, cancellation)));
    }

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

    public static async Task RestoreAsync(CommandContext context, string name, RestoreRequest request, CancellationToken cancellation) =>
        TransactionCommands.PrintReply(context, await WatchAsync(context, "restoring", context.Client.RestoreAsync(name, request, cancellation)));

    // A time without a zone is UTC, as all that cms prints.
    public static DateTimeOffset? ParseTime(string? text) =>
        text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
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
                Describe(backup));
        }

        table.Write(output);
    }

    private static string Describe(BackupInfo backup)
    {
        var encrypted = backup.Recipient is { } recipient ? Text.Of("backup.encrypted", recipient) : null;
        return backup.Time is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z  {backup.Modules?.Count ?? 0,4} modules  {backup.Comment}  {encrypted}").TrimEnd()
            : encrypted ?? "no backup, or damaged";
    }

    // What takes long says that it goes on.
    private static async Task<T> WatchAsync<T>(CommandContext context, string verb, Task<T> work)
    {
        using var progress = context.Output.Progress();
        return await progress.WatchAsync(verb, work);
    }
}
