using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Migrations;

public class MigrationScriptTests
{
    private const string Module = "config user alice\n option shell /bin/sh\n option uid 1000\nconfig group wheel\n list member alice\nconfig user\n option uid 7\n";
    private const string Before = "user alice shell=/bin/sh uid=1000 | group wheel member=[alice] | user uid=7";

    [Theory]
    [InlineData("", Before)]
    [InlineData("# nothing but a comment\n\n ; ", Before)]
    [InlineData("set auth.alice.shell=/bin/ash", "user alice shell=/bin/ash uid=1000 | group wheel member=[alice] | user uid=7")]
    [InlineData("set .alice.shell=/bin/ash; delete .alice.uid", "user alice shell=/bin/ash | group wheel member=[alice] | user uid=7")]
    [InlineData("set '.alice.shell=two words'", "user alice shell=two words uid=1000 | group wheel member=[alice] | user uid=7")]
    [InlineData("add_list .wheel.member=bob\ndel_list .wheel.member=alice", "user alice shell=/bin/sh uid=1000 | group wheel member=[bob] | user uid=7")]
    [InlineData("rename .alice=bob; rename .bob.uid=id; set .root=user", "user bob shell=/bin/sh id=1000 | group wheel member=[alice] | user uid=7 | user root")]
    [InlineData("add user; set .@user[-1].uid=8; add auth group", Before + " | user uid=8 | group")]
    [InlineData("reorder .wheel=0", "group wheel member=[alice] | user alice shell=/bin/sh uid=1000 | user uid=7")]
    [InlineData("for-each user\n set @.home=/home\nend", "user alice shell=/bin/sh uid=1000 home=/home | group wheel member=[alice] | user uid=7 home=/home")]
    [InlineData("for-each user where '{uid} < 100'\n delete @\n set @.never=1\nend", "user alice shell=/bin/sh uid=1000 | group wheel member=[alice]")]
    [InlineData("for-each *\n set @=thing\n if 'type() == \"thing\"'\n set @.seen=1\n end\nend", "thing alice shell=/bin/sh uid=1000 seen=1 | thing wheel member=[alice] seen=1 | thing uid=7 seen=1")]
    [InlineData("for-each user\n add user\nend", Before + " | user | user")]
    [InlineData("for-each user\n if 'exists({shell})'\n rename @.shell=program\n else\n set @.program=none\n end\nend", "user alice program=/bin/sh uid=1000 | group wheel member=[alice] | user uid=7 program=none")]
    [InlineData("if 'exists({.alice}) && !exists({.bob})'\n set .bob=user\nend", Before + " | user bob")]
    [InlineData("rename-option user shell program", "user alice program=/bin/sh uid=1000 | group wheel member=[alice] | user uid=7")]
    [InlineData("delete-option user uid", "user alice shell=/bin/sh | group wheel member=[alice] | user")]
    [InlineData("rename-type user account", "account alice shell=/bin/sh uid=1000 | group wheel member=[alice] | account uid=7")]
    [InlineData("for-each user\n transform @.uid '{uid} + 10000'\nend", "user alice shell=/bin/sh uid=11000 | group wheel member=[alice] | user uid=10007")]
    [InlineData("transform .wheel.leader '{.alice.uid} . \":\" . {auth.alice}'", "user alice shell=/bin/sh uid=1000 | group wheel member=[alice] leader=1000:user | user uid=7")]
    [InlineData("for-each group\n transform @.member 'list({member}, \"root\", {@.member})'\nend", "user alice shell=/bin/sh uid=1000 | group wheel member=[alice,root,alice] | user uid=7")]
    public void A_script_does_what_it_says(string script, string expected)
    {
        var result = ScriptCases.Run(script, Module);

        Assert.Null(result.Refusal);
        Assert.Equal(expected, ScriptCases.Show(result.State));
        var replayed = new Overlay(ScriptCases.Parse(Module));
        replayed.Apply(new Revision(1), result.Session.Changes);
        Assert.Equal(expected, ScriptCases.Show(replayed));
    }

