using System.Globalization;
using Cms.Client.Sessions;
using Cms.Client.Wire;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Statements;

namespace Cms.Cli.Commands;

/// <summary>changes, revert and commit: what becomes of the staged operations.</summary>
internal static class SessionCommands
{
    /// <summary>Prints what is staged as the statements that would stage it again.</summary>
    public static void Changes(CommandContext context, string? module)
    {
        foreach (var each in StagedModules(context, module))
        {
            var session = context.Session(each);
            if (context.Output.IsJson)
            {
                foreach (var operation in session.Operations)
                {
                    context.Output.WriteJson(OperationMapper.ToWire(operation), WireJson.Default.WireOperation);
                }

                continue;
            }

            session.Read(() =>
            {
                context.Output.Discard();
                session.Operations.ToList().ForEach(operation => Print(context, session, operation));
                return true;
            });
            context.Output.Flush();
        }
    }

    /// <summary>Drops what is staged under a path, or everything.</summary>
    public static void Revert(CommandContext context, Address? address)
    {
        foreach (var module in StagedModules(context, address?.WithoutValue().Module))
        {
            var session = context.Session(module);
            var section = address?.Section is null ? null : session.Read(() => session.Find(address.Selector));
            var isOfSection = address?.Section is null || section is not null
                ? (Func<ModuleOperation, bool>)(operation => section is null || session.SectionOf(operation)?.Id == section.Id)
                : OfGoneSection(session, address);
            session.Revert(operation => isOfSection(operation) && (address?.Option is null || EditSession.OptionOf(operation) == address.Option));
        }
    }

    // A section that somebody deleted since is called in the changes by the id that the operation was pinned to, a table by its name.
    private static Func<ModuleOperation, bool> OfGoneSection(ModuleSession session, Address address)
    {
        bool IsOf(ModuleOperation operation) =>
            OperationMapper.ToWire(operation).Section == address.Section || (operation as ModuleOperation.OfTable)?.Table == address.Section;
        return session.Operations.Any(IsOf)
            ? IsOf
            : throw new RefusedException(ErrorCode.NotFound, Texts.Text.Of("missing.anywhere", address.Format()));
    }

    /// <summary>Has the daemon commit what is staged, a module at a time.</summary>
    /// <returns>The exit code: that of the first module that was refused; the others are committed all the same.</returns>
    public static async Task<int> CommitAsync(CommandContext context, string? module, CommitTerms terms, CancellationToken cancellation)
    {
        var exitCode = ExitCodes.Success;
        await context.SaveAsync(cancellation);
        if (context.Transaction is { } transaction)
        {
            await TransactionCommands.CommitAsync(context, transaction, module, terms, cancellation);
            return exitCode;
        }

        var modules = StagedModules(context, null).Where(each => module is null || each == module).ToList();
        if (modules.Count == 0 && !context.Output.IsJson)
        {
            context.Output.WriteLine(Texts.Text.Of("nothing.is.staged"));
        }

        if (terms.Confirm is not null && modules.Count > 1)
        {
            throw new RefusedException(
                ErrorCode.InvalidArgument,
                $"{string.Join(", ", modules)} are staged, and a confirmation is for one commit; name one of them, or change all as one after cms begin");
        }

        foreach (var each in modules)
        {
            await context.CloseAsync(each, cancellation);
            try
            {
                await CommitModuleAsync(context, each, terms, cancellation);
            }
            catch (RefusedException refused)
            {
                var refusal = refused.Refusal with { Message = $"{each}: {refused.Refusal.Message}" };
                context.Output.WriteRefusal(refusal);
                exitCode = exitCode == ExitCodes.Success ? ExitCodes.Of(refusal) : exitCode;
            }
        }

        return exitCode;
    }

    /// <summary>Has the daemon commit what is staged on one module; what it refuses stays staged.</summary>
    public static async Task CommitModuleAsync(CommandContext context, string module, CommitTerms terms, CancellationToken cancellation)
    {
        using var held = StagedFile.Open(context.Paths.SessionDirectory, module);
        await CommitHeldAsync(context, module, held, terms, cancellation);
    }

    /// <summary>As <see cref="CommitModuleAsync"/>, of a session that this process holds already.</summary>
    public static async Task CommitHeldAsync(CommandContext context, string module, StagedFile held, CommitTerms terms, CancellationToken cancellation)
    {
        if (held.Staged.Operations.Count == 0)
        {
            return;
        }

        if (held.Staged.Sent is { } inDoubt)
        {
            await SendAsync(context, module, held, inDoubt, terms, cancellation);
        }

        if (held.Staged.Operations.Count > 0)
        {
            await SendAsync(context, module, held, held.MarkSent(), terms, cancellation);
        }
    }

    // What was sent leaves the session once the answer is known; without an answer it stays, and is asked for again by the same id.
    private static async Task SendAsync(
        CommandContext context, string module, StagedFile held, StagedOperations sent, CommitTerms terms, CancellationToken cancellation)
    {
        var request = new CommitRequest
        {
            Operations = [.. sent.Operations.Select(OperationMapper.ToWire)],
            Message = terms.Message,
            RequestId = sent.RequestId,
            WaitForFile = terms.Waits,
            Confirm = terms.Confirm,
        };
        try
        {
            var reply = await context.Client.CommitAsync(module, request, cancellation);
            held.Replace([.. held.Staged.Operations.Skip(sent.Operations.Count)]);
            NodeCommands.PrintReply(context, module, reply, terms.Confirm);
        }
        catch (RefusedException refused) when (refused.Refusal.Code is not (ErrorCode.Unavailable or ErrorCode.UnknownOutcome))
        {
            held.Replace(held.Staged.Operations);
            throw;
        }
    }

    private static IReadOnlyList<string> StagedModules(CommandContext context, string? module) =>
        module is not null ? [module]
        : context.Transaction is null ? StagedFile.Modules(context.Paths.SessionDirectory)
        : context.TransactionModules;

    private static void Print(CommandContext context, ModuleSession session, ModuleOperation operation)
    {
        var wire = OperationMapper.ToWire(operation);
        if (operation is ModuleOperation.OfTable)
        {
            TableCommands.PrintOperation(context, session.Module, wire);
            return;
        }

        var section = NameOf(session, operation, wire);
        if (operation is ModuleOperation.AddSection add)
        {
            context.Output.WriteLine($"add {session.Module} {add.Type}   # {add.Key}");
            return;
        }

        context.Output.Write($"{wire.Op} {session.Module}.{section}{(wire.Option is null ? "" : "." + wire.Option)}");
        if ((wire.Value ?? Text(wire.Type ?? wire.Name ?? wire.Index?.ToString(CultureInfo.InvariantCulture))) is { } value)
        {
            context.Output.Write("="u8);
            context.Output.WriteQuoted(value);
        }

        context.Output.WriteLine();
    }

    private static ConfigValue? Text(string? text) => text is null ? null : ConfigValue.FromText(text);

    // As it was called before the operation: a rename or delete is stated by the name that it takes away.
    private static string? NameOf(ModuleSession session, ModuleOperation operation, WireOperation wire)
    {
        if (wire.Section is ['+', .. var key])
        {
            return key;
        }

        if (wire.Section is not ['#', .. var number] || session.Committed.FindSection(new SectionId(long.Parse(number, CultureInfo.InvariantCulture))) is not { } committed)
        {
            return wire.Section;
        }

        return operation is not (ModuleOperation.RenameSection or ModuleOperation.DeleteSection) && session.SectionOf(operation) is { } staged
            ? SectionLookup.Describe(session.Staged, staged)
            : SectionLookup.Describe(session.Committed, committed);
    }
}
