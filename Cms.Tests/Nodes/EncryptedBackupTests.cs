using System.Diagnostics;
using System.Text;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Backups and exports of a real node that only an identity can read.</summary>
public sealed class EncryptedBackupTests
{
    private const string Value = "found-nowhere-else-in-plain";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_that_is_encrypted_is_read_by_its_identity_alone()
    {
        await using var node = await StartAsync();
        await MakeIdentityAsync(node, "office");
        await MakeIdentityAsync(node, "other");
        Assert.Contains("encrypted to ", await OkAsync(node, "backup", "create", "one", "--to", PathOf(node, "office.recipient")), StringComparison.Ordinal);
        await SetAsync(node, "2");
        var listed = Assert.Single(await node.Client.BackupsAsync(Token));
        Assert.Equal((16, null, null), (listed.Recipient?.Length, listed.Modules, listed.Time));
        Assert.DoesNotContain("interface", Encoding.Latin1.GetString(await File.ReadAllBytesAsync(BackupOf(node, "one"), Token)), StringComparison.Ordinal);

        Assert.Contains($"is encrypted to recipient {listed.Recipient}; give its identity", await FailAsync(node, "backup", "restore", "one"), StringComparison.Ordinal);
        Assert.Contains("give its identity", await FailAsync(node, "backup", "verify", "one"), StringComparison.Ordinal);
        Assert.Contains("give the other identity", await FailAsync(node, "backup", "verify", "one", "--identity", PathOf(node, "other.identity")), StringComparison.Ordinal);
        Assert.Contains("is a recipient, which can only encrypt", await FailAsync(node, "backup", "restore", "one", "--identity", PrivateCopy(node)), StringComparison.Ordinal);
        Assert.Equal("2", await ValueAsync(node));

        Assert.Contains("a up to revision 1", await OkAsync(node, "backup", "verify", "one", "--identity", PathOf(node, "office.identity")), StringComparison.Ordinal);
        Assert.Equal("a: revision 3, 1 change\n", await OkAsync(node, "backup", "restore", "one", "--identity", PathOf(node, "office.identity")));
        Assert.Equal(Value, await ValueAsync(node));
        AssertNothingLeft(node);
    }

    [Fact]
    public async Task A_backup_that_was_altered_or_cut_off_changes_nothing()
    {
        await using var node = await StartAsync();
        await MakeIdentityAsync(node, "office");
        await OkAsync(node, "backup", "create", "good", "--to", PathOf(node, "office.recipient"));
        await SetAsync(node, "2");
        var good = await File.ReadAllBytesAsync(BackupOf(node, "good"), Token);
        var identity = await File.ReadAllTextAsync(PathOf(node, "office.identity"), Token);
        for (var part = 0; part <= 40; part++)
        {
            var damaged = (byte[])good.Clone();
            damaged[(int)((long)(good.Length - 1) * part / 40)] ^= 0x10;
            await RefuseAsync(node, damaged, identity);
        }

        foreach (var length in new[] { 0, 8, 16, 81, 82, good.Length / 2, good.Length - 16, good.Length - 1 })
        {
            await RefuseAsync(node, good[..length], identity);
        }

        await RefuseAsync(node, [.. good, 0], identity);
        Assert.Equal("2", await ValueAsync(node));
        AssertNothingLeft(node);
        await node.Client.RestoreAsync("good", new RestoreRequest { Identity = identity }, Token);
        Assert.Equal(Value, await ValueAsync(node));
    }

