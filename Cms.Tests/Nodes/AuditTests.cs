using System.Text.Json;
using Cms.Client.Wire;
using Cms.Formats.Audit;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>The audit log of a real daemon, by its requests and its commands.</summary>
public sealed class AuditTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commits_refusals_and_administrative_acts_are_recorded_with_who_asked()
    {
        await using var node = await StartAsync();
        await node.Client.CommitAsync("net", Set("mtu", "1400"), Token);
        await Assert.ThrowsAsync<RefusedException>(() => node.Client.CommitAsync("net", Set("mtu", "secret value", "no_such_section"), Token));
        await node.Client.CreateBackupAsync(new BackupRequest { Name = "first" }, Token);

        var rows = (await node.Client.Audit.FindAsync(new AuditSearch(), Token)).Rows;
        var commit = Assert.Single(rows, row => row is { Kind: AuditKinds.Commit, Gateway: not "file" });
        Assert.Equal("net", commit.Module);
        Assert.Equal(["lan.mtu"], commit.Paths);
        Assert.StartsWith("uid:", commit.Principal, StringComparison.Ordinal);
        Assert.StartsWith("unix ", commit.Gateway, StringComparison.Ordinal);
        var refusal = Assert.Single(rows, row => row.Kind == AuditKinds.Refusal);
        Assert.Equal(("not-found", "net"), (refusal.Outcome, refusal.Module));
        Assert.Equal("begun", Assert.Single(rows, row => row.Kind == AuditKinds.Backup).Outcome);
        Assert.DoesNotContain("secret value", JsonSerializer.Serialize(rows), StringComparison.Ordinal);
        Assert.True((await node.Client.Audit.VerifyAsync(null, Token)).IsIntact);
    }

    [Fact]
    public async Task A_module_taken_out_as_text_is_recorded_and_one_that_is_read_is_not()
    {
        await using var node = await StartAsync();
        using var http = NodeHttp.Client(node);
        await http.GetStringAsync("modules/net", Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, "modules/net");
        request.Headers.Add("Accept", "application/x-uci");
        using var answer = await http.SendAsync(request, Token);

        Assert.Equal("application/x-uci", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("net", Assert.Single((await node.Client.Audit.FindAsync(new AuditSearch { Kind = AuditKinds.Export }, Token)).Rows).Module);
    }

    [Fact]
    public async Task Repeated_refusals_are_one_row_and_all_counted_when_the_daemon_stops()
    {
        await using var node = await StartAsync();
        for (var time = 0; time < 30; time++)
        {
            await Assert.ThrowsAsync<RefusedException>(() => node.Client.CommitAsync("net", Set("mtu", "1", "no_such_section"), Token));
        }

        Assert.Single((await node.Client.Audit.FindAsync(new AuditSearch { Kind = AuditKinds.Refusal }, Token)).Rows);
        Assert.Equal(0, await node.StopAsync());
        await node.StartAsync();
        var rows = (await node.Client.Audit.FindAsync(new AuditSearch { Kind = AuditKinds.Refusal }, Token)).Rows;
        Assert.Equal(30, rows.Sum(row => row.Count));
        Assert.Equal(2, rows.Count);
    }

    [Fact]
    public async Task What_is_exported_is_verified_with_no_daemon_and_a_changed_export_is_found()
    {
        await using var node = await StartAsync();
        var (file, key) = (Path.Combine(node.Root, "log.ndjson"), Path.Combine(node.Root, "audit.pub"));
        await node.Client.CommitAsync("net", Set("mtu", "1400"), Token);
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "audit", "export", file)).ExitCode);
        await File.WriteAllTextAsync(key, (await ProgramRun.CmsAsync(node, "audit", "key")).Output, Token);
        var head = (await node.Client.Audit.VerifyAsync(null, Token)).Head;
        Assert.Single((await node.Client.Audit.FindAsync(new AuditSearch { Kind = AuditKinds.Export }, Token)).Rows);
        Assert.Equal(0, await node.StopAsync());

        var (code, output, _) = await ProgramRun.CmsAsync(node, "audit", "verify", file, "--key", key, "--head", head);
        Assert.Equal(0, code);
        Assert.Contains("everything is as it was written", output, StringComparison.Ordinal);
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "audit", "verify", file)).ExitCode);
        Assert.Equal(1, (await ProgramRun.CmsAsync(node, "audit", "verify", file, "--head", new string('0', 64))).ExitCode);

        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file, Token)).Replace("lan.mtu", "wan.mtu", StringComparison.Ordinal), Token);
        (code, output, _) = await ProgramRun.CmsAsync(node, "audit", "verify", file, "--key", key);
        Assert.Equal(1, code);
        Assert.Contains("is not as it was written", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_finds_by_kind_and_check_looks_at_the_log_too()
    {
        await using var node = await StartAsync();
        await node.Client.CommitAsync("net", Set("mtu", "1400"), Token);
        var (code, output, _) = await ProgramRun.CmsAsync(node, "audit", "show", "--kind", "commit", "--module", "net", "--count", "1");
        Assert.Equal(0, code);
        Assert.Contains("lan.mtu", output, StringComparison.Ordinal);
        Assert.Equal(2, (await ProgramRun.CmsAsync(node, "audit", "show", "--since", "yesterday-ish")).ExitCode);
        await node.StopAsync();

        (code, output) = await node.RunDaemonAsync("check");
        Assert.Equal(0, code);
        Assert.Contains("audit log:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_full_disk_nothing_is_done_that_cannot_be_recorded()
    {
        Assert.SkipUnless(await NodeProcess.CanMountAsync(), "this machine lets nobody mount");
        await using var node = NodeProcess.WithStateOnOwnTmpfs("8m");
        await WriteNetAsync(node);
        await node.StartAsync();
        await node.Client.CreateBackupAsync(new BackupRequest { Name = "before" }, Token);
        var backups = Path.Combine(node.ReachedStateDirectory, "backups");
        await FillAsync(Path.Combine(node.ReachedStateDirectory, "filler"));
        ErrorCode? refused = null;
        while (refused is null)
        {
            refused = await TryAsync(() => node.Client.CommitAsync("net", Set("ballast", new string('b', 100_000)), Token));
        }

        var revision = (await node.Client.GetAsync("net", Token)).Revision;
        Assert.Equal(ErrorCode.StorageFull, refused);
        Assert.Equal(ErrorCode.StorageFull, await TryAsync(() => node.Client.CreateBackupAsync(new BackupRequest { Name = "after" }, Token)));
        Assert.Equal(ErrorCode.StorageFull, await TryAsync(() => node.Client.RestoreAsync("before", new RestoreRequest(), Token)));
        Assert.Equal(["before.backup"], Directory.EnumerateFiles(backups).Select(Path.GetFileName));
        Assert.Equal(revision, (await node.Client.GetAsync("net", Token)).Revision);

        File.Delete(Path.Combine(node.ReachedStateDirectory, "filler"));
        await node.Client.CommitAsync("net", Set("mtu", "1500"), Token);
        Assert.Empty((await node.Client.Audit.VerifyAsync(null, Token)).Problems);
    }

    [Fact]
    public async Task A_start_that_cannot_be_recorded_is_refused_with_what_to_do_and_readers_go_on()
    {
        Assert.SkipUnless(await NodeProcess.CanMountAsync(), "this machine lets nobody mount");
        await using var node = NodeProcess.WithStateOnOwnTmpfs("8m");
        await WriteNetAsync(node);
        await node.StartAsync();
        await node.Client.CommitAsync("net", Set("mtu", "1400"), Token);
        var filler = Path.Combine(node.ReachedStateDirectory, "filler");
        await node.KillAsync();
        await FillAsync(filler);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(node.StartAsync);
        Assert.Contains("has no room for the journal", refused.Message, StringComparison.Ordinal);
        Assert.Contains("start cmsd again when there is room", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Message, StringComparison.Ordinal);
        Assert.Equal((0, "1400\n"), await GetAsync(node));

        File.Delete(filler);
        await node.StartAsync();
        await node.Client.CommitAsync("net", Set("mtu", "1500"), Token);
        Assert.Equal((0, "1500\n"), await GetAsync(node));
        Assert.Empty((await node.Client.Audit.VerifyAsync(null, Token)).Problems);
    }

    // Past the daemon, as every reader does.
    private static async Task<(int Code, string Output)> GetAsync(NodeProcess node)
    {
        var (code, output, _) = await ProgramRun.CmsAsync(node, "get", "net.lan.mtu");
        return (code, output);
    }

    [Fact]
    public async Task Killed_again_and_again_while_rows_are_archived_it_loses_and_doubles_none()
    {
        await using var node = new NodeProcess();
        node.Set("--audit-rows=100");
        await WriteNetAsync(node);
        var acknowledged = 0;
        for (var round = 0; round < 6; round++)
        {
            await node.StartAsync();
            var stopping = new TaskCompletionSource();
            var target = acknowledged + 150 + (37 * round);
            var writing = Task.Run(
                async () =>
                {
                    while (await TryAsync(() => node.Client.CommitAsync("net", Set("count", $"{acknowledged + 1}"), CancellationToken.None)) is null)
                    {
                        if (++acknowledged >= target)
                        {
                            stopping.TrySetResult();
                        }
                    }
                },
                Token);
            await stopping.Task;
            await node.KillAsync();
            await writing;
        }

        await node.StartAsync();
        var report = await node.Client.Audit.VerifyAsync(null, Token);
        Assert.Empty(report.Problems);
        Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(node.StateDirectory, "audit")));
        using var log = new StreamReader(await node.Client.Audit.ExportAsync(Token));
        var revisions = new List<long>();
        while (await log.ReadLineAsync(Token) is { } line)
        {
            revisions.AddRange(AuditJson.Parse(line) is { Kind: AuditKinds.Commit, Revision: { } revision } ? [revision] : []);
        }

        var last = (await node.Client.GetAsync("net", Token)).Revision;
        Assert.Equal(Enumerable.Range(1, (int)last).Select(revision => (long)revision), revisions);
        Assert.True(last > acknowledged, $"revision {last} after {acknowledged} acknowledged commits");
        await node.StopAsync();
        Assert.Equal(0, (await node.RunDaemonAsync("check")).Code);
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await WriteNetAsync(node);
        await node.StartAsync();
        return node;
    }

    private static Task WriteNetAsync(NodeProcess node) => File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption x '0'\n", Token);

    private static CommitRequest Set(string option, string value, string section = "lan") =>
        new() { Operations = [new WireOperation { Op = "set", Section = section, Option = option, Value = ConfigValue.FromText(value) }] };

    private static async Task FillAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            while (true)
            {
                await file.WriteAsync(page, Token);
            }
        });
    }

    private static async Task<ErrorCode?> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return null;
        }
        catch (RefusedException refused)
        {
            return refused.Refusal.Code;
        }
    }
}
