using System.Text;
using Cms.Client;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Modules whose schemas have <c>sha_key</c>: what real nodes export is signed, and nothing else is imported.</summary>
public sealed class SignatureTests
{
    private const string Schema = "config module 'gates'\n\toption sha_key 'router'\n\nconfig section 'gate'\n";
    private const string Content = "config gate 'north'\n\toption mode 'open'\n\tlist keepers 'ann'\n\tlist keepers 'o'\\''neil'\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("uci", ".uci")]
    [InlineData("json", ".json")]
    [InlineData("yaml", ".yaml")]
    public async Task What_one_node_exports_another_with_the_same_key_imports(string format, string suffix)
    {
        await using var node = await StartAsync();
        await SignedAsync(node);
        await node.Client.CommitAsync("gates", new CommitRequest { Operations = [Set("count", ConfigValue.FromInt(5)), Set("share", ConfigValue.FromFloat(2)), .. Table()] }, Token);
        var text = await OkAsync(node, "export", "gates", "--format", format);
        Assert.Contains("1:router:", text, StringComparison.Ordinal);
        await using var other = await StartAsync();
        await SignedAsync(other);
        CopyKey(node, other);
        await SetAsync(other, "mode", "closed");
        await ImportAsync(other, text, suffix);
        Assert.Equal("open", await ModeAsync(other));
        Assert.Equal(text, await OkAsync(other, "export", "gates", "--format", format));
    }

    [Theory]
    [InlineData("uci", "'open'", "'ajar'")]
    [InlineData("uci", "list keepers", "list keeperz")]
    [InlineData("uci", "gate 'north'", "gate 'south'")]
    [InlineData("json", "\"open\"", "\"ajar\"")]
    [InlineData("json", "\"rows\": []", "\"rows\": [{\"name\":\"x\"}]")]
    [InlineData("json", "5", "\"5\"")]
    public async Task What_was_changed_is_refused(string format, string was, string became)
    {
        await using var node = await StartAsync();
        await SignedAsync(node);
        await node.Client.CommitAsync("gates", new CommitRequest { Operations = [Set("count", ConfigValue.FromInt(5)), .. Table()] }, Token);
        var text = await OkAsync(node, "export", "gates", "--format", format);
        Assert.Contains(was, text, StringComparison.Ordinal);
        var place = text.LastIndexOf(was, StringComparison.Ordinal);
        var changed = text[..place] + became + text[(place + was.Length)..];
        var error = await FailAsync(node, changed, "." + format);
        Assert.Contains("module gates takes imports signed by key 'router' alone, and this one is not as it was signed", error, StringComparison.Ordinal);
        Assert.Equal(3, (await node.Client.GetAsync("gates", Token)).Revision);
    }

    [Fact]
    public async Task Setting_a_text_otherwise_changes_nothing_and_uci_reads_it()
    {
        await using var node = await StartAsync();
        await SignedAsync(node);
        var text = await OkAsync(node, "export", "gates");
        var line = text.Split('\n')[1];
        Assert.StartsWith("# cms-signature: 1:router:", line, StringComparison.Ordinal);
        await SetAsync(node, "mode", "closed");
        await ImportAsync(node, $"# by hand\r\n{line}\r\n\r\nconfig gate north # first\n option mode open\nlist keepers ann\nlist keepers \"o'neil\"\n", ".uci");
        Assert.Equal("open", await ModeAsync(node));
        var directory = Directory.CreateDirectory(Path.Combine(node.Root, "uci")).FullName;
        Assert.Equal((0, "", ""), await ProgramRun.CmsWithInputAsync(node, text, "uci", "-c", directory, "import", "gates"));
        var (_, again, _) = await ProgramRun.CmsAsync(node, "uci", "-c", directory, "export", "gates");
        await SetAsync(node, "mode", "closed");
        await ImportAsync(node, line + "\n" + again, ".uci");
        Assert.Equal("open", await ModeAsync(node));
    }