    [Fact]
    public async Task The_setting_has_every_backup_encrypted_and_no_start_without_it()
    {
        await using var node = await StartAsync();
        await MakeIdentityAsync(node, "office");
        await node.StopAsync();
        node.Set($"--backup-recipient={PathOf(node, "office.recipient")}");
        node.Set("--backup-hours=1");
        await node.StartAsync();
        await Eventually.IsSoAsync(async () => (await node.Client.BackupsAsync(Token)).Count == 1);
        await node.Client.CreateBackupAsync(new BackupRequest { Name = "manual" }, Token);
        Assert.All(await node.Client.BackupsAsync(Token), backup => Assert.NotNull(backup.Recipient));
        var identity = await File.ReadAllTextAsync(PathOf(node, "office.identity"), Token);
        Assert.Equal(["a"], (await node.Client.VerifyBackupAsync("manual", identity, Token)).Modules!.Keys);

        await File.WriteAllTextAsync(PathOf(node, "office.recipient"), "nothing", Token);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => node.Client.CreateBackupAsync(new BackupRequest { Name = "plain" }, Token));
        Assert.Contains("is no recipient", refused.Refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(BackupOf(node, "plain")));
        await node.StopAsync();
        var failed = await Assert.ThrowsAsync<InvalidOperationException>(node.StartAsync);
        Assert.Contains("backup_recipient is not legal", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_exported_to_a_recipient_is_imported_by_its_identity()
    {
        await using var node = await StartAsync();
        await MakeIdentityAsync(node, "office");
        await MakeIdentityAsync(node, "other");
        Assert.Equal((0, ""), await ShellAsync(node, "cms export a --to office.recipient > a.cms"));
        Assert.DoesNotContain(Value, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(PathOf(node, "a.cms"), Token)), StringComparison.Ordinal);
        await SetAsync(node, "2");
        Assert.Equal((2, "cms: 'a.cms' is encrypted; give the file of its identity: --identity FILE\n"), await ShellAsync(node, "cms import a --file a.cms"));
        Assert.Contains("give the other identity", (await ShellAsync(node, "cms import a --file a.cms --identity other.identity")).Error, StringComparison.Ordinal);
        Assert.Contains("is damaged", (await ShellAsync(node, "head -c 100 a.cms | cms import a --identity office.identity")).Error, StringComparison.Ordinal);
        Assert.Equal("2", await ValueAsync(node));
        Assert.Equal((0, ""), await ShellAsync(node, "cms import a --identity office.identity < a.cms"));
        Assert.Equal(Value, await ValueAsync(node));
        Assert.Equal((0, ""), await ShellAsync(node, "cms export a --format yaml --to office.recipient > a.yaml.cms && cms import b --file a.yaml.cms --identity office.identity"));
        Assert.Equal(Value, (await node.Client.GetAsync("b", Token)).Sections[0].Options["v"].GetText());
    }

