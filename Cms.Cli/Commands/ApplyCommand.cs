using System.Globalization;
using System.Text.Json;
using Cms.Cli.Output;
using Cms.Cli.Transfer;
using Cms.Client;
using Cms.Client.Documents;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Cli.Commands;

/// <summary>apply: has the modules be what a directory says, after a plan was shown and agreed to.</summary>
internal static class ApplyCommand
{
    /// <summary>Plans, asks and carries out.</summary>
    /// <returns>0 when all is so now; <see cref="ExitCodes.Differs"/> when a dry run found something to do.</returns>
    public static async Task<int> RunAsync(CommandContext context, ApplyOptions options, CancellationToken cancellation)
    {
        if (context.Transaction is not null)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, "an apply is a commit of its own and no part of a transaction; unset CMS_TRANSACTION");
        }

        var directory = ApplyDirectory.Read(options.Path);
        if (options.IsPruning)
        {
            RequireWhole(directory, options.Path);
        }

        directory.PassedOver.ToList().ForEach(file => context.Output.WriteWarning($"{file} is no module and is passed over; modules are NAME, NAME.uci, .json, .yaml and .yml"));
        using var progress = context.Output.Progress();
        var plans = Plan(context, directory, options, progress);
        progress.Clear();
        var isChanging = plans.Exists(plan => plan.Differences.Count > 0);
        if (!context.Output.IsJson)
        {
            Print(context.Output, plans);
        }

        var isCarriedOut = isChanging && !options.IsDryRun && IsAgreed(context, options);
        var reply = isCarriedOut ? await CarryOutAsync(context, plans, options, progress, cancellation) : null;
        if (context.Output.IsJson)
        {
            PrintJson(context.Output, plans, reply);
        }
        else if (reply is not null)
        {
            TransactionCommands.PrintReply(context, reply);
        }

        return isChanging && options.IsDryRun ? ExitCodes.Differs : isChanging && !isCarriedOut ? ExitCodes.Failed : ExitCodes.Success;
    }

    // A file that is not understood may be that of a module, which would be emptied for a wrong name.
    private static void RequireWhole(ApplyDirectory directory, string path)
    {
        if (File.Exists(path))
        {
            throw new RefusedException(
                ErrorCode.InvalidArgument, $"--prune empties every module that has no file, and '{path}' is a single file; name a directory, or leave --prune out; nothing was changed");
        }

        if (directory.PassedOver.Count > 0)
        {
            throw new RefusedException(
                ErrorCode.InvalidArgument,
                $"--prune empties every module that has no file, and it is not known what is in {string.Join(", ", directory.PassedOver)}; modules are NAME, NAME.uci, .json, .yaml and .yml; rename the file, begin its name with a dot, or take it away; nothing was changed");
        }
    }

    private static List<ApplyPlan> Plan(CommandContext context, ApplyDirectory directory, ApplyOptions options, ProgressLine progress)
    {
        var there = context.Modules().ToHashSet(StringComparer.Ordinal);
        var plans = directory.Modules.Select(file => Plan(context, file.Document, file.Path, there, options.IsMerge, progress)).ToList();
        if (options.IsPruning)
        {
            var named = directory.Modules.Select(file => file.Document.Module!).ToHashSet(StringComparer.Ordinal);
            var empty = new ModuleDocument(null, EmptyModuleView.Instance) { HasTables = true };
            plans.AddRange(there.Except(named).Order(StringComparer.Ordinal).Select(module => Plan(context, empty with { Module = module }, null, there, isMerge: false, progress)));
        }

        return plans;
    }

    private static ApplyPlan Plan(CommandContext context, ModuleDocument document, string? source, HashSet<string> there, bool isMerge, ProgressLine progress)
    {
        progress.Show(new Progress($"comparing {document.Module}", 0, ""));
        if (!there.Contains(document.Module!))
        {
            return ApplyPlan.Make(EmptyModuleView.Instance, document, source, isMerge);
        }

        var session = context.Session(document.Module!);
        return session.Read(() => ApplyPlan.Make(session.Committed, document, source, isMerge));
    }

    // The modules that are so already take part: the plan says that they stay as they are.
    private static Task<TransactionCommitReply> CarryOutAsync(
        CommandContext context, List<ApplyPlan> plans, ApplyOptions options, ProgressLine progress, CancellationToken cancellation)
    {
        var import = new ImportOptions { Merge = options.IsMerge, WaitForFile = options.Waits, Message = options.Message };
        var taking = plans.Where(plan => plan.Source is not null || plan.Differences.Count > 0).Select(plan => plan.Document).ToList();
        return ImportCommands.SendAsync(context.Client, taking, import, progress, cancellation);
    }

    private static bool IsAgreed(CommandContext context, ApplyOptions options)
    {
        if (options.IsAgreed)
        {
            return true;
        }

        if (Console.IsInputRedirected || Console.IsErrorRedirected || context.Output.IsJson)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, "nobody can be asked here, and nothing was changed; say --yes to have the plan carried out, or --dry-run to only see it");
        }

        context.Output.WriteQuestion("Carry this out? [y/N] ");
        using var answers = new StreamReader(context.Input, leaveOpen: true);
        var isAgreed = answers.ReadLine()?.Trim() is "y" or "Y" or "yes";
        if (!isAgreed)
        {
            context.Output.WriteLine("nothing was changed");
        }

        return isAgreed;
    }

    private static void Print(CommandOutput output, List<ApplyPlan> plans)
    {
        foreach (var plan in plans.Where(plan => plan.Differences.Count > 0))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"--- {plan.Document.Module} revision {plan.Document.Expected}"));
            output.WriteLine($"+++ {plan.Document.Module} {plan.Source ?? "is in no file: pruned, nothing of it stays"}");
            foreach (var difference in plan.Differences)
            {
                DifferencePrinter.Print(output, plan.Document.Module!, difference);
            }
        }

        foreach (var plan in plans.Where(plan => plan.Source is not null || plan.Differences.Count > 0))
        {
            var (added, changed, removed) = plan.Count();
            var what = plan.Differences.Count == 0 ? "nothing to do"
                : string.Create(CultureInfo.InvariantCulture, $"{added} to add, {changed} to change, {removed} to remove");
            output.WriteLine($"{plan.Document.Module}: {what}{(plan.Source is null ? " (pruned)" : plan.Document.Expected == 0 ? " (new)" : "")}");
        }
    }

    private static void PrintJson(CommandOutput output, List<ApplyPlan> plans, TransactionCommitReply? reply) => output.WriteJson(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("plan");
        foreach (var plan in plans)
        {
            var diff = new DiffReply { Module = plan.Document.Module!, From = plan.Document.Expected!.Value, To = plan.Document.Expected!.Value, Differences = plan.Differences, More = false };
            JsonSerializer.Serialize(json, diff, WireJson.Default.DiffReply);
        }

        json.WriteEndArray();
        if (reply is not null)
        {
            json.WritePropertyName("done");
            JsonSerializer.Serialize(json, reply, WireJson.Default.TransactionCommitReply);
        }

        json.WriteEndObject();
    });
}