    [Fact]
    public async Task What_is_not_signed_or_by_another_key_is_refused_whichever_way_it_comes()
    {
        await using var node = await StartAsync();
        await SignedAsync(node);
        const string Unsigned = "module gates takes imports signed by key 'router' alone, and this one has no signature";
        Assert.Contains(Unsigned, await FailAsync(node, Content, ".uci"), StringComparison.Ordinal);
        Assert.Contains(Unsigned, await FailAsync(node, "{\"module\":\"gates\",\"sections\":[]}", ".json"), StringComparison.Ordinal);
        foreach (var merge in new[] { false, true })
        {
            var refused = await Assert.ThrowsAsync<RefusedException>(() => node.Client.ImportAsync("gates", Encoding.UTF8.GetBytes(Content), new ImportOptions { Merge = merge }, Token));
            Assert.Equal(ErrorCode.Denied, refused.Refusal.Code);
        }

        await File.WriteAllTextAsync(Path.Combine(node.Root, "gates.uci"), Content.Replace("open", "ajar", StringComparison.Ordinal), Token);
        Assert.Contains(Unsigned, (await ProgramRun.CmsAsync(node, "apply", "--yes", "--file", Path.Combine(node.Root, "gates.uci"))).Error, StringComparison.Ordinal);
        var (exitCode, _, _) = await ProgramRun.CmsWithInputAsync(node, Content, "uci", "-c", node.ConfigDirectory, "import", "gates");
        Assert.NotEqual(0, exitCode);
        var text = await OkAsync(node, "export", "gates");
        Assert.Contains("signed by key 'roUter'", await FailAsync(node, text.Replace("1:router:", "1:roUter:", StringComparison.Ordinal), ".uci"), StringComparison.Ordinal);
        Assert.Contains("none that this version knows", await FailAsync(node, text.Replace("1:router:", "2:router:", StringComparison.Ordinal), ".uci"), StringComparison.Ordinal);
        Assert.Equal(2, (await node.Client.GetAsync("gates", Token)).Revision);
        Assert.Contains((await node.Client.Audit.FindAsync(new AuditSearch { Count = 50, Kind = "denied" }, Token)).Rows, row => row.Module == "gates");
    }

