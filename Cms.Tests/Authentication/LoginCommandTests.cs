using System.Diagnostics;
using Cms.Tests.CommandLine;
using Xunit;

namespace Cms.Tests.Authentication;

/// <summary>The commands about logins, users and keys, as a user types them, also to the node of another machine.</summary>
public sealed class LoginCommandTests : IDisposable
{
    private readonly Dictionary<string, string> _variables = [];
    private readonly string _home = Directory.CreateTempSubdirectory("cms-home-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task A_key_is_made_shown_once_rotated_and_revoked()
    {
        await using var node = await TcpNode.StartPlainAsync();
        var created = await RunAsync(node, null, "key", "create", "deploy", "--scope", "read network.*", "--expires", "2100-01-01");
        Assert.True(created.ExitCode == 0, created.Error);
        var token = created.Output.Trim();
        Assert.Matches("^cms_deploy_[0-9a-f]{64}$", token);
        Assert.Equal("key:deploy", (await node.WhoAmIAsync(token)).Principal);
        Assert.NotEqual(0, (await RunAsync(node, null, "key", "create", "deploy")).ExitCode);
        Assert.Equal(2, (await RunAsync(node, null, "key", "create", "no-name")).ExitCode);
        var listed = (await RunAsync(node, null, "key", "list")).Output;
        Assert.Contains("deploy", listed, StringComparison.Ordinal);
        Assert.Contains("read network.*", listed, StringComparison.Ordinal);
        Assert.DoesNotContain("pbkdf2", listed, StringComparison.Ordinal);

        var rotated = (await RunAsync(node, null, "key", "rotate", "deploy")).Output.Trim();
        Assert.NotEqual(token, rotated);
        Assert.Equal("key:deploy", (await node.WhoAmIAsync(rotated)).Principal);
        Assert.Null((await node.WhoAmIAsync(token)).Principal);
        Assert.Equal(0, (await RunAsync(node, null, "key", "revoke", "deploy")).ExitCode);
        Assert.Null((await node.WhoAmIAsync(rotated)).Principal);
        Assert.Equal(3, (await RunAsync(node, null, "key", "revoke", "deploy")).ExitCode);
    }

    [Fact]
    public async Task A_user_logs_in_over_TLS_reads_and_logs_out()
    {
        await using var node = await TcpNode.StartTlsAsync();
        Assert.Equal(2, (await RunAsync(node, "short\n", "user", "add", "anna")).ExitCode);
        Assert.Equal(0, (await RunAsync(node, "correct horse\n", "user", "add", "anna")).ExitCode);
        var server = node.Address.GetLeftPart(UriPartial.Authority);
        var wrong = await RunAsync(node, "wrong horse\n", "login", "--server", server, "--user", "anna");
        Assert.Equal(17, wrong.ExitCode);
        var login = await RunAsync(node, "correct horse\n", "login", "--server", server, "--user", "anna");
        Assert.True(login.ExitCode == 0, login.Error);
        Assert.DoesNotContain("cmss_", login.Output, StringComparison.Ordinal);
        var logins = Path.Combine(_home, "config", "cms", "logins");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(logins));
        Assert.Equal("user:anna\n", (await RunAsync(node, null, "whoami", "--server", server)).Output);
        Assert.StartsWith("uid:", (await RunAsync(node, null, "whoami")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(node, null, "logout", "--server", server)).ExitCode);
        Assert.Equal(17, (await RunAsync(node, null, "whoami", "--server", server)).ExitCode);
        Assert.Equal(3, (await RunAsync(node, null, "logout", "--server", server)).ExitCode);
        Assert.DoesNotContain("cmss_", await File.ReadAllTextAsync(logins, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync(node, null, "whoami", "--server", "http://192.0.2.1:7777")).ExitCode);
        Assert.Equal(2, (await RunAsync(node, null, "table", "list", "--server", server)).ExitCode);
    }