    [Fact]
    public async Task Keys_that_are_missing_mixed_up_or_open_to_others_are_told()
    {
        await using var node = await StartAsync();
        await MakeIdentityAsync(node, "office");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf(node, "office.identity")));
        Assert.Contains("never overwritten", (await ShellAsync(node, "cms identity create office.identity")).Error, StringComparison.Ordinal);
        Assert.Equal((0, ""), await ShellAsync(node, "cms identity show office.identity | cmp - office.recipient"));
        Assert.Equal((3, "cms: there is no file 'none'\n"), await ShellAsync(node, "cms backup create --to none"));
        Assert.Contains("is an identity, the secret half", (await ShellAsync(node, "cms backup create --to office.identity")).Error, StringComparison.Ordinal);
        Assert.Contains("is an identity, which is the secret half", (await ShellAsync(node, "cms export a --to office.identity > x")).Error, StringComparison.Ordinal);
        Assert.Contains("cannot be read", (await ShellAsync(node, "cms export a --to none > x")).Error, StringComparison.Ordinal);
        Assert.Contains("there is no module 'none'", (await ShellAsync(node, "cms export none --to office.recipient > x")).Error, StringComparison.Ordinal);
        Assert.Equal((0, ""), await ShellAsync(node, "chmod 644 office.identity"));
        Assert.Contains("give it mode 0600", (await ShellAsync(node, "cms backup verify x --identity office.identity")).Error, StringComparison.Ordinal);
        Assert.Contains("give it mode 0600", (await ShellAsync(node, "cms import a --identity office.identity < office.recipient")).Error, StringComparison.Ordinal);
        Assert.Empty(await node.Client.BackupsAsync(Token));
    }

    [Fact]
    public async Task The_daemons_program_encrypts_files_and_leaves_no_half_ones()
    {
        await using var node = await StartAsync();
        await MakeIdentityAsync(node, "office");
        Assert.Equal((0, ""), await ShellAsync(node, "seq 100000 > plain && cmsd encrypt office.recipient plain sealed && cmsd decrypt office.identity sealed back && cmp plain back"));
        Assert.Contains("is damaged", (await ShellAsync(node, "head -c 200000 sealed > cut; cmsd decrypt office.identity cut half")).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(PathOf(node, "half")));
        Assert.DoesNotContain(Directory.GetFiles(node.Root), path => Path.GetFileName(path).StartsWith('.'));
        Assert.Contains("is there already", (await ShellAsync(node, "cmsd decrypt office.identity sealed /dev/null")).Error, StringComparison.Ordinal);
        Assert.Contains("cmsd decrypt IDENTITY", (await ShellAsync(node, "cmsd decrypt")).Error, StringComparison.Ordinal);
        Assert.Equal(1, (await ShellAsync(node, "cmsd decrypt office.identity sealed > /dev/full")).ExitCode);
    }

    [Fact]
    public async Task A_disk_without_room_for_the_plain_text_is_told_and_left_as_it_was()
    {
        Assert.SkipUnless(await NodeProcess.CanMountAsync(), "this machine lets nobody mount");
        await using var node = NodeProcess.WithStateOnOwnTmpfs("8m");
        var backups = Directory.CreateDirectory(PathOf(node, "backups")).FullName;
        node.Set($"--backup-directory={backups}");
        await File.WriteAllTextAsync(node.FileOf("a"), $"config interface 'lan'\n\toption v '{Value}'\n", Token);
        await node.StartAsync();
        await MakeIdentityAsync(node, "office");
        await OkAsync(node, "backup", "create", "one", "--to", PathOf(node, "office.recipient"));
        var filler = Path.Combine(node.ReachedStateDirectory, "filler");
        await Assert.ThrowsAsync<IOException>(() => File.WriteAllBytesAsync(filler, new byte[9 << 20], Token));
        var identity = await File.ReadAllTextAsync(PathOf(node, "office.identity"), Token);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => node.Client.VerifyBackupAsync("one", identity, Token));
        Assert.Equal(ErrorCode.StorageFull, refused.Refusal.Code);
        File.Delete(filler);
        Assert.DoesNotContain(Directory.GetFiles(node.ReachedStateDirectory), path => Path.GetFileName(path).StartsWith('.'));
        Assert.Equal("one", (await node.Client.VerifyBackupAsync("one", identity, Token)).Name);
    }

    private static async Task RefuseAsync(NodeProcess node, byte[] bytes, string identity)
    {
        await File.WriteAllBytesAsync(BackupOf(node, "bad"), bytes, Token);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => node.Client.RestoreAsync("bad", new RestoreRequest { Identity = identity }, Token));
        Assert.Equal(ErrorCode.InvalidArgument, refused.Refusal.Code);
    }

    private static void AssertNothingLeft(NodeProcess node) =>
        Assert.DoesNotContain(
            Directory.GetFiles(node.StateDirectory).Concat(Directory.GetFiles(Path.GetDirectoryName(BackupOf(node, "x"))!)), path => Path.GetFileName(path).StartsWith('.'));

    private static async Task MakeIdentityAsync(NodeProcess node, string name)
    {
        var (exitCode, recipient, error) = await ProgramRun.CmsAsync(node, "identity", "create", PathOf(node, $"{name}.identity"));
        Assert.Equal(0, exitCode);
        Assert.True(error.Length == 0 || error.Contains("ECDH P-256 alone", StringComparison.Ordinal), error);
        await File.WriteAllTextAsync(PathOf(node, $"{name}.recipient"), recipient, Token);
    }

    private static string PrivateCopy(NodeProcess node)
    {
        var copy = PathOf(node, "private.recipient");
        File.Copy(PathOf(node, "office.recipient"), copy);
        File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return copy;
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("a"), $"config interface 'lan'\n\toption v '{Value}'\n", Token);
        await node.StartAsync();
        return node;
    }

    private static string PathOf(NodeProcess node, string name) => Path.Combine(node.Root, name);

    private static string BackupOf(NodeProcess node, string name) => Path.Combine(node.StateDirectory, "backups", name + ".backup");

    private static async Task SetAsync(NodeProcess node, string value) => await node.Client.CommitAsync(
        "a", new CommitRequest { Operations = [new WireOperation { Op = "set", Section = "lan", Option = "v", Value = ConfigValue.FromText(value) }] }, Token);

    private static async Task<string> ValueAsync(NodeProcess node) => (await node.Client.GetAsync("a", Token)).Sections[0].Options["v"].GetText();

    private static async Task<string> OkAsync(NodeProcess node, params string[] arguments)
    {
        var (exitCode, output, error) = await ProgramRun.CmsAsync(node, arguments);
        Assert.Equal((0, ""), (exitCode, error));
        return output;
    }

    private static async Task<string> FailAsync(NodeProcess node, params string[] arguments)
    {
        var (exitCode, _, error) = await ProgramRun.CmsAsync(node, arguments);
        Assert.NotEqual(0, exitCode);
        return error;
    }

    // As a user types it, in the node's directory.
    private static async Task<(int ExitCode, string Error)> ShellAsync(NodeProcess node, string line)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", line]) { WorkingDirectory = node.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["CMS_RUN_DIRECTORY"] = node.RunDirectory;
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Token);
        var error = await process.StandardError.ReadToEndAsync(Token);
        await output;
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, error);
    }
}
