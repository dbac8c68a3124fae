using System.Net;
using System.Text;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Storage.Backups;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Options that a schema calls secret, on a real node: what is on disk, what is shown, and to whom.</summary>
public sealed class SecretTests
{
    private const string Plain = "correct-horse-battery";
    private const string Schema = """
        config module 'wireless'
        	option version '1.0.0'

        config section 'iface'
        	option named 'required'

        config field
        	option section 'iface'
        	option name 'key'
        	option secret '1'
        	option validation 'min:8'

        config field
        	option section 'iface'
        	option name 'keys'
        	option secret '1'

        config field
        	option section 'iface'
        	option name 'pin'
        	option type 'int'
        	option secret '1'

        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_is_nowhere_on_disk_and_shown_only_when_that_is_asked_for()
    {
        await using var node = await StartAsync();
        await SetAsync(node, "key", ConfigValue.FromText(Plain));
        await SetAsync(node, "keys", ConfigValue.FromTexts([Plain, "second"]));
        await SetAsync(node, "pin", ConfigValue.FromInt(73_550_123));
        Assert.Equal("(secret)\n", (await ProgramRun.CmsAsync(node, "get", "wireless.home.key")).Output);
        Assert.Equal("(secret) (secret)\n", (await ProgramRun.CmsAsync(node, "get", "wireless.home.keys")).Output);
        Assert.Equal(Plain + "\n", (await ProgramRun.CmsAsync(node, "get", "wireless.home.key", "--reveal")).Output);
        Assert.Equal(Plain + " second\n", (await ProgramRun.CmsAsync(node, "get", "wireless.home.keys", "--reveal")).Output);
        Assert.Equal("73550123", (await ProgramRun.CmsAsync(node, "get", "wireless.home.pin", "--reveal", "--json")).Output.Trim());
        Assert.Contains($"'{Plain}'", (await ProgramRun.CmsAsync(node, "export", "wireless", "--reveal")).Output, StringComparison.Ordinal);
        foreach (var arguments in new[] { "show wireless", "export wireless", "export wireless --format yaml", "history wireless --json", "diff wireless --from 1", "search --value second", "tree wireless", "watch wireless --since 0 -n 4 --old" })
        {
            var shown = await ProgramRun.CmsAsync(node, arguments.Split(' '));
            Assert.DoesNotContain(Plain, shown.Output + shown.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("cms-sealed", shown.Output, StringComparison.Ordinal);
        }

        using var http = NodeHttp.Client(node);
        foreach (var path in new[] { "modules/wireless", "modules/wireless/commits?after=0&old=true", "modules/wireless/diff?from=1&to=3", "history" })
        {
            Assert.DoesNotContain(Plain, await http.GetStringAsync(path, Token), StringComparison.Ordinal);
        }

        Assert.Contains(Plain, await http.GetStringAsync("modules/wireless?reveal=true", Token), StringComparison.Ordinal);
        Assert.Contains(Plain, await http.GetStringAsync("modules/wireless?reveal=true&revision=3", Token), StringComparison.Ordinal);
        await node.Client.CreateBackupAsync(new BackupRequest { Name = "all" }, Token);
        await node.StopAsync();
        BackupFile.Extract(Path.Combine(node.StateDirectory, "backups", "all.backup"), Path.Combine(node.StateDirectory, "backups", "extracted"));
        AssertNowhere(node, Plain);
        AssertNowhere(node, "73550123");
        Assert.Contains("cms-sealed:1:", await File.ReadAllTextAsync(node.FileOf("wireless"), Token), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(node.StateDirectory, "master.key")));
    }

    [Fact]
    public async Task The_schema_looks_at_the_plain_text_and_no_refusal_has_it()
    {
        await using var node = await StartAsync();
        var refused = await Assert.ThrowsAsync<RefusedException>(() => SetAsync(node, "key", ConfigValue.FromText("sh0rt")));
        Assert.Equal(ErrorCode.SchemaViolated, refused.Refusal.Code);
        Assert.DoesNotContain("sh0rt", refused.Refusal.ToString(), StringComparison.Ordinal);
        await SetAsync(node, "key", ConfigValue.FromText(Plain));
        var check = new WireOperation { Op = "check", Section = "home", Option = "key", Value = ConfigValue.FromText("guessed-value") };
        refused = await Assert.ThrowsAsync<RefusedException>(() => CommitAsync(node, check));
        Assert.Equal(ErrorCode.Conflict, refused.Refusal.Code);
        Assert.DoesNotContain(Plain, refused.Refusal.Message, StringComparison.Ordinal);
        await CommitAsync(node, check with { Value = ConfigValue.FromText(Plain) });
    }

    [Fact]
    public async Task The_same_secret_again_changes_nothing_and_the_redacted_text_stands_for_it()
    {
        await using var node = await StartAsync();
        Assert.Equal(1, (await SetAsync(node, "key", ConfigValue.FromText(Plain))).Changes);
        Assert.Equal(0, (await SetAsync(node, "key", ConfigValue.FromText(Plain))).Changes);
        Assert.Equal(0, (await SetAsync(node, "key", ConfigValue.FromText("(secret)"))).Changes);
        var exported = (await ProgramRun.CmsAsync(node, "export", "wireless")).Output;
        Assert.Contains("'(secret)'", exported, StringComparison.Ordinal);
        var edited = exported.Replace("option ssid 'x'", "option ssid 'y'", StringComparison.Ordinal);
        Assert.Equal(0, (await ProgramRun.CmsWithInputAsync(node, edited, "import")).ExitCode);
        Assert.Equal(Plain + "\n", (await ProgramRun.CmsAsync(node, "get", "wireless.home.key", "--reveal")).Output);
        Assert.Equal("y\n", (await ProgramRun.CmsAsync(node, "get", "wireless.home.ssid")).Output);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => SetAsync(node, "keys", ConfigValue.FromTexts(["(secret)"])));
        Assert.Equal(ErrorCode.InvalidArgument, refused.Refusal.Code);
    }

    [Fact]
    public async Task A_sealed_text_is_taken_only_in_the_place_that_it_was_sealed_for()
    {
        await using var node = await StartAsync();
        await SetAsync(node, "key", ConfigValue.FromText(Plain), wait: true);
        var line = (await File.ReadAllLinesAsync(node.FileOf("wireless"), Token)).Single(each => each.Contains("cms-sealed", StringComparison.Ordinal));
        var hidden = ConfigValue.FromText(line.Split('\'')[1]);
        Assert.Equal(0, (await SetAsync(node, "key", hidden)).Changes);
        using var http = NodeHttp.Client(node);
        foreach (var (option, status) in new[] { ("key", HttpStatusCode.OK), ("pin", HttpStatusCode.BadRequest), ("ssid", HttpStatusCode.BadRequest) })
        {
            // Our own client shows nobody a sealed text, the daemon included.
            using var body = new StringContent($$"""{"operations":[{"op":"set","section":"home","option":"{{option}}","value":"{{hidden.GetText()}}"}]}""", Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync("modules/wireless/commits", body, Token);
            Assert.Equal(status, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_secret_stays_one_when_its_option_or_section_is_called_otherwise()
    {
        await using var node = await StartAsync();
        await SetAsync(node, "key", ConfigValue.FromText(Plain));
        await CommitAsync(node, new WireOperation { Op = "rename", Section = "home", Option = "key", Name = "note" });
        Assert.Equal("(secret)\n", (await ProgramRun.CmsAsync(node, "get", "wireless.home.note")).Output);
        await CommitAsync(node, new WireOperation { Op = "rename", Section = "home", Name = "house" });
        await CommitAsync(node, new WireOperation { Op = "set", Section = "house", Type = "other" });
        Assert.Equal(Plain + "\n", (await ProgramRun.CmsAsync(node, "get", "wireless.house.note", "--reveal")).Output);
        await node.StopAsync();
        AssertNowhere(node, Plain);
    }

    [Fact]
    public async Task What_is_edited_into_the_file_is_taken_in_and_sealed()
    {
        await using var node = await StartAsync();
        await SetAsync(node, "keys", ConfigValue.FromTexts(["one-one-one", "two-two-two"]), wait: true);
        var text = await File.ReadAllTextAsync(node.FileOf("wireless"), Token);
        var first = text.Split('\n').First(line => line.Contains("list keys", StringComparison.Ordinal));
        await File.WriteAllTextAsync(node.FileOf("wireless"), text.Replace(first, $"\tlist keys '{Plain}'\n\toption key '{Plain}'", StringComparison.Ordinal), Token);
        await Eventually.IsSoAsync(async () => (await ProgramRun.CmsAsync(node, "get", "wireless.home.keys", "--reveal")).Output == Plain + " two-two-two\n");
        Assert.Equal(Plain + "\n", (await ProgramRun.CmsAsync(node, "get", "wireless.home.key", "--reveal")).Output);
        await Eventually.IsSoAsync(async () => !(await File.ReadAllTextAsync(node.FileOf("wireless"), Token)).Contains(Plain, StringComparison.Ordinal));
        await node.StopAsync();
        AssertNowhere(node, Plain);
    }

    [Fact]
    public async Task The_uci_command_works_with_what_the_file_has()
    {
        await using var node = await StartAsync();
        Assert.Equal(0, (await ProgramRun.UciAsync(node, "set", $"wireless.home.key={Plain}")).ExitCode);
        var committed = await ProgramRun.UciAsync(node, "commit", "wireless");
        Assert.True(committed.ExitCode == 0, committed.Error);
        Assert.StartsWith("cms-sealed:1:", (await ProgramRun.UciAsync(node, "get", "wireless.home.key")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await ProgramRun.UciAsync(node, "set", "wireless.home.ssid=z")).ExitCode);
        Assert.Equal(0, (await ProgramRun.UciAsync(node, "commit", "wireless")).ExitCode);
        Assert.Equal(Plain + "\n", (await ProgramRun.CmsAsync(node, "get", "wireless.home.key", "--reveal")).Output);
    }

    [Fact]
    public async Task A_plain_file_that_was_for_all_is_its_owners_alone_once_it_has_secrets()
    {
        var plainFile = Schema.Replace("option named 'required'", "option named 'required'\n\toption plain_file '1'", StringComparison.Ordinal);
        await using var node = await StartAsync(plainFile.Replace("option secret '1'", "option description 'x'", StringComparison.Ordinal));
        await SetAsync(node, "key", ConfigValue.FromText(Plain), wait: true);
        File.SetUnixFileMode(node.FileOf("wireless"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        await node.Client.RegisterSchemaAsync("wireless", Encoding.UTF8.GetBytes(plainFile.Replace("1.0.0", "1.1.0", StringComparison.Ordinal)), null, Token);
        await Eventually.IsSoAsync(() => File.GetUnixFileMode(node.FileOf("wireless")) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Contains($"option key '{Plain}'", await File.ReadAllTextAsync(node.FileOf("wireless"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plain_file_has_the_plain_text_for_its_owner_alone()
    {
        await using var node = await StartAsync(Schema.Replace("option named 'required'", "option named 'required'\n\toption plain_file '1'", StringComparison.Ordinal));
        await SetAsync(node, "key", ConfigValue.FromText(Plain), wait: true);
        Assert.Contains($"option key '{Plain}'", await File.ReadAllTextAsync(node.FileOf("wireless"), Token), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(node.FileOf("wireless")));
        var text = await File.ReadAllTextAsync(node.FileOf("wireless"), Token);
        await File.WriteAllTextAsync(node.FileOf("wireless"), text.Replace(Plain, "another-secret", StringComparison.Ordinal), Token);
        await Eventually.IsSoAsync(async () => (await ProgramRun.CmsAsync(node, "get", "wireless.home.key", "--reveal")).Output == "another-secret\n");
        await node.StopAsync();
        AssertNowhere(node, Plain, "wireless");
    }

    [Fact]
    public async Task History_and_backups_bring_secrets_back()
    {
        await using var node = await StartAsync();
        var first = await SetAsync(node, "key", ConfigValue.FromText(Plain));
        await node.Client.CreateBackupAsync(new BackupRequest { Name = "all" }, Token);
        await SetAsync(node, "key", ConfigValue.FromText("another-secret"));
        await node.KillAsync();
        node.ForgetSegments();
        await node.StartAsync();
        Assert.Equal("another-secret\n", (await ProgramRun.CmsAsync(node, "get", "wireless.home.key", "--reveal")).Output);
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "rollback", "wireless", "--to", first.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture))).ExitCode);
        Assert.Equal(Plain + "\n", (await ProgramRun.CmsAsync(node, "get", "wireless.home.key", "--reveal")).Output);
        await SetAsync(node, "key", ConfigValue.FromText("third-secret"));
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "backup", "restore", "all")).ExitCode);
        Assert.Equal(Plain + "\n", (await ProgramRun.CmsAsync(node, "get", "wireless.home.key", "--reveal")).Output);
    }

    [Fact]
    public async Task Without_its_master_key_a_module_is_served_sealed_and_takes_no_new_secrets()
    {
        await using var node = await StartAsync();
        await SetAsync(node, "key", ConfigValue.FromText(Plain));
        await node.StopAsync();
        var master = Path.Combine(node.StateDirectory, "master.key");
        File.Move(master, master + ".away");
        await node.StartAsync();
        Assert.Equal("(secret)\n", (await ProgramRun.CmsAsync(node, "get", "wireless.home.key")).Output);
        Assert.Equal(ErrorCode.Unavailable, (await Assert.ThrowsAsync<RefusedException>(() => SetAsync(node, "key", ConfigValue.FromText("another-secret")))).Refusal.Code);
        Assert.Equal(1, (await SetAsync(node, "ssid", ConfigValue.FromText("free"))).Changes);
        Assert.False(File.Exists(master));
        File.Move(master + ".away", master);
        Assert.Equal(1, (await SetAsync(node, "key", ConfigValue.FromText("another-secret"))).Changes);
    }

    private static async Task<NodeProcess> StartAsync(string schema = Schema)
    {
        var node = new NodeProcess();
        node.Set("--segment-bytes=16777216");
        await File.WriteAllTextAsync(node.FileOf("wireless"), "\nconfig iface 'home'\n\toption ssid 'x'\n", Token);
        await node.StartAsync();
        await node.Client.RegisterSchemaAsync("wireless", Encoding.UTF8.GetBytes(schema), null, Token);
        return node;
    }

    private static Task<CommitReply> SetAsync(NodeProcess node, string option, ConfigValue value, bool wait = false) =>
        CommitAsync(node, new WireOperation { Op = "set", Section = "home", Option = option, Value = value }, wait);

    private static Task<CommitReply> CommitAsync(NodeProcess node, WireOperation operation, bool wait = false) =>
        node.Client.CommitAsync("wireless", new CommitRequest { Operations = [operation], WaitForFile = wait }, Token);

    private static void AssertNowhere(NodeProcess node, string plain, string? except = null)
    {
        var bytes = Encoding.UTF8.GetBytes(plain);
        foreach (var path in new[] { node.Root, node.RunDirectory }.Distinct().SelectMany(directory => Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)))
        {
            if (Path.GetFileName(path) != except)
            {
                Assert.True(File.ReadAllBytes(path).AsSpan().IndexOf(bytes) < 0, $"{path} has the plain text");
            }
        }

        Assert.DoesNotContain(plain, node.Output.ToString(), StringComparison.Ordinal);
    }
}
