using System.Globalization;
using Cms.Cli.Output;
using Cms.Cli.Texts;
using Cms.Cli.Transfer;
using Cms.Client.Wire;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Statements;

namespace Cms.Cli.Commands;

/// <summary>history, diff and rollback: modules as they were.</summary>
internal static class HistoryCommands
{
    private const int LinesAtOnce = 10_000;

    private static readonly TextColumn[] ModuleColumns = [new("", 8) { IsRight = true }, new("", 12)];

    private static readonly TextColumn[] CommitColumns =
    [
        new("", 8) { IsRight = true },
        new("", 20),
        new("", 10),
        new("", 16) { Gap = 1 },
        new("", 12) { IsRight = true, Gap = 1 },
        new("", 0) { IsElastic = true },
    ];

    /// <summary>A module as it was at a revision, from the daemon; without its tables.</summary>
    public static async Task<IModuleView> PastAsync(CommandContext context, string module, long revision, CancellationToken cancellation, bool reveals = false)
    {
        var content = reveals ? await context.Client.RevealAsync(module, revision, cancellation) : await context.Client.GetAtAsync(module, revision, cancellation);
        return StoredModule.CopyOf(new ContentView(content));
    }

    /// <summary>Prints the newest commits, newest first.</summary>
    public static async Task HistoryAsync(CommandContext context, Address? address, long? before, int count, CancellationToken cancellation)
    {
        var query = new HistoryQuery { Module = address?.WithoutValue().Module, Section = address?.Section, Option = address?.Option, Before = before, Count = count };
        var entries = await context.Client.HistoryAsync(query, cancellation);
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(entries, WireJson.Default.IReadOnlyListHistoryEntry);
            return;
        }

        var table = new TextTable([.. address is null ? ModuleColumns : [], .. CommitColumns]);
        foreach (var entry in entries)
        {
            table.Add([.. address is null ? ModuleCells(entry) : [], .. CommitCells(entry)]);
        }

        table.Write(context.Output);
    }

    private static string[] ModuleCells(HistoryEntry entry) => [entry.Commit.ToString(CultureInfo.InvariantCulture), entry.Module ?? ""];

    private static string[] CommitCells(HistoryEntry entry) =>
    [
        entry.Revision.ToString(CultureInfo.InvariantCulture),
        string.Create(CultureInfo.InvariantCulture, $"{entry.Time:yyyy-MM-dd HH:mm:ss}Z"),
        entry.Principal,
        entry.Process ?? entry.Gateway,
        entry.Changes == 1 ? "1 change" : string.Create(CultureInfo.InvariantCulture, $"{entry.Changes} changes"),
        entry.Transaction is { } id ? $"{entry.Message}  (transaction {id})" : entry.Message,
    ];

    /// <summary>Prints in what two revisions differ: the last commit unless the caller names others.</summary>
    public static async Task DiffAsync(CommandContext context, Address address, long? from, long? to, CancellationToken cancellation)
    {
        var query = new DiffQuery { From = from, To = to, Section = address.WithoutValue().Section, Option = address.Option, Count = LinesAtOnce };
        var isFirst = true;
        while (true)
        {
            var reply = await context.Client.DiffAsync(address.Module, query, cancellation);
            Print(context, reply, isFirst);
            context.Output.Flush();
            if (!reply.More)
            {
                return;
            }

            (isFirst, query) = (false, query with { From = reply.From, To = reply.To, Skip = query.Skip + reply.Differences.Count });
        }
    }

    /// <summary>Prints in what the module as staged differs from what is committed.</summary>
    public static void DiffStaged(CommandContext context, Address address)
    {
        var session = context.Session(address.WithoutValue().Module);
        session.Read(() =>
        {
            context.Output.Discard();
            Print(context, ToReply(session, address, session.Committed, session.Staged), isFirst: true, after: "staged");
            return true;
        });
    }

    /// <summary>Prints in what the module would be another one if a file were imported.</summary>
    public static async Task DiffFileAsync(CommandContext context, Address address, TransferSource source, bool isStaged, CancellationToken cancellation)
    {
        using var progress = context.Output.Progress(isReadingInput: source.Path is null or "-");
        var module = address.WithoutValue().Module;
        var text = await ImportCommands.ReadAsync(context, source.Path, progress, cancellation);
        var document = TransferText.Read(text, source.Format ?? TransferFormats.Guess(text), module)[0];
        var session = context.Session(module);
        session.Read(() =>
        {
            context.Output.Discard();
            var before = isStaged ? session.Staged : session.Committed;
            var after = document.ToImport(isMerge: false).Apply(before, EditLimits.Default);
            Print(context, ToReply(session, address, before, after), isFirst: true, after: source.Path);
            return true;
        });
    }

    private static DiffReply ToReply(ModuleSession session, Address address, IModuleView before, IModuleView after)
    {
        var scope = address.Section is null ? ModuleScope.Module : new ModuleScope(address.Selector, address.Option);
        return new DiffReply
        {
            Module = address.Module,
            From = session.Committed.Revision.Value,
            To = session.Committed.Revision.Value,
            Differences = [.. DifferenceFilter.Apply(before, after, scope).Select(DifferenceMapper.ToWire)],
            More = false,
        };
    }

    /// <summary>Has a module, section or option be what it was.</summary>
    public static async Task RollbackAsync(CommandContext context, Address address, RollbackRequest request, CancellationToken cancellation)
    {
        var scoped = request with { Section = address.WithoutValue().Section, Option = address.Option };
        var reply = await context.Client.RollbackAsync(address.Module, scoped, cancellation);
        if (reply.Changes == 0 && !context.Output.IsJson)
        {
            context.Output.WriteLine($"{address.Format()} is as it was at revision {request.To} already");
            return;
        }

        NodeCommands.PrintReply(context, address.Module, reply);
    }

    /// <summary>A revision on the command line.</summary>
    /// <exception cref="RefusedException">It is none.</exception>
    public static long? ParseRevision(string? text) => text is null ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision
        : throw new RefusedException(ErrorCode.InvalidArgument, Text.Of("wrong.revision", text));

    private static void Print(CommandContext context, DiffReply reply, bool isFirst, string? after = null)
    {
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(reply, WireJson.Default.DiffReply);
            return;
        }

        if (isFirst && reply.Differences.Count > 0)
        {
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"--- {reply.Module} revision {reply.From}"));
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"+++ {reply.Module} {after ?? $"revision {reply.To}"}"));
        }

        foreach (var difference in reply.Differences)
        {
            DifferencePrinter.Print(context.Output, reply.Module, difference);
        }
    }
}
