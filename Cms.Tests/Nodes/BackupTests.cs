using System.Globalization;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Backups of a real node, and what comes back from them.</summary>
public sealed class BackupTests
{
    private const string Text = "config t 's'\n\toption v '0'\n\nconfig rule\n\tlist l 'a'\n\tlist l 'b'\n\nconfig rule\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_backed_up_comes_back_as_a_new_commit()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, "a", Set("v", "1"));
        await AddTableAsync(node);
        var before = await StateAsync(node, "a");
        var made = await node.Client.CreateBackupAsync(new BackupRequest { Name = "one", Comment = "before" }, Token);
        Assert.Equal(("one", "before", 3L), (made.Name, made.Comment, made.Modules!["a"]));
        await CommitAsync(node, "a", Set("v", "2"), new WireOperation { Op = "delete", Section = "@rule[0]" }, new WireOperation { Op = "delete_row", Table = "hosts", Row = Row("x") });
        await CommitAsync(node, "b", Set("v", "2"));
        var reply = await node.Client.RestoreAsync("one", new RestoreRequest { WaitForFile = true }, Token);
        Assert.Equal(["a", "b"], reply.Modules.Keys.Order());
        Assert.Equal((5L, 3L), (reply.Modules["a"].Revision, reply.Modules["b"].Revision));
        Assert.Equal(before, await StateAsync(node, "a"));
        Assert.Equal("restored from one.backup, revision 3", (await node.Client.HistoryAsync("a", 1, Token))[0].Message);
        Assert.Equal(reply.Transaction, (await node.Client.HistoryAsync("b", 1, Token))[0].Transaction);
        Assert.Contains("option v '1'", await File.ReadAllTextAsync(node.FileOf("a"), Token), StringComparison.Ordinal);
        Assert.Equal(0, (await node.Client.RestoreAsync("one", new RestoreRequest(), Token)).Modules["a"].Changes);
    }

    [Fact]
    public async Task A_fresh_node_gets_all_modules_and_another_node_matches_what_it_has()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, "a", Set("v", "1"));
        await AddTableAsync(node);
        await node.Client.CreateBackupAsync(new BackupRequest { Name = "one" }, Token);
        await using var fresh = new NodeProcess();
        await fresh.StartAsync();
        CopyBackup(node, fresh);
        await fresh.Client.RestoreAsync("one", new RestoreRequest { WaitForFile = true }, Token);
        foreach (var module in new[] { "a", "b" })
        {
            Assert.Equal(await StateAsync(node, module), await StateAsync(fresh, module));
            Assert.Equal(await ExportAsync(node, module), await ExportAsync(fresh, module));
        }

        await using var other = await StartAsync();
        await CommitAsync(other, "a", new WireOperation { Op = "add", Type = "more", Name = "extra" }, new WireOperation { Op = "delete", Section = "@rule[0]" });
        CopyBackup(node, other);
        var id = (await other.Client.GetAsync("a", Token)).Sections[0].Id;
        await other.Client.RestoreAsync("one", new RestoreRequest(), Token);
        Assert.Equal(await StateAsync(node, "a"), await StateAsync(other, "a"));
        Assert.Equal(id, (await other.Client.GetAsync("a", Token)).Sections[0].Id);
    }

    [Fact]
    public async Task One_module_alone_or_the_state_at_a_moment_is_restored()
    {
        await using var node = await StartAsync();
        var first = await CommitAtAsync(node, "1");
        var second = await CommitAtAsync(node, "2");
        await CommitAtAsync(node, "3");
        await node.Client.CreateBackupAsync(new BackupRequest { Name = "one" }, Token);
        await node.Client.RestoreAsync("one", new RestoreRequest { At = second }, Token);
        Assert.Equal(("2", "2"), (await ValueAsync(node, "a"), await ValueAsync(node, "b")));
        await node.Client.RestoreAsync("one", new RestoreRequest { At = first, Module = "b" }, Token);
        Assert.Equal(("2", "1"), (await ValueAsync(node, "a"), await ValueAsync(node, "b")));
        await RefusedAsync(ErrorCode.NotFound, () => node.Client.RestoreAsync("one", new RestoreRequest { At = first.AddYears(-30) }, Token));
        await RefusedAsync(ErrorCode.NotFound, () => node.Client.RestoreAsync("one", new RestoreRequest { Module = "none" }, Token));
        await RefusedAsync(ErrorCode.NotFound, () => node.Client.RestoreAsync("two", new RestoreRequest(), Token));
        Assert.Equal(("2", "1"), (await ValueAsync(node, "a"), await ValueAsync(node, "b")));
    }

    [Fact]
    public async Task A_backup_that_is_damaged_anywhere_is_refused_and_nothing_changes()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, "a", Set("v", "1"));
        await node.Client.CreateBackupAsync(new BackupRequest { Name = "good" }, Token);
        await CommitAsync(node, "a", Set("v", "2"));
        var good = await File.ReadAllBytesAsync(PathOf(node, "good"), Token);
        for (var part = 0; part <= 40; part++)
        {
            var damaged = (byte[])good.Clone();
            damaged[(int)((long)(good.Length - 1) * part / 40)] ^= 0x10;
            await RefuseAsync(node, damaged);
        }

        foreach (var length in new[] { 0, 7, 11, 40, good.Length / 2, good.Length - 32, good.Length - 1 })
        {
            await RefuseAsync(node, good[..length]);
        }

        await RefuseAsync(node, [.. good, 0]);
        Assert.Equal("2", await ValueAsync(node, "a"));
        Assert.Equal(3, (await node.Client.GetAsync("a", Token)).Revision);
        await node.Client.RestoreAsync("good", new RestoreRequest(), Token);
        Assert.Equal("1", await ValueAsync(node, "a"));
    }

    [Fact]
    public async Task A_backup_made_while_writers_write_has_every_transaction_whole()
    {
        await using var node = await StartAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var writing = Enumerable.Range(0, 4).Select(_ => Task.Run(() => WriteBothAsync(node, stop.Token), Token)).ToList();
        for (var number = 0; number < 5; number++)
        {
            await node.Client.CreateBackupAsync(new BackupRequest { Name = $"n{number}" }, Token);
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(writing), commits => Assert.True(commits > 0));
        for (var number = 0; number < 5; number++)
        {
            await node.Client.RestoreAsync($"n{number}", new RestoreRequest(), Token);
            Assert.Equal(await ValueAsync(node, "a"), await ValueAsync(node, "b"));
        }

        Assert.Equal(["n0", "n1", "n2", "n3", "n4"], (await node.Client.BackupsAsync(Token)).Select(backup => backup.Name));
    }

    [Fact]
    public async Task Killed_in_the_midst_of_it_a_backup_or_restore_leaves_all_or_nothing()
    {
        await using var node = await StartAsync();
        await ImportManyAsync(node, 20_000);
        await node.Client.CreateBackupAsync(new BackupRequest { Name = "good" }, Token);
        for (var round = 0; round < 4; round++)
        {
            await CommitAsync(node, "a", Set("v", "2"));
            await node.Client.ImportAsync("many", default, new Cms.Client.ImportOptions(), Token);
            var making = node.Client.CreateBackupAsync(new BackupRequest { Name = $"killed{round}" }, CancellationToken.None);
            // The moments of death are to differ from round to round; there is no event to wait for.
            await Task.WhenAny(making, Task.Delay(TimeSpan.FromMilliseconds(60 * round), Token));
            await KillAndStartAsync(node, making);
            Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(PathOf(node, "x"))!), path => Path.GetFileName(path).StartsWith('.'));
            foreach (var backup in await node.Client.BackupsAsync(Token))
            {
                await node.Client.VerifyBackupAsync(backup.Name, Token);
            }

            var restoring = node.Client.RestoreAsync("good", new RestoreRequest(), CancellationToken.None);
            await Task.WhenAny(restoring, Task.Delay(TimeSpan.FromMilliseconds(120 * round), Token));
            await KillAndStartAsync(node, restoring);
            var value = await ValueAsync(node, "a");
            Assert.Equal(value == "2" ? 0 : 20_000, (await node.Client.GetAsync("many", Token)).Sections.Count);
        }
    }

    [Fact]
    public async Task Backups_are_made_by_themselves_and_the_oldest_of_them_are_removed()
    {
        await using var node = await StartAsync();
        node.Set("--backup-hours=1");
        node.Set("--backup-keep=2");
        await node.Client.CreateBackupAsync(new BackupRequest { Name = "manual" }, Token);
        for (var number = 1; number <= 4; number++)
        {
            await node.StopAsync();
            foreach (var path in Directory.EnumerateFiles(Path.GetDirectoryName(PathOf(node, "x"))!))
            {
                File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddHours(-2));
            }

            await node.StartAsync();
            await Eventually.IsSoAsync(async () => (await node.Client.BackupsAsync(Token)).Count(backup => backup.Name.StartsWith("scheduled-", StringComparison.Ordinal)) == Math.Min(number, 2));
        }

        Assert.Contains((await node.Client.BackupsAsync(Token)), backup => backup.Name == "manual");
    }

    [Fact]
    public async Task Backups_are_where_they_are_wanted_and_nothing_of_others_there_is_touched()
    {
        await using var node = new NodeProcess();
        var directory = Directory.CreateDirectory(Path.Combine(node.Root, "elsewhere")).FullName;
        node.Set($"--backup-directory={directory}");
        string[] foreign = [".profile", ".notes.backup", "notes.txt"];
        foreach (var name in foreign.Append(".work-left").Append(".one.backup.uci-a1B2c3"))
        {
            await File.WriteAllTextAsync(Path.Combine(directory, name), "mine", Token);
        }

        await File.WriteAllTextAsync(node.FileOf("a"), "config interface 'lan'\n", Token);
        await node.StartAsync();
        await node.Client.CreateBackupAsync(new BackupRequest { Name = "one" }, Token);
        Assert.Equal(foreign.Append("one.backup").Order(StringComparer.Ordinal), Directory.GetFiles(directory).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Of_two_of_the_same_name_at_once_one_is_made()
    {
        await using var node = await StartAsync();
        var making = Enumerable.Range(0, 2).Select(_ => node.Client.CreateBackupAsync(new BackupRequest { Name = "one" }, Token)).ToList();
        var refused = await Assert.ThrowsAsync<RefusedException>(() => Task.WhenAll(making));
        Assert.Equal((ErrorCode.AlreadyExists, 1), (refused.Refusal.Code, making.Count(task => task.IsCompletedSuccessfully)));
        var nameless = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => node.Client.CreateBackupAsync(new BackupRequest(), Token)));
        Assert.Equal(3, nameless.Select(backup => backup.Name).Distinct().Count());
    }

    [Fact]
    public async Task The_command_line_makes_lists_checks_and_restores()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, "a", Set("v", "1"));
        Assert.StartsWith("mine", await OkAsync(node, "backup", "create", "mine", "-m", "by hand"), StringComparison.Ordinal);
        Assert.Contains("2 modules  by hand", await OkAsync(node, "backup", "list"), StringComparison.Ordinal);
        Assert.Contains("a up to revision 2", await OkAsync(node, "backup", "verify", "mine"), StringComparison.Ordinal);
        await CommitAsync(node, "a", Set("v", "2"));
        Assert.Equal("a: revision 4, 1 change\n", await OkAsync(node, "backup", "restore", "mine", "--module", "a"));
        Assert.Equal((2, "cms: 'yesterday' is no time: use one such as 2026-03-01T12:00:00Z, or '2026-03-01 12:00:00'\n"), await FailAsync(node, "backup", "restore", "mine", "--at", "yesterday"));
        Assert.Equal(4, (await FailAsync(node, "backup", "create", "mine")).ExitCode);
        Assert.Equal(2, (await FailAsync(node, "backup", "create", "../mine")).ExitCode);
        Assert.Equal(3, (await FailAsync(node, "backup", "verify", "yours")).ExitCode);
    }

    private static async Task RefuseAsync(NodeProcess node, byte[] bytes)
    {
        await File.WriteAllBytesAsync(PathOf(node, "bad"), bytes, Token);
        await RefusedAsync(ErrorCode.InvalidArgument, () => node.Client.VerifyBackupAsync("bad", Token));
        await RefusedAsync(ErrorCode.InvalidArgument, () => node.Client.RestoreAsync("bad", new RestoreRequest(), Token));
    }

    private static async Task RefusedAsync(ErrorCode code, Func<Task> act) => Assert.Equal(code, (await Assert.ThrowsAsync<RefusedException>(act)).Refusal.Code);

    private static async Task KillAndStartAsync(NodeProcess node, Task request)
    {
        await node.KillAsync();
        await request.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await node.StartAsync();
    }

    // The times of two commits are milliseconds apart, so that a moment between them can be named.
    private static async Task<DateTimeOffset> CommitAtAsync(NodeProcess node, string value)
    {
        await node.Client.CommitAsync(
            new TransactionCommitRequest { Modules = [new() { Module = "a", Operations = [Set("v", value)] }, new() { Module = "b", Operations = [Set("v", value)] }] }, Token);
        var time = new[] { (await node.Client.HistoryAsync("a", 1, Token))[0].Time, (await node.Client.HistoryAsync("b", 1, Token))[0].Time }.Min();
        await Eventually.IsSoAsync(() => Task.FromResult(TimeProvider.System.GetUtcNow() > time.AddMilliseconds(20)));
        return time;
    }

    private static async Task<int> WriteBothAsync(NodeProcess node, CancellationToken stop)
    {
        for (var number = 1; ; number++)
        {
            var modules = new[] { "a", "b" }.Select(module => new TransactionModule { Module = module, Operations = [Set("v", $"{number}")] });
            await node.Client.CommitAsync(new TransactionCommitRequest { Modules = [.. modules] }, CancellationToken.None);
            if (stop.IsCancellationRequested)
            {
                return number;
            }
        }
    }

    private static Task<CommitReply> AddTableAsync(NodeProcess node) => CommitAsync(
        node,
        "a",
        new WireOperation
        {
            Op = "create_table",
            Table = "hosts",
            PrimaryKey = "name",
            Columns = [new WireColumn { Name = "name", Type = "string", Size = 20 }],
        },
        new WireOperation { Op = "insert_row", Table = "hosts", Row = Row("y") },
        new WireOperation { Op = "insert_row", Table = "hosts", Row = Row("x") });

    private static Dictionary<string, ConfigValue> Row(string name) => new() { ["name"] = ConfigValue.FromText(name) };

    private static async Task ImportManyAsync(NodeProcess node, int count)
    {
        var text = string.Concat(Enumerable.Range(0, count).Select(number => string.Create(CultureInfo.InvariantCulture, $"config t 's{number}'\n\toption o '{number}'\n")));
        await node.Client.ImportAsync("many", System.Text.Encoding.ASCII.GetBytes(text), new Cms.Client.ImportOptions(), Token);
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        foreach (var module in new[] { "a", "b" })
        {
            await File.WriteAllTextAsync(node.FileOf(module), Text, Token);
        }

        await node.StartAsync();
        return node;
    }

    private static async Task<(int ExitCode, string Error)> FailAsync(NodeProcess node, params string[] arguments)
    {
        var (exitCode, _, error) = await ProgramRun.CmsAsync(node, arguments);
        return (exitCode, error);
    }

    private static async Task<string> OkAsync(NodeProcess node, params string[] arguments)
    {
        var (exitCode, output, error) = await ProgramRun.CmsAsync(node, arguments);
        Assert.Equal((0, ""), (exitCode, error));
        return output;
    }

    private static void CopyBackup(NodeProcess from, NodeProcess to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(to, "one"))!);
        File.Copy(PathOf(from, "one"), PathOf(to, "one"));
    }

    private static string PathOf(NodeProcess node, string name) => Path.Combine(node.StateDirectory, "backups", name + ".backup");

    private static Task<CommitReply> CommitAsync(NodeProcess node, string module, params WireOperation[] operations) =>
        node.Client.CommitAsync(module, new CommitRequest { Operations = operations }, Token);

    private static WireOperation Set(string option, string value) => new() { Op = "set", Section = "s", Option = option, Value = ConfigValue.FromText(value) };

    private static async Task<string> ValueAsync(NodeProcess node, string module) => (await node.Client.GetAsync(module, Token)).Sections[0].Options["v"].GetText();

    private static Task<string> ExportAsync(NodeProcess node, string module) => OkAsync(node, "export", module);

    // Without ids, which a restored section may have anew.
    private static async Task<string> StateAsync(NodeProcess node, string module)
    {
        var sections = (await node.Client.GetAsync(module, Token)).Sections.Select(section =>
            $"{section.Type} {section.Name} {string.Join(' ', section.Options.Select(option => $"{option.Key}={option.Value}"))}");
        var tables = (await node.Client.TablesAsync(module, Token)).Tables;
        var rows = new List<string>();
        foreach (var table in tables)
        {
            rows.AddRange((await node.Client.RowsAsync(module, table.Table, new RowsQuery(), Token)).Rows.Select(row => $"{table.Table} {string.Join(' ', row.Values)}"));
        }

        return string.Join('\n', sections.Concat(rows));
    }
}