    [Fact]
    public async Task Another_machine_s_node_is_read_and_changed_as_this_one_is()
    {
        await using var node = await TcpNode.StartTlsAsync();
        Assert.Equal(0, (await RunAsync(node, "config interface 'lan'\n\toption mtu '1500'\n", "import", "network")).ExitCode);
        var token = (await RunAsync(node, null, "key", "create", "deploy", "--scope", "read,write network.*")).Output.Trim();
        var rule = "config rule\n\toption effect 'allow'\n\tlist principal 'key:deploy'\n\tlist action 'read'\n\tlist action 'write'\n\tlist path 'network.*'\n";
        Assert.Equal(0, (await RunAsync(node, rule, "import", "access", "--merge")).ExitCode);
        var server = node.Address.GetLeftPart(UriPartial.Authority);
        _variables["CMS_TOKEN"] = token;
        Assert.Equal("1500\n", (await RunAsync(node, null, "get", "network.lan.mtu", "--server", server)).Output);
        Assert.Equal(0, (await RunAsync(node, null, "set", "network.lan.mtu=9000", "--server", server)).ExitCode);
        Assert.Equal("9000\n", (await RunAsync(node, null, "get", "network.lan.mtu", "--server", server)).Output);
        Assert.Contains("mtu", (await RunAsync(node, null, "changes", "--server", server)).Output, StringComparison.Ordinal);
        var committed = await RunAsync(node, null, "commit", "--server", server);
        Assert.True(committed.ExitCode == 0, committed.Error);
        Assert.Equal("", (await RunAsync(node, null, "changes", "--server", server)).Output);
        Assert.NotEqual(0, (await RunAsync(node, null, "get", "access.deploy.hash", "--server", server)).ExitCode);
        Assert.NotEqual(0, (await RunAsync(node, null, "export", "access", "--server", server)).ExitCode);
        _variables["CMS_TOKEN"] = token[..^1] + (token[^1] == '0' ? '1' : '0');
        Assert.Equal(17, (await RunAsync(node, null, "get", "network.lan.mtu", "--server", server)).ExitCode);
        _variables.Remove("CMS_TOKEN");
        Assert.Equal(17, (await RunAsync(node, null, "get", "network.lan.mtu", "--server", server)).ExitCode);
        Assert.Equal("9000\n", (await RunAsync(node, null, "get", "network.lan.mtu")).Output);
        Assert.Contains("key:deploy", (await RunAsync(node, null, "history", "network")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_changes_his_own_password_which_is_not_shown_where_he_types_it()
    {
        await using var node = await TcpNode.StartPlainAsync();
        Assert.Equal(0, (await RunAsync(node, "correct horse\n", "user", "add", "anna")).ExitCode);
        var cancellation = TestContext.Current.CancellationToken;
        var variables = await VariablesAsync(node);
        await using (var login = new Terminal([Cms, "login", "--user", "anna"], variables))
        {
            await login.WaitForAsync("Password:", cancellation);
            await login.TypeAsync("correcx\u007Ft horse\r");
            Assert.DoesNotContain("horse", await login.ReadToEndAsync(cancellation), StringComparison.Ordinal);
            Assert.Equal(0, login.ExitCode);
        }

        Assert.Equal("user:anna\n", (await RunAsync(node, null, "whoami")).Output);
        await using (var change = new Terminal([Cms, "user", "password"], variables))
        {
            await change.WaitForAsync("Password:", cancellation);
            await change.TypeAsync("correct horse\r");
            await change.WaitForAsync("New password:", cancellation);
            await change.TypeAsync("battery staple\r");
            await change.WaitForAsync("Again:", cancellation);
            await change.TypeAsync("battery staple\r");
            var screen = await change.ReadToEndAsync(cancellation);
            Assert.Equal(0, change.ExitCode);
            Assert.DoesNotContain("horse", screen, StringComparison.Ordinal);
            Assert.DoesNotContain("staple", screen, StringComparison.Ordinal);
        }

        Assert.Equal("user:anna\n", (await RunAsync(node, null, "whoami")).Output);
        Assert.Equal(17, (await RunAsync(node, "correct horse\nanother horse\n", "user", "password")).ExitCode);
        Assert.Equal(2, (await RunAsync(node, "battery staple\n", "user", "password")).ExitCode);
        Assert.Equal(0, (await RunAsync(node, "battery staple\ncorrect horse\n", "user", "password")).ExitCode);
        Assert.Equal(0, (await RunAsync(node, "correct horse\n", "login", "--user", "anna")).ExitCode);
        Assert.Equal(0, (await RunAsync(node, null, "logout")).ExitCode);
        Assert.Equal(2, (await RunAsync(node, "correct horse\nbattery staple\n", "user", "password")).ExitCode);
    }

    private static string Cms => Path.Combine(AppContext.BaseDirectory, "cms");

    // What every program here is told; the terminal's as well.
    private async Task<Dictionary<string, string>> VariablesAsync(TcpNode node)
    {
        var authority = Path.Combine(_home, "authority.crt");
        await File.WriteAllTextAsync(authority, node.Certificates.AuthorityPem);
        return new Dictionary<string, string>(_variables)
        {
            ["CMS_RUN_DIRECTORY"] = node.Node.RunDirectory,
            ["LC_ALL"] = "C",
            ["XDG_CONFIG_HOME"] = Path.Combine(_home, "config"),
            ["XDG_STATE_HOME"] = Path.Combine(_home, "state"),
            ["CMS_SERVER_CA"] = authority,
        };
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(TcpNode node, string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo(Cms, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in await VariablesAsync(node))
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await error);
    }
}
