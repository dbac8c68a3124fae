using System.Globalization;
using Cms.Cli.Migrations;
using Cms.Cli.Output;
using Cms.Client.Wire;
using Cms.Formats.Edits;
using Cms.Formats.Migrations;
using Cms.Formats.Refusals;
using Cms.Formats.Segments;

namespace Cms.Cli.Commands;

/// <summary>migrate plan: what migrations would do, found here in memory, with nothing sent and nothing changed.</summary>
internal sealed class MigrationPlanCommand(CommandContext context, MigrationRequest request)
{
    private const int MostFound = 1000;
    private const int MostNamed = 10;

    private readonly List<MigrationPlanStep> _steps = [];

    /// <summary>Prints the migrations in their order, and in what each would change its module.</summary>
    /// <param name="isBrief">Whether the differences are only counted.</param>
    /// <exception cref="RefusedException">There is no way, or a migration would be refused.</exception>
    public void Run(bool isBrief)
    {
        try
        {
            Try(isBrief);
        }
        catch (SnapshotTooOldException)
        {
            throw new RefusedException(ErrorCode.Busy, "a module changes faster than the migrations can be tried; try again");
        }
    }

    /// <summary>Prints one migration of a list.</summary>
    public static void PrintHead(CommandOutput output, int number, Migration migration)
    {
        var requires = migration.Requires.Count == 0 ? "" : $"  (requires {string.Join(", ", migration.Requires)})";
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{number}. {migration.Describe()}  {migration.Description}").TrimEnd() + requires);
    }

    private void Try(bool isBrief)
    {
        var modules = new InstalledModules(context);
        var plan = request.Plan(modules);
        Refusal? refusal = null;
        foreach (var migration in plan)
        {
            var before = modules.ViewOf(migration.Module);
            var trial = MigrationTrial.Run(before, migration, EditLimits.Default, modules, MostFound);
            refusal = trial.Refusal ?? (trial.Violations.Count == 0 ? null : Violated(migration, trial));
            var differences = MigrationTrial.Differences(before, trial.After).Select(DifferenceMapper.ToWire);
            if (context.Output.IsJson)
            {
                _steps.Add(ToStep(migration, trial, [.. differences], refusal));
            }
            else
            {
                PrintHead(context.Output, plan.ToList().IndexOf(migration) + 1, migration);
                Print(migration, trial, differences, isBrief);
            }

            if (refusal is not null)
            {
                break;
            }

            modules.Plan(migration.Module, trial.After);
        }

        if (context.Output.IsJson)
        {
            context.Output.WriteJson(_steps, WireJson.Default.IReadOnlyListMigrationPlanStep);
        }
        else if (plan.Count == 0)
        {
            context.Output.WriteLine("nothing to migrate");
        }

        if (refusal is not null)
        {
            throw new RefusedException(refusal);
        }
    }

    private void Print(Migration migration, MigrationTrial trial, IEnumerable<WireDifference> differences, bool isBrief)
    {
        if (isBrief)
        {
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"   {differences.Count()} differences"));
        }
        else
        {
            var isFirst = true;
            foreach (var difference in differences)
            {
                if (isFirst)
                {
                    context.Output.WriteLine($"--- {migration.Module} {migration.From?.ToString() ?? "(none)"}");
                    context.Output.WriteLine($"+++ {migration.Module} {migration.To}");
                }

                isFirst = false;
                DifferencePrinter.Print(context.Output, migration.Module, difference);
            }
        }

        Warn(migration, trial);
    }

    private void Warn(Migration migration, MigrationTrial trial)
    {
        if (trial.NoWayBack is { } refusal)
        {
            context.Output.WriteWarning($"{migration.Name} cannot be taken back: {refusal.Message}");
        }
        else if (trial.Lost.Count > 0)
        {
            var more = trial.Lost.Count > MostNamed ? string.Create(CultureInfo.InvariantCulture, $" and {trial.Lost.Count - MostNamed} more") : "";
            context.Output.WriteWarning($"{migration.Name} taken back would not leave as they are now: {string.Join(", ", trial.Lost.Take(MostNamed).Select(each => each.Path))}{more}");
        }
    }

    private static Refusal Violated(Migration migration, MigrationTrial trial) => new(
        ErrorCode.SchemaViolated, $"{migration.Name} would leave {trial.Violations.Count} places that its schema does not allow")
    {
        Violations = trial.Violations,
    };

    private static MigrationPlanStep ToStep(Migration migration, MigrationTrial trial, IReadOnlyList<WireDifference> differences, Refusal? refusal) => new()
    {
        Module = migration.Module,
        From = migration.From?.ToString(),
        To = migration.To.ToString(),
        Description = migration.Description,
        Requires = [.. migration.Requires.Select(each => each.ToString())],
        Differences = differences,
        Problem = refusal is null ? null : new Problem
        {
            Code = ErrorCodes.Of(refusal.Code).Name,
            Status = ErrorCodes.Of(refusal.Code).HttpStatus,
            Detail = refusal.Message,
            Violations = refusal.Violations.Count == 0 ? null : refusal.Violations,
        },
        Lost = [.. trial.Lost.Select(DifferenceMapper.ToWire)],
        NoWayBack = trial.NoWayBack?.Message,
    };
}
