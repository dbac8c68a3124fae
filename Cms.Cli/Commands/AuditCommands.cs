using System.Globalization;
using System.Text;
using System.Text.Json;
using Cms.Cli.Output;
using Cms.Cli.Texts;
using Cms.Client.Wire;
using Cms.Formats.Audit;
using Cms.Formats.Mapping;
using Cms.Formats.Refusals;

namespace Cms.Cli.Commands;

/// <summary>audit show, verify, export and key.</summary>
internal static class AuditCommands
{
    private static readonly TextColumn[] Columns =
    [
        new("", 8) { IsRight = true },
        new("", 20),
        new("", 12),
        new("", 12),
        new("", 16) { Gap = 1 },
        new("", 0) { IsElastic = true },
    ];

    /// <summary>Prints rows, newest first.</summary>
    public static async Task ShowAsync(CommandContext context, AuditSearch search, CancellationToken cancellation)
    {
        var reply = await context.Client.Audit.FindAsync(search, cancellation);
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(reply, AuditWireJson.Default.AuditReply);
            return;
        }

        var table = new TextTable(Columns);
        foreach (var row in reply.Rows)
        {
            table.Add(
                row.Sequence.ToString(CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"{row.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z"),
                row.Kind,
                row.Outcome,
                row.Principal,
                Describe(row));
        }

        table.Write(context.Output);
    }

    /// <summary>Has the daemon check its log, or checks files with no daemon.</summary>
    public static async Task<int> VerifyAsync(CommandContext context, IReadOnlyList<string> files, string? head, string? keyFile, CancellationToken cancellation)
    {
        var report = files.Count > 0 ? VerifyFiles(files, head, keyFile)
            : keyFile is null ? await context.Client.Audit.VerifyAsync(head, cancellation)
            : throw new RefusedException(ErrorCode.InvalidArgument, Text.Of("audit.key.files"));
        Print(context.Output, report);
        return report.IsIntact ? ExitCodes.Success : ExitCodes.Failed;
    }

    /// <summary>Writes the whole log to a file, or to standard output for <c>-</c>.</summary>
    public static async Task ExportAsync(CommandContext context, string path, CancellationToken cancellation)
    {
        await using var log = await context.Client.Audit.ExportAsync(cancellation);
        if (path == "-")
        {
            using var text = new MemoryStream();
            await log.CopyToAsync(text, cancellation);
            context.Output.Write(text.GetBuffer().AsSpan(0, (int)text.Length));
            return;
        }

        // What did not come whole is not left there under its name.
        DurableFile.Replace(Path.GetFullPath(path), log.CopyTo);
    }

    /// <summary>Prints the public keys.</summary>
    public static async Task KeyAsync(CommandContext context, CancellationToken cancellation)
    {
        var reply = await context.Client.Audit.KeysAsync(cancellation);
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(reply, AuditWireJson.Default.AuditKeyReply);
            return;
        }

        context.Output.Write(reply.Keys);
    }

    /// <summary>A time on the command line; one without a zone is UTC, as all that cms prints.</summary>
    /// <exception cref="RefusedException">It is none.</exception>
    public static DateTimeOffset? ParseTime(string? text) => text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw new RefusedException(ErrorCode.InvalidArgument, Text.Of("wrong.time", text));

    private static AuditReport VerifyFiles(IReadOnlyList<string> files, string? head, string? keyFile)
    {
        var verifier = new AuditVerifier(keyFile is null ? null : ReadKeys(keyFile), [.. new[] { head }.OfType<string>()]);
        foreach (var file in files)
        {
            using var lines = new StreamReader(OpenExisting(file), Encoding.UTF8);
            for (var number = 1; lines.ReadLine() is { } line; number++)
            {
                verifier.Add(ParseRow(file, number, line));
            }
        }

        return verifier.Report();
    }

    private static FileStream OpenExisting(string path) =>
        File.Exists(path) ? File.OpenRead(path) : throw new RefusedException(ErrorCode.NotFound, Text.Of("missing.file", path));

    private static AuditRow ParseRow(string file, int number, string line)
    {
        try
        {
            return AuditJson.Parse(line);
        }
        catch (JsonException malformed)
        {
            throw new RefusedException(ErrorCode.FileUnreadable, $"{file}, line {number}: {malformed.Message}");
        }
    }

    private static IReadOnlyList<string> ReadKeys(string path)
    {
        try
        {
            return AuditKey.FromPem(Encoding.UTF8.GetString(TargetFile.Read(path)));
        }
        catch (FormatException none)
        {
            throw new RefusedException(ErrorCode.FileUnreadable, $"{path}: {none.Message}");
        }
    }

    private static void Print(CommandOutput output, AuditReport report)
    {
        if (output.IsJson)
        {
            output.WriteJson(report, AuditWireJson.Default.AuditReport);
            return;
        }

        foreach (var line in report.Problems.Concat(report.Notes))
        {
            output.WriteLine(line);
        }

        output.WriteLine(Text.Of("audit.rows", report.Rows, report.First, report.Last));
        output.WriteLine(Text.Of("audit.signatures", report.Signatures, report.SignedUpTo));
        foreach (var key in report.Keys)
        {
            output.WriteLine(Text.Of("audit.key", key));
        }

        output.WriteLine(Text.Of("audit.head", report.Head));
        output.WriteLine(report.IsIntact ? Text.Of("audit.intact") : Text.Of("audit.damaged", report.Problems.Count));
    }

    private static string Describe(AuditRow row)
    {
        var parts = new List<string?>
        {
            row.Address is { } address ? $"from {address}" : null,
            row.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $"{row.Count} times") : null,
            row.Module is { } module ? (row.Revision is { } revision ? string.Create(CultureInfo.InvariantCulture, $"{module} revision {revision}") : module) : null,
            row.Paths.Count > 0 ? string.Join(' ', row.Paths) + (row.Changes > row.Paths.Count ? " ..." : "") : null,
            row.Kind == AuditKinds.Signature ? AuditKey.FingerprintOf(row.Detail)[..16] : row.Detail.Length > 0 ? row.Detail : null,
        };
        return string.Join("  ", parts.OfType<string>());
    }
}