    [Theory]
    [InlineData("set", "line 1, column 1: 'set' does not take 0 arguments")]
    [InlineData("\n  frobnicate .a", "line 2, column 3: 'frobnicate' is no statement that changes a module; use set, add, add_list, del_list, delete, rename, reorder, table, for-each, if,")]
    [InlineData("commit auth", "line 1, column 1: 'commit' is no statement that changes a module")]
    [InlineData("set network.lan.mtu=1", "line 1, column 1: 'network' is not the module of this migration: begin the address with 'auth.' or, for short, with a dot")]
    [InlineData("set alice.shell=1", "line 1, column 1: 'alice' is not the module of this migration")]
    [InlineData("set @.shell=1", "line 1, column 5: @ is the current section of a for-each, and there is none here")]
    [InlineData("set .al-ice.shell=1", "line 1, column 1: section 'al-ice' is not legal")]
    [InlineData("set '.alice.shell=1", "line 1, column 5: the quote that begins here does not end")]
    [InlineData("for-each user\nset @.a=1", "line 1, column 1: the for-each that begins here has no end")]
    [InlineData("for-each user\nfor-each group\nend\nend", "line 2, column 1: a for-each stands in another one")]
    [InlineData("for-each user when '{a}'\nend", "line 1, column 1: write it as for-each TYPE, or as for-each TYPE where 'CONDITION'")]
    [InlineData("end", "line 1, column 1: there is no for-each or if here to end")]
    [InlineData("for-each user\nelse\nend", "line 2, column 1: there is no if here for this else to belong to")]
    [InlineData("if true\nelse\nelse\nend", "line 3, column 1: there is no if here")]
    [InlineData("transform .alice 'x'", "line 1, column 11: the address 'auth.alice' is not legal: name an option")]
    [InlineData("transform .alice.uid 1 + 1", "line 1, column 1: write it as transform ADDRESS 'EXPRESSION'; quote what holds blanks")]
    [InlineData("transform .alice.uid '{uid}'", "line 1, column 22: in '{uid}' at character 1: {uid} is an option of the current section, and there is none outside of for-each")]
    [InlineData("rename-option user a-b c", "line 1, column 20: option name 'a-b' is not legal")]
    [InlineData("table drop .cms_schema", "line 1, column 1: the table cms_schema is kept by cms itself")]
    public void What_is_no_script_is_refused_with_its_place(string script, string expected)
    {
        var refused = Assert.Throws<RefusedException>(() => ScriptCases.Script(script));

        Assert.StartsWith($"auth-1.1.0/up, {expected}", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("set .bob.shell=1", ErrorCode.NotFound, "line 1, column 1: there is no section 'bob'")]
    [InlineData("set .root=user\ndelete .alice.nosuch", ErrorCode.NotFound, "line 2, column 1: there is no option 'nosuch' in section 'alice'")]
    [InlineData("rename .alice=wheel", ErrorCode.AlreadyExists, "line 1, column 1: a section 'wheel' is there already")]
    [InlineData("for-each user\n transform @.x '{shell}'\nend", ErrorCode.InvalidArgument, "line 2, column 2: for section '@user[1]' in '{shell}' at character 1: {shell} is missing; use default(x, y), or ask exists(x) first")]
    [InlineData("for-each user where '{uid}'\nend", ErrorCode.InvalidArgument, "line 1, column 21: for section 'alice' in '{uid}' at character 1: '1000' is neither true nor false")]
    [InlineData("if 'exists({.alice})'\nrefuse 'alice must go first'\nend", ErrorCode.InvalidArgument, "line 2, column 1: alice must go first")]
    [InlineData("rename-option user uid shell", ErrorCode.AlreadyExists, "line 1, column 1: for section 'alice' the option 'shell' is there already")]
    public void A_script_that_does_not_fit_the_module_is_refused_with_its_place(string script, ErrorCode code, string expected)
    {
        var result = ScriptCases.Run(script, Module);

        Assert.Equal(code, result.Refusal!.Code);
        Assert.StartsWith($"auth-1.1.0/up, {expected}", result.Refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_transformed_keeps_its_type_and_what_is_new_is_text()
    {
        var ground = new Overlay(ScriptCases.Parse("config user alice\n"));
        ground.Apply(new ModuleChange.OptionSet(new(1), "uid", ConfigValue.FromInt(5)));
        ground.Apply(new ModuleChange.OptionSet(new(1), "raw", ConfigValue.FromBytes([0xff, 1])));

        var script = ScriptCases.Script("for-each user\ntransform @.uid '{uid} * 2'\ntransform @.copy '{uid}'\ntransform @.raws '{raw} . \"!\"'\nend");
        var result = ScriptCases.Run(script, ground);

        ConfigValue Value(string option) => result.State.FindOption(new(1), option)!.Value;
        Assert.Equal(ConfigValue.FromInt(10), Value("uid"));
        Assert.Equal(ConfigValue.FromText("10"), Value("copy"));
        Assert.Equal(new byte[] { 0xff, 1, (byte)'!' }, Value("raws").GetBytes().ToArray());
    }

    [Fact]
    public void Scripts_keep_their_bounds()
    {
        var deep = string.Concat(Enumerable.Repeat("if true\n", 17)) + string.Concat(Enumerable.Repeat("end\n", 17));
        Assert.Contains("more than 16 blocks", Assert.Throws<RefusedException>(() => ScriptCases.Script(deep)).Message, StringComparison.Ordinal);
        var many = string.Concat(Enumerable.Repeat("add user\n", 10_001));
        Assert.Contains("line 10001, column 1: the script has more than 10000 statements", Assert.Throws<RefusedException>(() => ScriptCases.Script(many)).Message, StringComparison.Ordinal);
        var result = ScriptCases.Run(ScriptCases.Script("for-each user\nset @.a=1\nset @.b=1\nend"), ScriptCases.Parse(Module), EditLimits.Default with { MaxBulkOperations = 3 });
        Assert.Equal(ErrorCode.TooLarge, result.Refusal?.Code);
        Assert.Contains("line 3, column 1: for section '@user[1]' the script makes more than 3 changes", result.Refusal!.Message, StringComparison.Ordinal);
    }
}
