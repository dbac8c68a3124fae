using Cms.Formats.Migrations;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Xunit;

namespace Cms.Tests.Migrations;

public class MigrationPlannerTests
{
    [Theory]
    [InlineData("", "a - 1.0.0; a 1.0.0 1.1.0; a 1.1.0 2.0.0", null, "a-1.0.0 a-1.1.0 a-2.0.0")]
    [InlineData("a=1.1.0", "a - 1.0.0; a 1.0.0 1.1.0; a 1.1.0 2.0.0", null, "a-2.0.0")]
    [InlineData("a=2.0.0", "a - 1.0.0; a 1.0.0 1.1.0; a 1.1.0 2.0.0", null, "")]
    [InlineData("a=2.5.0", "a - 1.0.0; a 1.0.0 1.1.0", null, "")]
    [InlineData("a=1.0.0", "a 1.0.0 1.1.0; a 1.1.0 2.0.0", "a@1.1.0", "a-1.1.0")]
    [InlineData("a=1.0.0 b=1.0.0", "a 1.0.0 1.1.0; b 1.0.0 2.0.0", null, "a-1.1.0 b-2.0.0")]
    [InlineData("a=1.0.0 b=1.0.0", "a 1.0.0 1.1.0; b 1.0.0 2.0.0", "b", "b-2.0.0")]
    [InlineData("a=1.0.0 b=1.0.0", "a 1.0.0 1.1.0 b>=2.0.0; b 1.0.0 2.0.0; b 2.0.0 3.0.0", "a", "b-2.0.0 a-1.1.0")]
    [InlineData("a=1.0.0 b=1.0.0", "a 1.0.0 1.1.0 b>=2.0.0; b 1.0.0 2.0.0; b 2.0.0 3.0.0 a>=1.1.0", null, "b-2.0.0 a-1.1.0 b-3.0.0")]
    [InlineData("b=2.1.0", "a - 1.0.0 b>=2.0.0", null, "a-1.0.0")]
    [InlineData("", "c - 1.0.0; b - 1.0.0 c>=1.0.0; a - 1.0.0 b>=1.0.0 c>=1.0.0", "a", "c-1.0.0 b-1.0.0 a-1.0.0")]
    public void The_way_up_has_what_is_required_first(string installed, string found, string? target, string expected) =>
        Assert.Equal(expected, string.Join(' ', Plan(installed, found, target).Select(migration => migration.Name)));

