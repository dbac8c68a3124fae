using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Storage.Checks;
using Cms.Tests.Nodes;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Cms.Tests.Crash;

/// <summary>Bytes of a real journal are flipped or cut: it is told, never silent, and a repair brings back what is left.</summary>
public sealed class JournalDamageTests
{
    private const int PageSize = 4096;
    private const int FrameSize = PageSize + 24;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("flipped")]
    [InlineData("cut")]
    [InlineData("header")]
    public async Task A_log_that_is_damaged_where_it_was_durable_stops_the_start(string kind)
    {
        await using var node = await StartAsync();
        for (var number = 1; number <= 40; number++)
        {
            await CommitAsync(node, "net", Set("x", $"{number}"));
        }

        await node.KillAsync();
        Assert.Equal((0, true), await CheckAsync(node, "everything is as it was written"));
        await DamageLogAsync(node, kind);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(node.StartAsync);
        Assert.Contains("cmsd repair", refused.Message, StringComparison.Ordinal);
        Assert.Contains("write-ahead log", refused.Message, StringComparison.Ordinal);
        Assert.Equal((3, true), await CheckAsync(node, "write-ahead log"));

        // Nothing but a repair makes it start; neither the start nor the check has made SQLite forget.
        await Assert.ThrowsAsync<InvalidOperationException>(node.StartAsync);
        Assert.Equal((3, true), await RunAsync(node, "repair", "kept in"));
        Assert.NotEmpty(Directory.GetDirectories(node.StateDirectory, "damaged-*"));
        await node.StartAsync();
        await CommitAsync(node, "net", Set("y", "goes on"));

        // The text file had every commit, and is taken in as an edit.
        var options = (await node.Client.GetAsync("net", Token)).Sections[0].Options;
        Assert.Equal(("40", "goes on"), (options["x"].GetText(), options["y"].GetText()));
        await node.StopAsync();
        Assert.Equal((0, true), await CheckAsync(node, "everything is as it was written"));
    }

    [Fact]
    public async Task A_commit_that_was_not_finished_is_no_damage()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, "net", Set("x", "1"));
        await node.KillAsync();

        // As a crash of the machine leaves it: the index is gone, and the last commit's frames are not whole.
        File.Delete(Path.Combine(node.StateDirectory, "journal.db-shm"));
        await FlipAsync(Path.Combine(node.StateDirectory, "journal.db-wal"), -100);
        await node.StartAsync();
        Assert.Equal(2, (await node.Client.StatusAsync(Token)).Modules.Count);
    }

    [Fact]
    public async Task What_readers_have_seen_is_not_lost_without_a_word()
    {
        await using var node = await StartAsync();
        for (var number = 1; number <= 3; number++)
        {
            await CommitAsync(node, "net", Set("x", $"{number}"));
        }

        await node.KillAsync();
        File.Delete(Path.Combine(node.StateDirectory, "journal.db-shm"));
        var log = Path.Combine(node.StateDirectory, "journal.db-wal");
        await using (var file = File.OpenWrite(log))
        {
            file.SetLength(32 + ((((file.Length - 32) / FrameSize) - 4) * FrameSize));
        }

        await node.StartAsync();
        var status = (await node.Client.StatusAsync(Token)).Modules.Single(module => module.Module == "net");
        Assert.Contains("commits are lost", status.Problem, StringComparison.Ordinal);
        var kept = Assert.Single(Directory.GetFiles(Path.Combine(node.StateDirectory, "conflicts"), "*.lost"));
        Assert.Contains("option x '3'", await File.ReadAllTextAsync(kept, Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Pages_that_are_damaged_take_no_other_module_with_them(int seed)
    {
        await using var node = await StartAsync();
        for (var number = 1; number <= 120; number++)
        {
            await CommitAsync(node, number % 2 == 0 ? "net" : "other", Set("x", $"{number}"), Set($"o{number % 20}", new string((char)('a' + (number % 26)), 300)));
        }

        Assert.Equal(0, await node.StopAsync());
        var places = await ModulePagesAsync(node, "net");
        Assert.InRange(places.Count, 2, 30);
        var random = new Random(seed);
        var journal = Path.Combine(node.StateDirectory, "journal.db");
        foreach (var page in places.OrderBy(_ => random.Next()).Take(2))
        {
            // Odd seeds damage what rows hold, even ones the page's own structure.
            await FlipAsync(journal, ((page - 1L) * PageSize) + (seed % 2 == 0 ? random.Next(3, 12) : random.Next(2000, 4000)));
        }

        Assert.Equal((3, true), await CheckAsync(node, "module net"));
        node.ForgetSegments();
        await node.StartAsync();
        var states = (await node.Client.StatusAsync(Token)).Modules;
        Assert.True(states.Single(module => module.Module == "other").State == "running", string.Join("\n", states));
        Assert.Equal("119", await ReadAsync(node, "other"));
        await CommitAsync(node, "other", Set("x", "120"));
        Assert.Equal("120", await ReadAsync(node, "other"));
        var status = (await node.Client.StatusAsync(Token)).Modules.Single(module => module.Module == "net");
        Assert.Contains("cmsd check", status.Problem, StringComparison.Ordinal);
        await node.StopAsync();

        var (code, isTold) = await RunAsync(node, "repair", "module net:");
        Assert.True(isTold);
        Assert.InRange(code, 0, 3);
        await node.StartAsync();
        Assert.Equal("120", await ReadAsync(node, "other"));
        await CommitAsync(node, "net", Set("y", "goes on"));
        Assert.Equal("120", await ReadAsync(node, "net"));
        await node.StopAsync();
        Assert.Equal((0, true), await CheckAsync(node, "everything is as it was written"));
    }

    [Fact]
    public async Task What_is_repaired_hangs_together_whichever_byte_of_a_pages_head_is_damaged()
    {
        await using var node = await StartAsync();
        for (var number = 1; number <= 60; number++)
        {
            await CommitAsync(node, "net", Set("x", $"{number}"), Set($"o{number % 20}", new string((char)('a' + (number % 26)), 300)));
        }

        Assert.Equal(0, await node.StopAsync());
        var page = (await ModulePagesAsync(node, "net"))[1];
        var whole = await File.ReadAllBytesAsync(Path.Combine(node.StateDirectory, "journal.db"), Token);
        for (var place = 0; place < 40; place++)
        {
            var state = Directory.CreateDirectory(Path.Combine(node.StateDirectory, $"case{place}")).FullName;
            var journal = Path.Combine(state, "journal.db");
            await File.WriteAllBytesAsync(journal, whole, Token);
            await FlipAsync(journal, ((page - 1L) * PageSize) + place);
            var told = new List<string>();
            JournalRepair.Run(state, journal, DateTimeOffset.UnixEpoch, () => Guid.Empty, told.Add);
            Assert.True(JournalCheck.Run(state, journal, told.Add), $"byte {place}:\n{string.Join("\n", told)}");
        }
    }

    [Fact]
    public async Task A_repair_that_was_interrupted_is_run_again()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, "net", Set("x", "1"));
        await node.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(node.StateDirectory, "repair.unfinished"), "damaged-x", Token);
        Directory.CreateDirectory(Path.Combine(node.StateDirectory, "damaged-x"));
        File.Move(Path.Combine(node.StateDirectory, "journal.db"), Path.Combine(node.StateDirectory, "damaged-x", "journal.db"));
        Assert.Contains("interrupted", (await Assert.ThrowsAsync<InvalidOperationException>(node.StartAsync)).Message, StringComparison.Ordinal);
        Assert.Equal((0, true), await RunAsync(node, "repair", "nothing is lost"));
        await node.StartAsync();
        Assert.Equal("1", await ReadAsync(node, "net"));
        Assert.Equal((1, true), await RunAsync(node, "repair", "in use by a daemon"));
        Assert.Equal((0, true), await CheckAsync(node, "a daemon is running"));
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        foreach (var module in new[] { "net", "other" })
        {
            await File.WriteAllTextAsync(node.FileOf(module), "config interface 'lan'\n\toption x '0'\n", Token);
        }

        await node.StartAsync();
        return node;
    }

    private static async Task DamageLogAsync(NodeProcess node, string kind)
    {
        var log = Path.Combine(node.StateDirectory, "journal.db-wal");
        var frames = (new FileInfo(log).Length - 32) / FrameSize;
        if (kind == "cut")
        {
            await using var file = File.OpenWrite(log);
            file.SetLength(32 + (frames / 2 * FrameSize));
            return;
        }

        await FlipAsync(log, kind == "header" ? 20 : 32 + (frames / 2 * FrameSize) + 500);
    }

    private static async Task FlipAsync(string path, long place)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = place < 0 ? file.Length + place : place;
        var old = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(old ^ 0x5a));
    }

    // The leaf pages of the commits that hold rows of one module only, by the module's key in their payloads; but for the
    // first and the last, through which a search for the rows of its neighbour may pass.
    private static async Task<List<int>> ModulePagesAsync(NodeProcess node, string module)
    {
        Cms.Storage.Journals.SqliteLibrary.Bind();
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(node.StateDirectory, "journal.db")};Pooling=False;Mode=ReadOnly");
        await connection.OpenAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT rootpage FROM sqlite_master WHERE name = 'commits'";
        var root = (int)(long)(await command.ExecuteScalarAsync(Token))!;
        command.CommandText = "SELECT id FROM modules WHERE name = $name";
        command.Parameters.AddWithValue("$name", module);
        var key = (long)(await command.ExecuteScalarAsync(Token))!;
        var bytes = await File.ReadAllBytesAsync(Path.Combine(node.StateDirectory, "journal.db"), Token);
        Assert.Equal(2, bytes[(root - 1) * PageSize]);
        return [.. CommitPages.LeavesOf(bytes, root, PageSize).Where(page => CommitPages.Keys(bytes, page, PageSize).All(each => each == key)).Skip(1).SkipLast(1)];
    }

    private static async Task<string> ReadAsync(NodeProcess node, string module) =>
        (await node.Client.GetAsync(module, Token)).Sections[0].Options["x"].GetText();

    private static Task<(int Code, bool IsTold)> CheckAsync(NodeProcess node, string expected) => RunAsync(node, "check", expected);

    private static async Task<(int Code, bool IsTold)> RunAsync(NodeProcess node, string command, string expected)
    {
        var run = await node.RunDaemonAsync(command);
        Assert.True(run.Output.Contains(expected, StringComparison.Ordinal), run.Output);
        return (run.Code, true);
    }

    private static WireOperation Set(string option, string value) => new() { Op = "set", Section = "lan", Option = option, Value = ConfigValue.FromText(value) };

    private static Task<CommitReply> CommitAsync(NodeProcess node, string module, params WireOperation[] operations) =>
        node.Client.CommitAsync(module, new CommitRequest { Operations = operations, RequestId = operations[0].Option + operations[0].Value!.GetText(), WaitForFile = true }, Token);
}
