using System.Text;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>What callers under other uids see and change through a real daemon.</summary>
public sealed class AccessTests
{
    private const int User = 61001;

    // What is hidden, and a name of the same length that there is nothing of.
    private static readonly (string Method, string Path, string? Body)[] AboutModules =
    [
        ("GET", "modules/M", null), ("GET", "modules/M?revision=1", null), ("GET", "modules/M/sections", null), ("GET", "modules/M/sections/lan", null),
        ("GET", "modules/M/sections/lan/options/mtu", null), ("GET", "modules/M/tables", null), ("GET", "modules/M/tables/t/rows", null), ("GET", "modules/M/schema", null),
        ("GET", "modules/M/memory", null), ("GET", "modules/M/history", null), ("GET", "modules/M/history?section=lan", null), ("GET", "modules/M/commits", null),
        ("GET", "modules/M/diff", null), ("GET", "search?q=M", null), ("GET", "search?q=x&module=M", null), ("PUT", "modules/M", "{\"sections\":[]}"),
        ("POST", "modules/M/commits", "{\"operations\":[{\"op\":\"set\",\"section\":\"lan\",\"option\":\"mtu\",\"value\":\"1\"}]}"),
        ("POST", "modules/M/rollback", "{\"to\":1}"), ("POST", "commits", "{\"modules\":[{\"module\":\"M\",\"operations\":[{\"op\":\"delete\",\"section\":\"lan\"}]}]}"),
        ("POST", "commits", "{\"modules\":[{\"module\":\"M\",\"expected\":77}]}"), ("POST", "transactions", "{\"locks\":[\"M\"]}"),
    ];

    private static readonly (string Method, string Path, string? Body)[] AboutSections =
    [
        ("GET", "modules/part/sections/S", null), ("GET", "modules/part/sections/S/options/mtu", null), ("GET", "modules/part/history?section=S", null),
        ("GET", "modules/part/diff?from=0&section=S", null), ("GET", "modules/part/tables/S/rows", null), ("GET", "search?q=S", null),
        ("POST", "modules/part/commits", "{\"operations\":[{\"op\":\"set\",\"section\":\"S\",\"option\":\"mtu\",\"value\":\"1\"}]}"),
        ("POST", "modules/part/commits", "{\"operations\":[{\"op\":\"delete\",\"section\":\"S\"}]}"),
        ("POST", "modules/part/commits", "{\"operations\":[{\"op\":\"rename\",\"section\":\"S\",\"name\":\"other\"}]}"),
        ("POST", "modules/part/commits", "{\"operations\":[{\"op\":\"add\",\"type\":\"interface\",\"name\":\"S\"}]}"),
        ("POST", "modules/part/rollback", "{\"to\":1,\"section\":\"S\"}"), ("DELETE", "modules/part/sections/S", null),
        ("PUT", "modules/part/sections/S/options/mtu", "{\"value\":\"1\"}"),
    ];

