using System.Globalization;
using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Cli.Commands;

/// <summary>backup create, list, verify and restore.</summary>
internal static class BackupCommands
{
    public static async Task CreateAsync(CommandContext context, string? name, string? comment, CancellationToken cancellation) =>
        Print(context, await context.Client.CreateBackupAsync(new BackupRequest { Name = name, Comment = comment }, cancellation));

    public static async Task VerifyAsync(CommandContext context, string name, CancellationToken cancellation) =>
        Print(context, await context.Client.VerifyBackupAsync(name, cancellation));

    public static async Task ListAsync(CommandContext context, CancellationToken cancellation)
    {
        var all = await context.Client.BackupsAsync(cancellation);
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(all, WireJson.Default.IReadOnlyListBackupInfo);
            return;
        }

        foreach (var backup in all)
        {
            PrintLine(context, backup);
        }
    }

    public static async Task RestoreAsync(CommandContext context, string name, string? module, string? at, string? message, bool waits, CancellationToken cancellation)
    {
        var request = new RestoreRequest { Module = module, At = at is null ? null : ParseTime(at), Message = message, WaitForFile = waits };
        TransactionCommands.PrintReply(context, await context.Client.RestoreAsync(name, request, cancellation));
    }

    // A time without a zone is UTC, as all that cms prints.
    private static DateTimeOffset ParseTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new RefusedException(ErrorCode.InvalidArgument, $"'{text}' is no time: use one such as 2026-03-01T12:00:00Z, or '2026-03-01 12:00:00'");

    private static void Print(CommandContext context, BackupInfo backup)
    {
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(backup, WireJson.Default.BackupInfo);
            return;
        }

        PrintLine(context, backup);
        foreach (var (module, revision) in (backup.Modules ?? new Dictionary<string, long>()).OrderBy(module => module.Key, StringComparer.Ordinal))
        {
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {module} up to revision {revision}"));
        }
    }

    private static void PrintLine(CommandContext context, BackupInfo backup)
    {
        var about = backup.Time is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z  {backup.Modules?.Count ?? 0,4} modules  {backup.Comment}")
            : "no backup, or damaged";
        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{backup.Name,-28} {backup.SizeBytes,12} bytes  {about}"));
    }
}
