using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Modules carried out of a real node and into it, one or several at once, and made what a directory says.</summary>
public sealed class TransferTests
{
    private const string Yaml =
        "module: net\nsections:\n- type: interface\n  name: lan\n  options:\n    mtu: 1500\n    on: yes\n    empty: []\n    key: {base64: /w==}\ntables:\n"
        + "- {table: hosts, primaryKey: mac, columns: [{name: mac, type: string, size: 17}, {name: n, type: int}], rows: [{mac: a, n: 1}]}\n";

    [Theory]
    [InlineData("json")]
    [InlineData("yaml")]
    public async Task A_module_goes_out_and_into_an_empty_one_as_it_was(string format)
    {
        await using var node = await StartAsync();
        await OkAsync(node, Yaml, "import", "net");
        var text = await OkAsync(node, null, "export", "net", "--format", format);
        await OkAsync(node, text, "import", "copy");
        Assert.Equal(text.Replace("net", "copy", StringComparison.Ordinal), await OkAsync(node, null, "export", "copy", "--format", format));
        Assert.Equal(text, await OkAsync(node, null, "export", "net", $"--{format}"));
        Assert.Contains("\"mtu\":1500", await OkAsync(node, null, "show", "copy", "--json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_modules_are_imported_as_one_commit_or_not_at_all()
    {
        await using var node = await StartAsync();
        await OkAsync(node, Yaml + "---\nmodule: dhcp\nsections: [{type: dhcp}]\n", "import");
        var (one, other) = ((await node.Client.HistoryAsync("net", 1, Token))[0], (await node.Client.HistoryAsync("dhcp", 1, Token))[0]);
        Assert.NotNull(one.Transaction);
        Assert.Equal(one.Transaction, other.Transaction);
        var refused = await CmsAsync(node, "modules: [{module: net, sections: []}, {module: dhcp, expected: 7, sections: []}]", "import");
        Assert.Equal(5, refused.ExitCode);
        Assert.Contains("dhcp: the module is at revision 1, not 7", refused.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await node.Client.HistoryAsync("net", 1, Token))[0].Revision);
        var all = await OkAsync(node, null, "export", "--yaml");
        await OkAsync(node, all, "import");
        Assert.Equal(all, await OkAsync(node, null, "export", "--yaml"));
        await OkAsync(node, "package net\nconfig interface 'wan'\npackage dhcp\n", "import", "--merge");
        Assert.Equal("lan\nwan\n", await OkAsync(node, null, "list", "net"));
    }

    [Fact]
    public async Task A_malformed_text_is_refused_by_line_and_path()
    {
        await using var node = await StartAsync();
        var (exitCode, _, error) = await CmsAsync(node, "module: net\nsections:\n- type: interface\n  options:\n    a-b: 1\n", "import", "net");
        Assert.Equal((2, "cms: line 5, sections[0].options.a-b: option name 'a-b' is not legal: use letters, digits and _ only\n"), (exitCode, error));
        Assert.Contains("line 2", (await CmsAsync(node, "config a\nconfig 'x y'\n", "import", "net")).Error, StringComparison.Ordinal);
        Assert.Contains("does not say which module", (await CmsAsync(node, "sections: []\n", "import")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_apply_shows_its_plan_and_carries_out_no_other()
    {
        await using var node = await StartAsync();
        await OkAsync(node, Yaml, "import", "net");
        await OkAsync(node, "config a 'b'\n", "import", "old");
        var files = Directory.CreateDirectory(Path.Combine(node.Root, "files")).FullName;
        await File.WriteAllTextAsync(Path.Combine(files, "net.yaml"), Yaml.Replace("1500", "1400", StringComparison.Ordinal), Token);
        await File.WriteAllTextAsync(Path.Combine(files, "dhcp"), "config dhcp 'lan'\n\toption start '100'\n", Token);
        await File.WriteAllTextAsync(Path.Combine(files, "README.md"), "ours\n", Token);

        var plan = await CmsAsync(node, null, "apply", "-f", files, "--dry-run");
        Assert.Equal(100, plan.ExitCode);
        Assert.Contains("README.md is no module", plan.Error, StringComparison.Ordinal);
        Assert.Equal(
            $"--- dhcp revision 0\n+++ dhcp {files}/dhcp\n+dhcp.lan=dhcp\n+dhcp.lan.start='100'\n--- net revision 1\n+++ net {files}/net.yaml\n-net.lan.mtu='1500'\n+net.lan.mtu='1400'\n"
            + "dhcp: 2 to add, 0 to change, 0 to remove (new)\nnet: 0 to add, 1 to change, 0 to remove\n",
            plan.Output);
        var unasked = await CmsAsync(node, null, "apply", "-f", files);
        Assert.Equal(2, unasked.ExitCode);
        Assert.Contains("say --yes", unasked.Error, StringComparison.Ordinal);

        Assert.EndsWith("dhcp: revision 1, 2 changes\nnet: revision 2, 1 change\n", await OkAsync(node, null, "apply", "-f", files, "--yes"), StringComparison.Ordinal);
        Assert.Equal("dhcp: nothing to do\nnet: nothing to do\n", await OkAsync(node, null, "apply", "-f", files, "--dry-run"));
        Assert.Contains("config a 'b'", await OkAsync(node, null, "export", "old"), StringComparison.Ordinal);

        File.Delete(Path.Combine(files, "README.md"));
        Assert.Contains("-old.b=a\n", await OkAsync(node, null, "apply", "-f", files, "--yes", "--prune"), StringComparison.Ordinal);
        Assert.Equal("package old\n\n", await OkAsync(node, null, "export", "old"));
        Assert.Equal("apply", (await node.Client.HistoryAsync("old", 1, Token))[0].Message);
    }

    [Theory]
    [InlineData("net.conf")]
    [InlineData("net.uci.j2")]
    public async Task A_prune_empties_no_module_whose_file_may_only_be_misnamed(string name)
    {
        await using var node = await StartAsync();
        await OkAsync(node, Yaml, "import", "net");
        await OkAsync(node, "config dhcp 'lan'\n", "import", "dhcp");
        var files = Directory.CreateDirectory(Path.Combine(node.Root, "files")).FullName;
        await File.WriteAllTextAsync(Path.Combine(files, "dhcp"), "config dhcp 'lan'\n", Token);
        await File.WriteAllTextAsync(Path.Combine(files, name), "config interface 'lan'\n", Token);

        var directory = await CmsAsync(node, null, "apply", "-f", files, "--prune", "--yes");
        Assert.True(directory.ExitCode == 2, directory.Output);
        Assert.Contains($"it is not known what is in {files}/{name};", directory.Error, StringComparison.Ordinal);
        var file = await CmsAsync(node, null, "apply", "-f", Path.Combine(files, "dhcp"), "--prune", "--yes");
        Assert.True(file.ExitCode == 2, file.Output);
        Assert.Contains("is a single file", file.Error, StringComparison.Ordinal);
        Assert.Equal("lan\n", await OkAsync(node, null, "list", "net"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await node.StartAsync();
        return node;
    }

    private static Task<(int ExitCode, string Output, string Error)> CmsAsync(NodeProcess node, string? input, params string[] arguments) =>
        ProgramRun.CmsWithInputAsync(node, input, arguments);

    private static async Task<string> OkAsync(NodeProcess node, string? input, params string[] arguments)
    {
        var (exitCode, output, error) = await CmsAsync(node, input, arguments);
        Assert.True(exitCode == 0, $"{string.Join(' ', arguments)}: {exitCode} {error}");
        return output;
    }
}
