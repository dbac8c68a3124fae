using System.Globalization;
using Cms.Cli.Migrations;
using Cms.Client.Wire;
using Cms.Formats.Migrations;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Statements;

namespace Cms.Cli.Commands;

/// <summary>migrate new, apply, rollback and history.</summary>
internal static class MigrationCommands
{
    /// <summary>Begins a migration with files to be edited.</summary>
    public static void New(CommandContext context, string directory, string module, string text)
    {
        var version = MigrationRequest.ParseVersion(text);
        var installed = Directory.Exists(context.Paths.SegmentDirectory) ? new InstalledModules(context).NewestOf(module) : null;
        var before = Directory.Exists(directory)
            ? MigrationDirectory.Read(directory).Where(migration => migration.Module == module).Select(migration => migration.ToEdition()).Append(installed).MaxBy(edition => edition?.Version)
            : installed;
        if (before is not null && before.Version >= version)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"{module} has version {before.Version}, here or in '{directory}'; choose a version behind that, not {version}");
        }

        var path = Path.Combine(directory, $"{module}-{version}");
        MigrationTemplate.Write(path, module, before, version);
        context.Output.WriteLine($"{path}: edit migration, schema, up and down; cms migrate plan tries them");
    }

    /// <summary>Applies migrations, each as one commit.</summary>
    public static Task<int> ApplyAsync(CommandContext context, MigrationRequest request, bool isYes, string? message, CancellationToken cancellation) => RunAsync(context, async () =>
    {
        var plan = request.Plan(new InstalledModules(context));
        if (plan.Count == 0)
        {
            Print(context, [], "nothing to migrate");
            return;
        }

        if (!context.Output.IsJson)
        {
            for (var index = 0; index < plan.Count; index++)
            {
                MigrationPlanCommand.PrintHead(context.Output, index + 1, plan[index]);
            }
        }

        Confirm(context, isYes, "apply");
        using var progress = context.Output.Progress();
        var done = new List<MigrationStepInfo>();
        foreach (var migration in plan)
        {
            var sent = context.Client.Migrations.ApplyAsync(new MigrationApplyRequest { Migrations = [WireMigration.Of(migration)], Message = message }, cancellation);
            var reply = await progress.WatchAsync($"applying {migration.Describe()}", sent);
            progress.Clear();
            done.AddRange(reply.Steps);
            PrintSteps(context, reply.Steps);
        }

        Print(context, done, null);
    });

    /// <summary>Takes migrations of a module back, by what the module keeps of them.</summary>
    public static Task<int> RollBackAsync(CommandContext context, string module, string? to, bool isYes, string? message, CancellationToken cancellation) => RunAsync(context, async () =>
    {
        SchemaVersion? version = to is null ? null : MigrationRequest.ParseVersion(to);
        var editions = new InstalledModules(context).Editions();
        var plan = MigrationPlanner.PlanDown(editions, module, version);
        if (plan.Count == 0)
        {
            Print(context, [], $"{module} is at version {version} already");
            return;
        }

        var left = editions[module].SkipLast(plan.Count).LastOrDefault()?.Version;
        if (!context.Output.IsJson)
        {
            context.Output.WriteLine($"{module} {plan[0].Version} -> {left?.ToString() ?? "(none)"}");
        }

        Confirm(context, isYes, "roll back");
        using var progress = context.Output.Progress();
        var request = new MigrationRollbackRequest { Module = module, To = left?.ToString(), Message = message };
        var sent = context.Client.Migrations.RollBackAsync(request, cancellation);
        var reply = await progress.WatchAsync($"rolling {module} back", sent);
        progress.Clear();
        PrintSteps(context, reply.Steps);
        Print(context, reply.Steps, null);
    });

    /// <summary>Prints which versions a module has come to, and every commit that changed its schema.</summary>
    public static async Task HistoryAsync(CommandContext context, string module, int count, CancellationToken cancellation)
    {
        if (!context.Output.IsJson)
        {
            foreach (var edition in new InstalledModules(context).EditionsOf(module))
            {
                context.Output.WriteLine($"{module} {edition.Version}  {(edition.Migration is { } migration ? $"migrated: {migration.Description}" : "registered")}".TrimEnd(' ', ':'));
            }
        }

        await HistoryCommands.HistoryAsync(context, new Address(module, SchemaTable.Name, null, null), before: null, count, cancellation);
    }

    // A migration that was sent goes on in the daemon when the user stops waiting.
    private static async Task<int> RunAsync(CommandContext context, Func<Task> run)
    {
        try
        {
            await run();
            return ExitCodes.Success;
        }
        catch (OperationCanceledException)
        {
            context.Output.WriteFailure("interrupted: outcome not known; cms migrate history MODULE tells what was done");
            return ExitCodes.Interrupted;
        }
    }

    private static void Confirm(CommandContext context, bool isYes, string what)
    {
        if (isYes)
        {
            return;
        }

        if (Console.IsInputRedirected || context.Output.IsJson)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"nobody can be asked here whether to {what}; add --yes, and look at cms migrate plan before");
        }

        context.Output.Write($"{what}? [y/N] ");
        context.Output.Flush();
        if (Console.ReadLine()?.Trim().ToUpperInvariant() is not ("Y" or "YES"))
        {
            throw new RefusedException(ErrorCode.Denied, "nothing was done");
        }
    }

    private static void PrintSteps(CommandContext context, IReadOnlyList<MigrationStepInfo> steps)
    {
        if (context.Output.IsJson)
        {
            return;
        }

        foreach (var step in steps)
        {
            context.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{step.Module} {step.From ?? "(none)"} -> {step.To ?? "(none)"} is done, revision {step.Revision}, {step.Changes} changes"));
        }

        context.Output.Flush();
    }

    private static void Print(CommandContext context, IReadOnlyList<MigrationStepInfo> steps, string? otherwise)
    {
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(new MigrationReply { Steps = steps }, WireJson.Default.MigrationReply);
        }
        else if (otherwise is not null)
        {
            context.Output.WriteLine(otherwise);
        }
    }
}
