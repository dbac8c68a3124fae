using System.Globalization;
using System.Text;
using Cms.Formats.Edits;
using Cms.Formats.Migrations;
using Cms.Formats.Modules;
using Cms.Formats.Schemas;
using Xunit;

namespace Cms.Tests.Migrations;

public class MigrationTrialTests
{
    private const string Users = "config user alice\n option shell /bin/sh\n option uid 1000\nconfig user bob\n option uid 7\n";

    [Fact]
    public void Up_and_then_down_gives_the_equal_module()
    {
        for (var seed = 0; seed < 1000; seed++)
        {
            var random = new Random(seed);
            var before = ScriptCases.Parse(RandomModule(random));
            var (up, down) = ReversibleScripts(before, random);
            var trial = Try(before, PlannedMigrations.Make("auth", "1.0.0", "1.1.0", up, down));

            Assert.True(trial is { Refusal: null, NoWayBack: null }, $"seed {seed}: {trial.Refusal?.Message} {trial.NoWayBack?.Message}\n{up}\n{down}");
            Assert.True(trial.Lost.Count == 0, $"seed {seed}: {string.Join(", ", trial.Lost)}\n{up}\n{down}");
            Assert.Equal(up.Length == 0, MigrationTrial.Differences(before, trial.After).FirstOrDefault() is null);
        }
    }

    [Theory]
    [InlineData("delete-option user shell", "", "alice.shell")]
    [InlineData("delete .alice", "set .alice=user; set .alice.shell=/bin/sh; set .alice.uid=1000", "bob")]
    [InlineData("for-each user\ntransform @.uid '{uid} / 10'\nend", "for-each user\ntransform @.uid '{uid} * 10'\nend", "bob.uid")]
    [InlineData("rename-option user uid id", "", "alice.uid alice.id bob.uid bob.id")]
    public void What_the_way_back_does_not_bring_back_is_told(string up, string down, string expected)
    {
        var trial = Try(ScriptCases.Parse(Users), PlannedMigrations.Make("auth", "1.0.0", "1.1.0", up, down));

        Assert.Null(trial.NoWayBack);
        Assert.Equal(expected, string.Join(' ', trial.Lost.Select(difference => difference.Path)));
    }