    [Theory]
    [InlineData("", "a 1.0.0 1.1.0", null, "a has no schema, and no migration leads from there to 1.1.0: those that there are lead from 1.0.0 to 1.1.0")]
    [InlineData("a=1.0.0", "a 1.0.0 1.1.0; a 1.2.0 2.0.0", null, "a is at version 1.1.0, and no migration leads from there to 2.0.0: those that there are lead from 1.2.0 to 2.0.0")]
    [InlineData("a=1.0.0", "a 1.0.0 1.1.0", "a@3.0.0", "a is at version 1.1.0, and no migration leads from there to 3.0.0: there is none that leads further")]
    [InlineData("", "a - 1.0.0", "b", "there is no migration of module 'b'; cms migrate new b VERSION makes one")]
    [InlineData("a=2.0.0", "a - 1.0.0", "a@1.0.0", "a is at version 2.0.0, which is behind 1.0.0 already; cms migrate rollback a --to 1.0.0 goes back")]
    [InlineData("a=1.0.0", "a 1.0.0 1.1.0; a 1.0.0 2.0.0", null, "two migrations are for one step: a 1.0.0 -> 1.1.0 and a 1.0.0 -> 2.0.0; remove one of them")]
    [InlineData("a=1.0.0", "a 1.0.0 2.0.0; a 1.1.0 2.0.0", null, "two migrations are for one step: a 1.0.0 -> 2.0.0 and a 1.1.0 -> 2.0.0; remove one of them")]
    [InlineData("a=1.0.0", "a 1.0.0 1.1.0 b>=2.0.0", null, "b has no schema, and no migration leads from there to 2.0.0: there is none that leads further; it is required by a 1.0.0 -> 1.1.0")]
    [InlineData("a=1.0.0 b=1.0.0", "a 1.0.0 1.1.0 b>=1.1.0; b 1.0.0 1.1.0 c>=1.0.0", "a", "c has no schema, and no migration leads from there to 1.0.0: there is none that leads further; it is required by b 1.0.0 -> 1.1.0, which is required by a 1.0.0 -> 1.1.0")]
    [InlineData("", "a - 1.0.0 b>=1.0.0; b - 1.0.0 c>=1.0.0; c - 1.0.0 a>=1.0.0", null, "migrations require each other in a circle: a (none) -> 1.0.0, which requires b (none) -> 1.0.0, which requires c (none) -> 1.0.0, which requires a (none) -> 1.0.0; take one")]
    [InlineData("a=1.0.0 b=1.0.0", "a 1.0.0 1.1.0 b>=2.0.0; a 1.1.0 1.2.0; b 1.0.0 2.0.0 a>=1.2.0", "a@1.1.0", "migrations require each other in a circle: a 1.0.0 -> 1.1.0, which requires b 1.0.0 -> 2.0.0, which requires a 1.0.0 -> 1.1.0")]
    [InlineData("a=1.0.0", "a 1.0.0 2.0.0", "a@1.5.0", "a 1.0.0 -> 2.0.0 leads behind version 1.5.0, which was asked for")]
    public void What_stands_in_the_way_is_named(string installed, string found, string? target, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<RefusedException>(() => Plan(installed, found, target)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("a=1.0.0!,1.1.0,2.0.0", "a", "2.0.0")]
    [InlineData("a=1.0.0!,1.1.0,2.0.0", "a@1.0.0", "2.0.0 1.1.0")]
    [InlineData("a=1.0.0!,1.1.0,2.0.0", "a@2.0.0", "")]
    [InlineData("a=1.0.0", "a", "1.0.0")]
    [InlineData("a=1.0.0!,2.0.0 b=1.0.0:a>=1.0.0", "a", "2.0.0")]
    public void The_way_down_takes_back_the_newest_first(string installed, string target, string expected)
    {
        var (module, version) = Target(target);
        Assert.Equal(expected, string.Join(' ', MigrationPlanner.PlanDown(Editions(installed), module!, version).Select(edition => edition.Version)));
    }

    [Theory]
    [InlineData("", "a", "module 'a' has no schema, so there is nothing to roll back")]
    [InlineData("a=1.0.0!,2.0.0", "a@1.5.0", "module 'a' was never at version 1.5.0; it has been at 1.0.0, 2.0.0")]
    [InlineData("a=1.0.0!,2.0.0!,3.0.0", "a@1.0.0", "version 2.0.0 of module 'a' was registered without a migration, so there is no way back behind it")]
    [InlineData("a=1.0.0!,2.0.0 b=1.0.0!,1.1.0:a>=2.0.0", "a", "b 1.1.0 requires a>=2.0.0; roll b back behind 1.1.0 first: cms migrate rollback b")]
    [InlineData("a=1.0.0 b=1.0.0:a>=1.0.0", "a", "b 1.0.0 requires a>=1.0.0")]
    public void What_stands_in_the_way_down_is_named(string installed, string target, string expected)
    {
        var (module, version) = Target(target);
        var refused = Assert.Throws<RefusedException>(() => MigrationPlanner.PlanDown(Editions(installed), module!, version));
        Assert.StartsWith(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_order_is_planned_every_requirement_holds_at_its_step()
    {
        var planned = 0;
        for (var seed = 0; seed < 2000; seed++)
        {
            var found = RandomMigrations(new Random(seed));
            var reached = new Dictionary<string, SchemaVersion>();
            try
            {
                foreach (var step in MigrationPlanner.PlanUp(reached, found, null, null))
                {
                    Assert.Equal(step.From, reached.TryGetValue(step.Module, out var at) ? at : null);
                    Assert.All(step.Requires, required => Assert.True(reached[required.Module] >= required.Least, $"seed {seed}"));
                    reached[step.Module] = step.To;
                }

                Assert.All(found, migration => Assert.True(reached[migration.Module] >= migration.To, $"seed {seed}"));
                planned++;
            }
            catch (RefusedException refused)
            {
                Assert.True(HasNoWay(found), $"seed {seed}: {refused.Message}");
            }
        }

        Assert.InRange(planned, 200, 1800);
    }

    // As dull as can be: takes whatever may be taken next, until nothing may.
    private static bool HasNoWay(List<Migration> found)
    {
        var reached = new Dictionary<string, SchemaVersion>();
        var left = found.ToList();
        while (left.Find(each => each.From == (reached.TryGetValue(each.Module, out var at) ? at : null)
            && each.Requires.All(required => reached.TryGetValue(required.Module, out var other) && other >= required.Least)) is { } next)
        {
            reached[next.Module] = next.To;
            left.Remove(next);
        }

        return left.Count > 0;
    }

    private static List<Migration> RandomMigrations(Random random)
    {
        var found = new List<Migration>();
        foreach (var module in "abcd".Select(each => each.ToString()))
        {
            var count = random.Next(1, 4);
            for (var version = 1; version <= count; version++)
            {
                var requires = random.Next(2) == 0 ? "" : $" {"abcd".Replace(module, "", StringComparison.Ordinal)[random.Next(3)]}>={random.Next(1, 4)}.0.0";
                found.Add(PlannedMigrations.Parse($"{module} {(version == 1 ? "-" : $"{version - 1}.0.0")} {version}.0.0{requires}"));
            }
        }

        return [.. found.OrderBy(_ => random.Next())];
    }

    private static IReadOnlyList<Migration> Plan(string installed, string found, string? target)
    {
        var (module, version) = Target(target);
        var versions = installed.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(each => each.Split('=')).ToDictionary(each => each[0], each => SchemaVersion.TryParse(each[1])!.Value);
        return MigrationPlanner.PlanUp(versions, [.. found.Split("; ").Select(PlannedMigrations.Parse)], module, version);
    }

    private static (string? Module, SchemaVersion? Version) Target(string? target) =>
        (target?.Split('@')[0], target?.Contains('@', StringComparison.Ordinal) == true ? SchemaVersion.TryParse(target.Split('@')[1]) : null);

    // "a=1.0.0!,1.1.0:b>=2.0.0": what has a ! was registered alone.
    private static Dictionary<string, IReadOnlyList<SchemaHead>> Editions(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(
        each => each[..each.IndexOf('=', StringComparison.Ordinal)],
        each => (IReadOnlyList<SchemaHead>)[.. each[(each.IndexOf('=', StringComparison.Ordinal) + 1)..].Split(',').Select(ToHead)]);

    private static SchemaHead ToHead(string text)
    {
        var parts = text.Split(':');
        return new SchemaHead(SchemaVersion.TryParse(parts[0].TrimEnd('!'))!.Value)
        {
            Migration = text.Contains('!', StringComparison.Ordinal) ? null : new SchemaMigration("", parts[1..], default, default),
        };
    }
}
