using System.Diagnostics;
using Xunit;

namespace Cms.Tests.Authentication;

/// <summary>The commands about logins, users and keys, as a user types them, also to the node of another machine.</summary>
public sealed class LoginCommandTests : IDisposable
{
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

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(TcpNode node, string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "cms"), arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CMS_RUN_DIRECTORY"] = node.Node.RunDirectory;
        start.Environment["LC_ALL"] = "C";
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(_home, "config");
        start.Environment["XDG_STATE_HOME"] = Path.Combine(_home, "state");
        var authority = Path.Combine(_home, "authority.crt");
        await File.WriteAllTextAsync(authority, node.Certificates.AuthorityPem);
        start.Environment["CMS_SERVER_CA"] = authority;
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await error);
    }
}