    [Fact]
    public void A_way_back_that_cannot_be_gone_is_told()
    {
        var trial = Try(ScriptCases.Parse(Users), PlannedMigrations.Make("auth", "1.0.0", "1.1.0", "", "delete .carol"));

        Assert.Null(trial.Refusal);
        Assert.StartsWith("auth-1.1.0/down, line 1, column 1: there is no section 'carol'", trial.NoWayBack!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trial_finds_what_the_new_schema_would_not_allow_and_changes_nothing()
    {
        var before = ScriptCases.Parse(Users);
        var text = new MigrationText("auth", new SchemaVersion(1, 0, 0), new SchemaVersion(1, 1, 0))
        {
            Schema = "config module 'auth'\n\toption version '1.1.0'\nconfig section 'user'\nconfig field 'uid'\n\toption section 'user'\n\toption type 'int'\n\toption validation 'required|max:99'\n"u8.ToArray(),
            Up = "for-each user\ntransform @.uid '{uid} + 1'\nend"u8.ToArray(),
        };

        var trial = Try(before, MigrationReader.Read(text));

        Assert.Equal(["auth.alice.uid"], trial.Violations.Select(violation => violation.Path));
        Assert.Equal("1001", trial.After.FindOption(new(1), "uid")!.Value.GetText());
        Assert.Equal("user alice shell=/bin/sh uid=1000 | user bob uid=7", ScriptCases.Show(before));
    }

    [Fact]
    public void A_trial_has_the_types_of_the_new_schema_as_the_migration_has()
    {
        var text = new MigrationText("auth", new SchemaVersion(1, 0, 0), new SchemaVersion(1, 1, 0))
        {
            Schema = "config module 'auth'\n\toption version '1.1.0'\nconfig section 'user'\nconfig field 'uid'\n\toption section 'user'\n\toption type 'int'\n"u8.ToArray(),
            Up = "set .alice.uid=5\nif '{.alice.uid} == \"5.0\"'\nset .alice.typed=1\nend"u8.ToArray(),
            Down = "if '{.bob.uid} == \"7.0\"'\ndelete .alice.typed\nend\nset .alice.uid=1000"u8.ToArray(),
        };

        var trial = Try(ScriptCases.Parse(Users), MigrationReader.Read(text));

        Assert.Equal("1", trial.After.FindOption(new(1), "typed")?.Value.GetText());
        Assert.Equal((null, ""), (trial.NoWayBack, string.Join(' ', trial.Lost.Select(difference => difference.Path))));
    }

    private static MigrationTrial Try(IModuleView before, Migration migration) => MigrationTrial.Run(before, migration, EditLimits.Default, UnknownTargets.Instance, 100);

    private static string RandomModule(Random random)
    {
        var text = new StringBuilder();
        for (var section = random.Next(1, 12); section > 0; section--)
        {
            text.Append(CultureInfo.InvariantCulture, $"config {"abc"[random.Next(3)]}{(random.Next(3) == 0 ? "" : $" s{section}")}\n");
            foreach (var option in "nml".Where(_ => random.Next(2) == 0))
            {
                text.Append(option == 'l' ? "\tlist l 'x'\n\tlist l 'y z'\n" : string.Create(CultureInfo.InvariantCulture, $"\toption {option} '{random.Next(-50, 50)}'\n"));
            }
        }

        return text.ToString();
    }

    // Each step of the way back undoes one of the way up, the last one first.
    private static (string Up, string Down) ReversibleScripts(IModuleView module, Random random)
    {
        var up = new List<string>();
        var down = new List<string>();
        for (var step = random.Next(6); step > 0; step--)
        {
            var session = new EditSession(module, EditLimits.Default);
            Assert.Null(ScriptCases.Script(string.Join('\n', up)).Run(session));
            if (Step(session.State, string.Create(CultureInfo.InvariantCulture, $"new{step}"), random) is var (forth, back))
            {
                up.Add(forth);
                down.Insert(0, back);
            }
        }

        return (string.Join('\n', up), string.Join('\n', down));
    }

    private static (string Up, string Down)? Step(IModuleView state, string fresh, Random random)
    {
        var all = state.Sections().ToList();
        var one = all[random.Next(all.Count)];
        var option = state.Options(one.Id).FirstOrDefault()?.Name;
        var numbers = state.Options(one.Id).FirstOrDefault(each => each.Value.ReadInt() is not null)?.Name;
        var place = random.Next(all.Count);
        return random.Next(7) switch
        {
            0 when option is not null => ($"rename-option {one.Type} {option} {fresh}", $"rename-option {one.Type} {fresh} {option}"),
            1 => ($"rename-type {one.Type} {fresh}", $"rename-type {fresh} {one.Type}"),
            2 when numbers is not null => ($"for-each {one.Type} where 'exists({{{numbers}}})'\ntransform @.{numbers} '{{{numbers}}} * 3 - 1'\nend", $"for-each {one.Type} where 'exists({{{numbers}}})'\ntransform @.{numbers} '({{{numbers}}} + 1) / 3'\nend"),
            3 => ($"for-each *\ntransform @.{fresh} 'default(name(), \"none\") . type()'\nend", $"for-each *\ndelete @.{fresh}\nend"),
            4 => ($"set .{fresh}=thing; add_list .{fresh}.l=1", $"delete .{fresh}"),
            5 when one.Name is not null => ($"rename .{one.Name}={fresh}", $"rename .{fresh}={one.Name}"),
            6 when one.Name is not null && place != all.IndexOf(one) => (string.Create(CultureInfo.InvariantCulture, $"reorder .{one.Name}={place}"), string.Create(CultureInfo.InvariantCulture, $"reorder .{one.Name}={all.IndexOf(one)}")),
            _ => null,
        };
    }
}
