using System.Globalization;
using Cms.Cli.Texts;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Cms.Formats.Statements;

namespace Cms.Cli.Commands;

/// <summary>begin, abort, transaction, increment and compare-and-set: what the daemon decides at once or keeps open.</summary>
internal static class TransactionCommands
{
    public static async Task BeginAsync(CommandContext context, TransactionBeginRequest request, CancellationToken cancellation)
    {
        var begun = await context.Client.BeginAsync(request, cancellation);
        if (context.Output.IsJson)
        {
            Print(context, begun);
        }
        else
        {
            context.Output.WriteLine(begun.Transaction);
        }
    }

    /// <summary>Commits the open transaction.</summary>
    public static async Task CommitAsync(CommandContext context, string transaction, string? module, CommitTerms terms, CancellationToken cancellation)
    {
        if (module is not null)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, "a transaction is committed as a whole; leave the module out");
        }

        var reply = await context.Client.CommitTransactionAsync(transaction, new TransactionEndRequest { Message = terms.Message, WaitForFile = terms.Waits, Confirm = terms.Confirm }, cancellation);
        PrintReply(context, reply);
        if (reply.Confirmation is { } confirmation && terms.Confirm is { } asked && !context.Output.IsJson)
        {
            context.Output.WriteLine($"all of it waits{ConfirmationCommands.Advise(confirmation, asked)}");
        }
    }

    public static async Task AbortAsync(CommandContext context, string? transaction, CancellationToken cancellation)
    {
        var aborted = await context.Client.AbortAsync(transaction ?? Need(context), cancellation);
        if (context.Output.IsJson)
        {
            Print(context, aborted);
        }
    }

    public static async Task ListAsync(CommandContext context, CancellationToken cancellation)
    {
        var all = await context.Client.TransactionsAsync(cancellation);
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(all, WireJson.Default.IReadOnlyListTransactionInfo);
            return;
        }

        foreach (var info in all)
        {
            PrintLine(context, info);
        }
    }

    public static async Task ShowAsync(CommandContext context, CancellationToken cancellation)
    {
        var info = await context.Client.TransactionAsync(Need(context), cancellation);
        if (context.Output.IsJson)
        {
            Print(context, info);
            return;
        }

        PrintLine(context, info);
        foreach (var module in info.Modules.Where(module => module.Count > 0 || module.Locked))
        {
            var locked = module.Locked ? ", locked" : "";
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {module.Module}: {module.Count} staged on revision {module.Revision}{locked}"));
        }

        if (info.Savepoints.Count > 0)
        {
            context.Output.WriteLine($"  savepoints: {string.Join(", ", info.Savepoints)}");
        }
    }

    /// <summary>Has the daemon do something to the open transaction, and prints what came of it where that was asked for.</summary>
    public static async Task DoAsync(CommandContext context, Func<string, Task<TransactionInfo>> act)
    {
        var info = await act(Need(context));
        if (context.Output.IsJson)
        {
            Print(context, info);
        }
    }

    /// <summary>Adds to a number at once, and prints what it is now.</summary>
    public static async Task IncrementAsync(CommandContext context, Address address, string? message, CancellationToken cancellation)
    {
        var operation = new WireOperation
        {
            Op = "increment",
            Section = address.Section,
            Option = address.NeedOption(),
            Value = address.Value is { } by ? Formats.Modules.ConfigValue.FromBytes(by.Span) : null,
        };
        var reply = await context.Client.CommitAsync(address.Module, new CommitRequest { Operations = [operation], Message = message }, cancellation);
        if (context.Output.IsJson)
        {
            NodeCommands.PrintReply(context, address.Module, reply);
        }
        else
        {
            context.Output.WriteLine(reply.Counters!.Values.Single().ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Sets an option at once if it is as expected.</summary>
    public static async Task CompareAndSetAsync(CommandContext context, Address address, string? was, string? message, CancellationToken cancellation)
    {
        var check = new WireOperation
        {
            Op = "check",
            Section = address.Section,
            Option = address.NeedOption(),
            Value = was is null ? null : Formats.Modules.ConfigValue.FromText(was),
        };
        var set = check with { Op = "set", Value = Formats.Modules.ConfigValue.FromBytes(address.NeedValue().Span) };
        var reply = await context.Client.CommitAsync(address.Module, new CommitRequest { Operations = [check, set], Message = message }, cancellation);
        NodeCommands.PrintReply(context, address.Module, reply);
    }

    public static void PrintReply(CommandContext context, TransactionCommitReply reply)
    {
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(reply, WireJson.Default.TransactionCommitReply);
            return;
        }

        if (reply.Modules.Count == 0)
        {
            context.Output.WriteLine(Text.Of("nothing.was.staged"));
        }

        foreach (var (module, each) in reply.Modules.OrderBy(module => module.Key, StringComparer.Ordinal))
        {
            NodeCommands.PrintReply(context, module, each);
        }
    }

    private static string Need(CommandContext context) =>
        context.Transaction ?? throw new RefusedException(ErrorCode.InvalidArgument, Text.Of("missing.transaction"));

    private static void Print(CommandContext context, TransactionInfo info)
    {
        context.Output.WriteJson(info, WireJson.Default.TransactionInfo);
    }

    private static void PrintLine(CommandContext context, TransactionInfo info) => context.Output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{info.Transaction}  {info.Principal,-10} {info.Modules.Sum(module => module.Count),6} staged, ends in {info.RemainingSeconds:F0} s if unused  {info.Message}"));
}