    private static readonly (string Method, string Path, string? Body)[] AboutOptions =
    [
        ("GET", "modules/part/sections/lan/options/O", null), ("GET", "modules/part/history?section=lan&option=O", null), ("GET", "modules/part/diff?from=0&section=lan&option=O", null),
        ("GET", "search?q=O", null), ("POST", "modules/part/commits", "{\"operations\":[{\"op\":\"delete\",\"section\":\"lan\",\"option\":\"O\"}]}"),
        ("POST", "modules/part/commits", "{\"operations\":[{\"op\":\"set\",\"section\":\"lan\",\"option\":\"O\",\"value\":\"1\"}]}"),
        ("POST", "modules/part/commits", "{\"operations\":[{\"op\":\"check\",\"section\":\"lan\",\"option\":\"O\",\"value\":\"1\"}]}"),
        ("DELETE", "modules/part/sections/lan/options/O", null),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_may_not_be_read_is_answered_for_byte_by_byte_as_what_is_not_there()
    {
        await using var node = await StartAsync();
        var user = new OtherUser(node, User);
        await AssertAlikeAsync(user, AboutModules, "M", "hidden", "absent");
        await AssertAlikeAsync(user, AboutSections, "S", "secret", "absent");
        await AssertAlikeAsync(user, AboutOptions, "O", "passwd", "absent");
        Assert.DoesNotContain("hidden", await user.SendAsync("GET", "modules"), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", await user.SendAsync("GET", "history"), StringComparison.Ordinal);
        foreach (var path in new[] { "modules/part", "modules/part?revision=1", "modules/part/sections", "modules/part/history", "modules/part/commits?old=true", "modules/part/diff?from=0", "search?q=e", "history" })
        {
            var seen = await user.SendAsync("GET", path);
            Assert.EndsWith("\n200", seen, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", seen, StringComparison.Ordinal);
            Assert.DoesNotContain("passwd", seen, StringComparison.Ordinal);
            Assert.DoesNotContain("hush", seen, StringComparison.Ordinal);
        }

        var text = await user.SendAsync("GET", "modules/part", accept: "application/x-uci");
        Assert.Contains("config interface 'lan'\n\toption mtu '1500'\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_of_anything_that_may_not_be_changed_changes_nothing_whichever_way_it_comes()
    {
        await using var node = await StartAsync();
        var user = new OtherUser(node, User);
        Assert.EndsWith("\n200", await CommitAsync(user, "{\"op\":\"set\",\"section\":\"lan\",\"option\":\"mtu\",\"value\":\"9\"}"), StringComparison.Ordinal);
        var before = (await node.Client.HistoryAsync("part", 1, Token))[0].Revision;
        string[] refused =
        [
            await CommitAsync(user, "{\"op\":\"set\",\"section\":\"lan\",\"option\":\"mtu\",\"value\":\"8\"},{\"op\":\"set\",\"section\":\"lan\",\"option\":\"fixed\",\"value\":\"8\"}"),
            await CommitAsync(user, "{\"op\":\"delete\",\"section\":\"lan\"}"),
            await CommitAsync(user, "{\"op\":\"rename\",\"section\":\"lan\",\"name\":\"open\"}"),
            await CommitAsync(user, "{\"op\":\"add\",\"type\":\"interface\",\"name\":\"secret\"}"),
            await user.SendAsync("PUT", "modules/part", "config interface 'lan'\n\toption fixed '8'\n", "application/x-uci"),
            await user.SendAsync("PUT", "modules/part?merge=true", "config interface 'lan'\n\toption fixed '8'\n", "application/x-uci"),
            await user.SendAsync("POST", "modules/part/delta", "part.lan.fixed='8'\n", "text/plain"),
            await user.SendAsync("POST", "bulk", "set part.lan.fixed=8\n", "application/x-uci"),
            await user.SendAsync("POST", "bulk?atomic=true", "set part.lan.fixed=8\n", "application/x-uci"),
            await user.SendAsync("POST", "modules/part/rollback", "{\"to\":0}"),
            await user.SendAsync("POST", "commits", "{\"modules\":[{\"module\":\"part\",\"operations\":[{\"op\":\"set\",\"section\":\"lan\",\"option\":\"fixed\",\"value\":\"8\"}]}]}"),
        ];
        Assert.All(refused, answer => Assert.True(answer.EndsWith("\n403", StringComparison.Ordinal), answer));
        Assert.All(refused, answer => Assert.DoesNotContain("passwd", answer, StringComparison.Ordinal));
        Assert.Equal(before, (await node.Client.HistoryAsync("part", 1, Token))[0].Revision);
    }

    [Fact]
    public async Task Nobody_raises_himself_by_the_rules_and_what_is_no_rule_is_refused()
    {
        await using var node = await StartAsync();
        var user = new OtherUser(node, User);
        const string Mine = "config rule\n\toption effect 'allow'\n\tlist action '*'\n\tlist principal '*'\n\tlist path '*'\n";
        Assert.EndsWith("\n403", await user.SendAsync("PUT", "modules/access", Mine, "application/x-uci"), StringComparison.Ordinal);
        Assert.EndsWith("\n403", await user.SendAsync("PUT", "modules/access?merge=true", Mine, "application/x-uci"), StringComparison.Ordinal);
        Assert.EndsWith("\n404", await user.SendAsync("GET", "modules/access"), StringComparison.Ordinal);
        Assert.EndsWith("\n404", await user.SendAsync("POST", "modules/access/rollback", "{\"to\":0}"), StringComparison.Ordinal);
        foreach (var path in new[] { "status", "memory", "backups", "migrations", "validators" })
        {
            Assert.EndsWith("\n403", await user.SendAsync("GET", path), StringComparison.Ordinal);
        }

        Assert.EndsWith("\n403", await user.SendAsync("POST", "backups", "{}"), StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => node.Client.ImportAsync("access", Encoding.UTF8.GetBytes("config rul\n"), new(), Token));
        Assert.Equal(ErrorCode.InvalidArgument, refused.Refusal.Code);
        Assert.Contains("access.@rul[0]", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("\n200", await user.SendAsync("GET", "modules/part"), StringComparison.Ordinal);
        await node.Client.ImportAsync("access", Encoding.UTF8.GetBytes(Rules + "\nconfig role 'none'\n"), new() { WaitForFile = true }, Token);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(node.FileOf("access")));
    }

    [Fact]
    public async Task Rules_hold_from_the_commit_on_that_changes_them_and_groups_are_those_of_the_kernel()
    {
        await using var node = await StartAsync();
        var (user, member) = (new OtherUser(node, User), new OtherUser(node, User + 1, group: 61777));
        Assert.EndsWith("\n404", await member.SendAsync("GET", "modules/hidden"), StringComparison.Ordinal);
        await ImportAsync(node, "access", Rule("deny", "*", $"uid:{User}", "part") + Rule("allow", "read", "group:61777", "hidden") + Rules);
        Assert.EndsWith("\n404", await user.SendAsync("GET", "modules/part"), StringComparison.Ordinal);
        Assert.EndsWith("\n200", await member.SendAsync("GET", "modules/hidden"), StringComparison.Ordinal);
        await ImportAsync(node, "access", Rules);
        Assert.EndsWith("\n200", await user.SendAsync("GET", "modules/part"), StringComparison.Ordinal);
        Assert.EndsWith("\n404", await member.SendAsync("GET", "modules/hidden"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transaction_belongs_to_who_began_it()
    {
        await using var node = await StartAsync();
        var begun = await node.Client.BeginAsync(new TransactionBeginRequest(), Token);
        var user = new OtherUser(node, User);
        foreach (var (method, path, body) in new (string, string, string?)[]
        {
            ("GET", "transactions/T", null), ("DELETE", "transactions/T", null), ("POST", "transactions/T/commit", "{}"), ("GET", "transactions/T/modules/part", null),
        })
        {
            var (foreign, absent) = (await user.SendAsync(method, path.Replace("T", begun.Transaction, StringComparison.Ordinal), body), await user.SendAsync(method, path.Replace("T", new string('0', 32), StringComparison.Ordinal), body));
            Assert.Equal(absent.Replace(new string('0', 32), "T", StringComparison.Ordinal), foreign.Replace(begun.Transaction, "T", StringComparison.Ordinal));
            Assert.EndsWith("\n404", foreign, StringComparison.Ordinal);
        }

        Assert.Equal("[]\n200", await user.SendAsync("GET", "transactions"));
        Assert.Equal(begun.Transaction, (await node.Client.TransactionAsync(begun.Transaction, Token)).Transaction);
    }

    [Fact]
    public async Task A_watcher_hears_only_what_he_may_read()
    {
        await using var node = await StartAsync();
        using var watch = new OtherUser(node, User).Watch("watch?pattern=*&old=true");
        var start = (await watch.StandardOutput.ReadLineAsync(Token))!;
        Assert.DoesNotContain("hidden", start, StringComparison.Ordinal);
        await SetAsync(node, "hidden", "lan", "mtu", "hush1");
        await SetAsync(node, "part", "secret", "mtu", "hush2");
        await SetAsync(node, "part", "lan", "passwd", "hush3");
        await SetAsync(node, "part", "lan", "mtu", "1400");
        var heard = (await watch.StandardOutput.ReadLineAsync(Token))!;
        Assert.Contains("\"1400\"", heard, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", heard, StringComparison.Ordinal);
        watch.Kill();
        await watch.WaitForExitAsync(Token);
    }

    [Fact]
    public async Task Explain_says_which_rule_decides_and_check_what_is_no_rule()
    {
        await using var node = await StartAsync();
        var denied = await ProgramRun.CmsAsync(node, "access", "explain", $"uid:{User}", "part.lan.passwd");
        Assert.Contains("denied: @rule[0] denies it", denied.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, denied.ExitCode);
        var allowed = await ProgramRun.CmsAsync(node, "access", "explain", $"uid:{User}", "part.lan.mtu", "--action", "write");
        Assert.Equal((0, "allowed: @rule[4] allows it\n"), (allowed.ExitCode, allowed.Output));
        var file = Path.Combine(node.Root, "rules");
        await File.WriteAllTextAsync(file, "config rule\n", Token);
        var check = await ProgramRun.CmsAsync(node, "access", "check", file);
        Assert.Equal(2, check.ExitCode);
        Assert.Contains("access.@rule[0].effect", check.Output, StringComparison.Ordinal);
    }

    private static string Rules =>
        Rule("deny", "*", $"uid:{User}", "part.*.passwd") + Rule("deny", "*", $"uid:{User}", "part.secret") + Rule("allow", "read", $"uid:{User}", "part")
        + Rule("allow", "watch", $"uid:{User}", "part") + Rule("allow", "write", $"uid:{User}", "part.*.mtu");

    private static string Rule(string effect, string action, string principal, string path) =>
        $"config rule\n\toption effect '{effect}'\n\tlist action '{action}'\n\tlist principal '{principal}'\n\tlist path '{path}'\n";

    private static Task<string> CommitAsync(OtherUser user, string operations) => user.SendAsync("POST", "modules/part/commits", $"{{\"operations\":[{operations}]}}");

    private static Task<CommitReply> ImportAsync(NodeProcess node, string module, string text) => node.Client.ImportAsync(module, Encoding.UTF8.GetBytes(text), new(), Token);

    private static Task<CommitReply> SetAsync(NodeProcess node, string module, string section, string option, string value) => node.Client.CommitAsync(
        module, new CommitRequest { Operations = [new WireOperation { Op = "set", Section = section, Option = option, Value = ConfigValue.FromText(value) }] }, Token);

    private static async Task AssertAlikeAsync(OtherUser user, (string Method, string Path, string? Body)[] requests, string mark, string hidden, string absent)
    {
        foreach (var (method, path, body) in requests)
        {
            async Task<string> AskAsync(string name) => (await user.SendAsync(method, path.Replace(mark, name, StringComparison.Ordinal), body?.Replace(mark, name, StringComparison.Ordinal)))
                .Replace(name, "NAME", StringComparison.Ordinal);
            Assert.Equal($"{method} {path} " + await AskAsync(absent), $"{method} {path} " + await AskAsync(hidden));
        }
    }

    private static async Task<NodeProcess> StartAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root to become somebody else");
        var node = new NodeProcess();
        await node.StartAsync();
        await ImportAsync(node, "hidden", "config interface 'lan'\n\toption mtu 'hush'\n");
        await ImportAsync(node, "part", "config interface 'lan'\n\toption mtu '1500'\n\toption fixed '1'\n\toption passwd 'hush'\n\nconfig interface 'secret'\n\toption mtu 'hush'\n");
        await ImportAsync(node, "access", Rules);
        return node;
    }
}