    [Fact]
    public async Task A_signature_holds_for_its_own_module()
    {
        await using var node = await StartAsync();
        await SignedAsync(node);
        await node.Client.RegisterSchemaAsync("doors", Encoding.UTF8.GetBytes(Schema.Replace("gates", "doors", StringComparison.Ordinal)), null, Token);
        var text = await OkAsync(node, "export", "gates");
        Assert.Contains("module doors takes imports signed by key 'router' alone, and this one is not as it was signed", (await ProgramRun.CmsWithInputAsync(node, text, "import", "doors")).Error, StringComparison.Ordinal);
        Assert.Equal((0, ""), await ExitAsync(node, text, "import", "free"));
        var both = await OkAsync(node, "export", "gates", "doors");
        Assert.Equal((0, ""), await ExitAsync(node, both, "import"));
        Assert.Contains("is not as it was signed", (await ProgramRun.CmsWithInputAsync(node, both.Replace("'open'", "'ajar'", StringComparison.Ordinal), "import")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_key_nothing_is_exported_or_imported_and_the_message_says_what_to_do()
    {
        await using var node = await StartAsync();
        await SignedAsync(node);
        var text = await OkAsync(node, "export", "gates");
        var key = KeyOf(node);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains($"others may read or write the key {key}; give it mode 0600", await FailAsync(node, text, ".uci"), StringComparison.Ordinal);
        File.Delete(key);
        Assert.Contains($"there is no key {key}: copy it from another node", await FailAsync(node, text, ".uci"), StringComparison.Ordinal);
        Assert.Contains("there is no key", (await ProgramRun.CmsAsync(node, "export", "gates")).Error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(key, "short", Token);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Contains("must be a line of base64 of 32 bytes or more", await FailAsync(node, text, ".uci"), StringComparison.Ordinal);
        File.Delete(key);
        Assert.Equal((0, key + "\n"), await node.RunDaemonAsync("signing-key", "router"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        Assert.Contains("the key here is another one of that name", await FailAsync(node, text, ".uci"), StringComparison.Ordinal);
        Assert.Contains("is there already", (await node.RunDaemonAsync("signing-key", "router")).Output, StringComparison.Ordinal);
        Assert.Contains("cannot name a key", (await node.RunDaemonAsync("signing-key", "../router")).Output, StringComparison.Ordinal);
        Assert.Equal(2, (await node.Client.GetAsync("gates", Token)).Revision);
    }

    [Fact]
    public async Task What_is_staged_is_exported_unsigned_and_that_is_said()
    {
        await using var node = await StartAsync();
        await SignedAsync(node);
        await OkAsync(node, "set", "gates.north.mode=ajar");
        var (exitCode, output, error) = await ProgramRun.CmsAsync(node, "export", "gates");
        Assert.Equal((0, "cms: warning: gates is exported without a signature, since it has staged changes; --committed leaves them out\n"), (exitCode, error));
        Assert.DoesNotContain("cms-signature", output, StringComparison.Ordinal);
        Assert.Contains("cms-signature", await OkAsync(node, "export", "gates", "--committed"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_text_that_the_API_answers_is_signed_as_well()
    {
        await using var node = await StartAsync();
        await SignedAsync(node);
        using var http = NodeHttp.Client(node);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("modules/gates", UriKind.Relative));
        request.Headers.Accept.ParseAdd("application/x-uci");
        using var answer = await http.SendAsync(request, Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.StartsWith("# cms-signature: 1:router:", text, StringComparison.Ordinal);
        await SetAsync(node, "mode", "closed");
        await ImportAsync(node, text, ".uci");
        Assert.Equal("open", await ModeAsync(node));
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("gates"), Content, Token);
        await node.StartAsync();
        return node;
    }

    private static async Task SignedAsync(NodeProcess node)
    {
        Assert.Equal(0, (await node.RunDaemonAsync("signing-key", "router")).Code);
        await node.Client.RegisterSchemaAsync("gates", Encoding.UTF8.GetBytes(Schema), null, Token);
    }

    private static string KeyOf(NodeProcess node) => Path.Combine(node.StateDirectory, "signing", "router.key");

    private static void CopyKey(NodeProcess from, NodeProcess to) => File.Copy(KeyOf(from), KeyOf(to), overwrite: true);

    private static WireOperation Set(string option, ConfigValue value) => new() { Op = "set", Section = "north", Option = option, Value = value };

    private static WireOperation[] Table() =>
        [new() { Op = "create_table", Table = "hosts", PrimaryKey = "name", Columns = [new WireColumn { Name = "name", Type = "string", Size = 20 }] }];

    private static Task<CommitReply> SetAsync(NodeProcess node, string option, string value) =>
        node.Client.CommitAsync("gates", new CommitRequest { Operations = [Set(option, ConfigValue.FromText(value))] }, Token);

    private static async Task<string> ModeAsync(NodeProcess node) => (await node.Client.GetAsync("gates", Token)).Sections[0].Options["mode"].GetText();

    private static async Task<string> OkAsync(NodeProcess node, params string[] arguments)
    {
        var (exitCode, output, error) = await ProgramRun.CmsAsync(node, arguments);
        Assert.Equal((0, ""), (exitCode, error));
        return output;
    }

    private static async Task<(int ExitCode, string Error)> ExitAsync(NodeProcess node, string input, params string[] arguments)
    {
        var (exitCode, _, error) = await ProgramRun.CmsWithInputAsync(node, input, arguments);
        return (exitCode, error);
    }

    private static async Task ImportAsync(NodeProcess node, string text, string suffix)
    {
        var file = Path.Combine(node.Root, "import" + suffix);
        await File.WriteAllTextAsync(file, text, Token);
        await OkAsync(node, "import", "gates", "--file", file);
    }

    private static async Task<string> FailAsync(NodeProcess node, string text, string suffix)
    {
        var file = Path.Combine(node.Root, "import" + suffix);
        await File.WriteAllTextAsync(file, text, Token);
        var (exitCode, _, error) = await ProgramRun.CmsAsync(node, "import", "gates", "--file", file);
        Assert.NotEqual(0, exitCode);
        return error;
    }
}
