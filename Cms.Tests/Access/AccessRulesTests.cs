using System.Net;
using System.Text.RegularExpressions;
using Cms.Formats.Access;
using Cms.Formats.Uci;
using Cms.Tests.Tidy;
using Xunit;

namespace Cms.Tests.Access;

/// <summary>What rules say, against a second reading of them that is slow and plain.</summary>
public sealed class AccessRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Modules = ["net", "dhcp"];
    private static readonly string[] Types = ["interface", "rule"];
    private static readonly string?[] Names = ["lan", "wan", null];
    private static readonly string[] Options = ["mtu", "key"];
    private static readonly string[] Patterns =
        ["*", "net", "n*", "net.lan", "*.lan", "net.@interface", "net.@*", "net.?an", "net.*.mtu", "*.*.key", "net.wan.mtu", "net.@rule.k*", "dhcp.lan.key", "topic:news", "topic:*"];

    [Fact]
    public void The_first_rule_that_is_about_a_path_decides_as_a_plain_reading_of_the_rules_says()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var rules = Enumerable.Range(0, random.Next(1, 7)).Select(_ => new PlainRule(
                random.Next(2) == 0, Pick(random, ["read", "write", "watch", "admin"]), Pick(random, ["uid:1", "uid:*", "*", "uid:2", "group:ops"]), Pick(random, Patterns))).ToList();
            var scope = Read(string.Concat(rules)).ScopeOf(new Principal("uid:1") { Groups = ["group:ops"] }, Now);
            foreach (var (path, text) in AllPaths())
            {
                foreach (var action in Enum.GetValues<AccessAction>())
                {
                    var expected = PlainlyAllows(rules, action, text) && (action != AccessAction.Watch || PlainlyAllows(rules, AccessAction.Read, text));
                    Assert.True(expected == scope.Allows(action, path), $"seed {seed}: {action} {path}: {string.Concat(rules)}");
                }
            }
        }
    }

    [Fact]
    public void Who_is_let_read_past_the_daemon_may_read_all_of_the_module_whoever_he_is()
    {
        var (let, refused) = (0, 0);
        for (var seed = 0; seed < 1000; seed++)
        {
            var random = new Random(seed);
            var text = "config role 'r'\n\tlist member 'group:o*'\n" + string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => new PlainRule(
                random.Next(3) > 0, Pick(random, ["read", "read", "write", "*"]), Pick(random, ["uid:1", "*", "group:ops", "group:*", "role:r", "user:anna"]), Pick(random, Patterns))));
            var rules = Read(text);
            foreach (var module in Modules)
            {
                if (rules.FindReadProblem(module, "ops") is not null)
                {
                    refused++;
                    continue;
                }

                let++;
                foreach (var name in new[] { "uid:1", "uid:2" })
                {
                    foreach (string[] groups in (string[][])[["group:ops"], ["group:ops", "group:other"]])
                    {
                        Assert.True(rules.ScopeOf(new Principal(name) { Groups = groups }, Now).In(module).ReadsAll, $"seed {seed}: {name} {module}: {text}");
                    }
                }
            }
        }

        Assert.True(let > 100 && refused > 100, $"{let} let, {refused} refused");
        Assert.NotNull(Read("config rule\n\toption effect 'allow'\n\tlist action '*'\n\tlist principal '*'\n\tlist path '*'\n\tlist address 'local'\n").FindReadProblem("net", "ops"));
        Assert.NotNull(Read("config rule\n\toption effect 'allow'\n\tlist action '*'\n\tlist principal '*'\n\tlist path '*'\n\tlist time 'mon-sun'\n").FindReadProblem("net", "ops"));
        Assert.NotNull(Read("config rule\n\toption effect 'allow'\n\tlist action 'read'\n\tlist principal '*'\n\tlist path '*'\n").FindReadProblem(AccessScope.RulesModule, "ops"));
    }

    [Fact]
    public void An_extent_of_all_or_none_holds_for_everything_below()
    {
        var (all, none) = (0, 0);
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 7)).Select(_ => new PlainRule(random.Next(2) == 0, "read", "*", Pick(random, Patterns))));
            var scope = Read(text).ScopeOf(new Principal("uid:1"), Now);
            foreach (var module in Modules)
            {
                var below = AllPaths().Where(each => each.Text.StartsWith(module + ".", StringComparison.Ordinal)).Select(each => scope.Allows(AccessAction.Read, each.Path)).ToList();
                var extent = scope.Extent(AccessAction.Read, AccessPath.OfModule(module));
                (all, none) = (all + (extent == AccessExtent.All ? 1 : 0), none + (extent == AccessExtent.None ? 1 : 0));
                Assert.True(extent != AccessExtent.All || below.TrueForAll(allowed => allowed), text);
                Assert.True(extent != AccessExtent.None || below.TrueForAll(allowed => !allowed), text);
            }
        }

        Assert.True(all > 20 && none > 20, $"{all} {none}");
    }

    [Fact]
    public void A_view_shows_what_may_be_read_and_counts_nothing_else()
    {
        var view = UciPackage.Parse("net", "config interface 'lan'\n option mtu 1\n option key 2\nconfig interface 'wan'\n option mtu 3\nconfig rule\n option key 4\n"u8.ToArray(), UciReaderOptions.Default);
        var scope = Read(Rule("deny", "read", "*", "net.*.key") + Rule("deny", "read", "*", "net.wan") + Rule("allow", "read", "*", "net")).ScopeOf(new Principal("uid:1"), Now);
        var seen = scope.Filter("net", view);
        Assert.Equal(["lan", null], seen.Sections().Select(section => section.Name));
        Assert.Equal(2, seen.SectionCount);
        Assert.Null(seen.FindSection("wan"));
        var lan = seen.FindSection("lan")!.Id;
        Assert.Equal(["mtu"], seen.Options(lan).Select(option => option.Name));
        Assert.Null(seen.FindOption(lan, "key"));
        Assert.Same(view, AccessScope.Everything.Filter("net", view));
    }

    [Fact]
    public void Conditions_of_address_and_time_are_part_of_what_a_rule_is_about()
    {
        var rules = Read("config rule\n option effect allow\n list action read\n list principal '*'\n list path net\n list address 10.0.0.0/8\n list address local\n list time 'mon-fri 22:00-06:00'\n");
        bool May(string? address, DateTimeOffset at) =>
            rules.ScopeOf(new Principal("uid:1") { Address = address is null ? null : IPAddress.Parse(address) }, at).Allows(AccessAction.Read, AccessPath.OfModule("net"));
        var monday = new DateTimeOffset(2026, 11, 23, 23, 0, 0, TimeSpan.Zero);
        Assert.True(May("10.1.2.3", monday) && May("::ffff:10.1.2.3", monday) && May(null, monday));
        Assert.False(May("11.1.2.3", monday));
        Assert.True(May(null, monday.AddHours(6)), "until six in the morning of the next day");
        Assert.False(May(null, monday.AddHours(7)));
        Assert.True(May(null, monday.AddDays(4).AddHours(6)), "the night that began on Friday");
        Assert.False(May(null, monday.AddDays(5)), "on Saturday evening");
    }

    [Fact]
    public void A_remembered_scope_ends_with_the_minute_when_times_matter()
    {
        var rules = Read("config rule\n option effect allow\n list action read\n list principal '*'\n list path net\n list time '08:00-12:00'\n");
        var principal = new Principal("uid:1");
        bool May(int hour, int minute) => rules.ScopeOf(principal, new DateTimeOffset(2026, 11, 23, hour, minute, 30, TimeSpan.Zero)).Allows(AccessAction.Read, AccessPath.OfModule("net"));
        Assert.True(May(11, 59));
        Assert.False(May(12, 0));
        Assert.True(May(11, 59), "the clock was put back");
        Assert.False(May(7, 59));
    }

    [Fact]
    public void Roles_have_members_by_name_and_group_and_by_the_word_of_who_vouches_and_no_name_makes_one_a_member()
    {
        var rules = Read("config role ops\n list member uid:1\n list member group:wheel\n" + Rule("allow", "write", "role:ops", "net"));
        bool May(Principal principal) => rules.ScopeOf(principal, Now).Allows(AccessAction.Write, AccessPath.OfModule("net"));
        Assert.True(May(new Principal("uid:1")));
        Assert.True(May(new Principal("uid:2") { Groups = ["group:wheel"] }));
        Assert.True(May(new Principal("user:a") { Groups = ["role:ops"] }));
        Assert.False(May(new Principal("role:ops")), "a name that looks like a role");
        Assert.False(May(new Principal("group:wheel")), "a name that looks like a group");
        Assert.False(May(new Principal("uid:2") { Groups = ["wheel", "ops", "uid:1"] }), "groups without the word of who vouches");
        Assert.False(May(new Principal("uid:11")));
        Assert.True(May(new Principal("uid:9") { IsAdministrator = true }));
    }

    [Fact]
    public void Module_access_needs_admin_and_the_node_needs_everything()
    {
        var all = Read(Rule("allow", "read", "*", "*") + Rule("allow", "write", "*", "*")).ScopeOf(new Principal("uid:1"), Now);
        Assert.False(all.In("access").IsKnown);
        Assert.False(all.Allows(AccessAction.Write, AccessPath.OfOption("access", "rule", null, "effect")));
        Assert.False(all.IsNodeAdministrator);
        var admin = Read(Rule("allow", "admin", "*", "*")).ScopeOf(new Principal("uid:1"), Now);
        Assert.True(admin.IsNodeAdministrator && admin.In("access").ReadsAll);
        Assert.False(Read(Rule("deny", "admin", "*", "net") + Rule("allow", "admin", "*", "*")).ScopeOf(new Principal("uid:1"), Now).IsNodeAdministrator);
    }

    [Fact]
    public void Who_has_grants_may_do_no_more_than_both_say()
    {
        var scope = Read(Rule("allow", "read", "*", "net")).ScopeOf(
            new Principal("key:a") { Grants = [new([AccessAction.Read, AccessAction.Write], PathPattern.TryParse("*.lan", out _)!)] }, Now);
        Assert.True(scope.Allows(AccessAction.Read, AccessPath.OfSection("net", "interface", "lan")));
        Assert.False(scope.Allows(AccessAction.Read, AccessPath.OfSection("net", "interface", "wan")));
        Assert.False(scope.Allows(AccessAction.Read, AccessPath.OfSection("dhcp", "interface", "lan")));
        Assert.False(scope.Allows(AccessAction.Write, AccessPath.OfSection("net", "interface", "lan")));
    }

    [Theory]
    [InlineData("config rul\n", "access.@rul[0]: a section of type 'rul'")]
    [InlineData("config rule\n option effect allow\n list action read\n list principal '*'\n list path net\n option addres 1.2.3.4\n", "access.@rule[0].addres")]
    [InlineData("config rule\n list action read\n list principal '*'\n list path net\n", "access.@rule[0].effect")]
    [InlineData("config rule x\n option effect deny\n list action red\n list principal '*'\n list path net\n", "access.x.action: 'red'")]
    [InlineData("config rule\n option effect deny\n list action read\n list path net\n", "access.@rule[0].principal")]
    [InlineData("config rule\n option effect deny\n list action read\n list principal anna\n list path net\n", "access.@rule[0].principal: 'anna'")]
    [InlineData("config rule\n option effect deny\n list action read\n list principal role:x\n list path net\n", "there is no role 'x'")]
    [InlineData("config rule\n option effect deny\n list action read\n list principal '*'\n list path 'net.@rule[0]'\n", "@rule[0]")]
    [InlineData("config rule\n option effect deny\n list action read\n list principal '*'\n list path 'a..b'\n", "a..b")]
    [InlineData("config rule\n option effect deny\n list action read\n list principal '*'\n list path net\n list address 10.0.0.1/8\n", "access.@rule[0].address: '10.0.0.1/8'")]
    [InlineData("config rule\n option effect deny\n list action read\n list principal '*'\n list path net\n list time 'noon'\n", "access.@rule[0].time: 'noon'")]
    [InlineData("config role\n list member uid:1\n", "a role has a name")]
    public void What_is_no_rule_is_named_with_its_place(string text, string expected)
    {
        Assert.Null(AccessRules.Read(Parse(text), out var mistakes));
        Assert.Contains(mistakes, mistake => mistake.ToString().Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void The_documented_actions_and_options_are_those_that_are_read()
    {
        var text = Repository.Read("docs/access.md");
        var options = MarkdownTable.Rows(text, 1);
        Assert.Equal(AccessRuleReader.RuleOptions.Order(StringComparer.Ordinal), options.Order(StringComparer.Ordinal));
        var actions = MarkdownTable.Rows(text[text.IndexOf("| action |", StringComparison.Ordinal)..], 1);
        Assert.Equal(AccessRuleReader.ActionNames, actions);
    }

    private static AccessRules Read(string text) => AccessRules.Read(Parse(text), out var mistakes) ?? throw new InvalidOperationException(string.Join("; ", mistakes));

    private static UciPackage Parse(string text) => UciPackage.Parse("access", System.Text.Encoding.UTF8.GetBytes(text), UciReaderOptions.Default);

    private static string Rule(string effect, string action, string principal, string path) =>
        $"config rule\n option effect {effect}\n list action {action}\n list principal '{principal}'\n list path '{path}'\n";

    private static string Pick(Random random, string[] choices) => choices[random.Next(choices.Length)];

    private static IEnumerable<(AccessPath Path, string Text)> AllPaths() => Modules
        .SelectMany(module => Types.SelectMany(type => Names.SelectMany(name => Options.Select(option => (
            AccessPath.OfOption(module, type, name, option), $"{module}.{name ?? "(none)"}/{type}.{option}"))
            .Append((AccessPath.OfSection(module, type, name), $"{module}.{name ?? "(none)"}/{type}")))))
        .Append((AccessPath.OfTopic("news"), "topic:news")).Append((AccessPath.OfTopic("other"), "topic:other"));

    private static bool PlainlyAllows(List<PlainRule> rules, AccessAction action, string path) =>
        rules.FirstOrDefault(rule => rule.Action == AccessRules.NameOf(action) && rule.Principal is "uid:1" or "uid:*" or "*" or "group:ops" && Covers(rule.Path, path))?.Allows == true;

    // A pattern becomes a regular expression over "module.name/type.option".
    private static bool Covers(string pattern, string path)
    {
        if (pattern == "*")
        {
            return true;
        }

        static string Part(string glob) => Regex.Escape(glob).Replace("\\*", "[^./]*", StringComparison.Ordinal).Replace("\\?", "[^./]", StringComparison.Ordinal);
        if (pattern.StartsWith("topic:", StringComparison.Ordinal) || path.StartsWith("topic:", StringComparison.Ordinal))
        {
            return Regex.IsMatch(path, $"^{Part(pattern)}$");
        }

        var parts = pattern.Split('.');
        var section = parts.Length < 2 || parts[1] == "*" ? "[^/]*/[^.]*" : parts[1][0] == '@' ? $"[^/]*/{Part(parts[1][1..])}" : $"{Part(parts[1])}/[^.]*";
        var rest = parts.Length == 1 ? "" : parts.Length == 2 ? $"\\.{section}" : $"\\.{section}\\.{Part(parts[2])}";
        return Regex.IsMatch(path, $"^{Part(parts[0])}{rest}({(parts.Length == 3 ? "$" : "\\.|$")})");
    }

    private sealed record PlainRule(bool Allows, string Action, string Principal, string Path)
    {
        public override string ToString() => Rule(Allows ? "allow" : "deny", Action, Principal, Path);
    }
}
