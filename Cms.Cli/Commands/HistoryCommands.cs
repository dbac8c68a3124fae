using System.Globalization;
using Cms.Cli.Output;
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

    /// <summary>A module as it was at a revision, from the daemon; without its tables.</summary>
    public static async Task<IModuleView> PastAsync(CommandContext context, string module, long revision, CancellationToken cancellation)
    {
        var content = await context.Client.GetAtAsync(module, revision, cancellation);
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

        foreach (var entry in entries)
        {
            var module = address is null ? $"{entry.Commit,8}  {entry.Module,-12} " : "";
            var changes = entry.Changes == 1 ? "1 change" : string.Create(CultureInfo.InvariantCulture, $"{entry.Changes} changes");
            var transaction = entry.Transaction is { } id ? $"  (transaction {id})" : "";
            context.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{module}{entry.Revision,8}  {entry.Time:yyyy-MM-dd HH:mm:ss}Z  {entry.Principal,-10} {entry.Process ?? entry.Gateway,-16} {changes,12}  {entry.Message}{transaction}").TrimEnd());
        }
    }

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
            var scope = address.Section is null ? ModuleScope.Module : new ModuleScope(address.Selector, address.Option);
            var reply = new DiffReply
            {
                Module = address.Module,
                From = session.Committed.Revision.Value,
                To = session.Committed.Revision.Value,
                Differences = [.. DifferenceFilter.Apply(session.Committed, session.Staged, scope).Select(DifferenceMapper.ToWire)],
                More = false,
            };
            Print(context, reply, isFirst: true, isStaged: true);
            return true;
        });
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
        : throw new RefusedException(ErrorCode.InvalidArgument, $"'{text}' is no revision: use a number from 0 upwards; cms history MODULE lists them");

    private static void Print(CommandContext context, DiffReply reply, bool isFirst, bool isStaged = false)
    {
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(reply, WireJson.Default.DiffReply);
            return;
        }

        if (isFirst && reply.Differences.Count > 0)
        {
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"--- {reply.Module} revision {reply.From}"));
            context.Output.WriteLine(isStaged
                ? $"+++ {reply.Module} staged"
                : string.Create(CultureInfo.InvariantCulture, $"+++ {reply.Module} revision {reply.To}"));
        }

        foreach (var difference in reply.Differences)
        {
            DifferencePrinter.Print(context.Output, reply.Module, difference);
        }
    }
}
