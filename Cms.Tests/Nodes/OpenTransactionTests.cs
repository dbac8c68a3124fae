using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Transactions that a real node keeps open over several requests.</summary>
public sealed class OpenTransactionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_staged_is_seen_inside_only_until_it_is_committed_as_one()
    {
        await using var node = await StartAsync();
        var id = await BeginAsync(node);
        await node.Client.StageAsync(id, "a", [Set("v", "1"), new WireOperation { Op = "add", Type = "t", Name = "fresh" }], Token);
        await node.Client.StageAsync(id, "a", [new WireOperation { Op = "set", Section = "fresh", Option = "x", Value = ConfigValue.FromText("y") }], Token);
        await node.Client.StageAsync(id, "b", [Set("v", "2")], Token);
        Assert.Equal(("1", "0"), (await InsideAsync(node, id, "a"), await OutsideAsync(node, "a")));
        var reply = await node.Client.CommitTransactionAsync(id, new TransactionEndRequest { Message = "both" }, Token);
        Assert.Equal(["a", "b"], reply.Modules.Keys.Order());
        Assert.Equal(("1", "2"), (await OutsideAsync(node, "a"), await OutsideAsync(node, "b")));
        Assert.Equal("both", (await node.Client.HistoryAsync("b", 1, Token))[0].Message);
        var again = await node.Client.CommitTransactionAsync(id, new TransactionEndRequest(), Token);
        Assert.All(again.Modules.Values, module => Assert.Equal((2, true), (module.Revision, module.Repeated)));
        await AssertEndedAsync(() => node.Client.StageAsync(id, "a", [Set("v", "3")], Token), "it was committed");
    }

    [Fact]
    public async Task It_reads_every_module_as_at_its_begin_however_much_is_committed_meanwhile()
    {
        await using var node = await StartAsync();
        var id = await BeginAsync(node);
        for (var number = 1; number <= 40; number++)
        {
            await CommitAsync(node, "a", Set("v", $"{number}"));
            Assert.Equal("0", await InsideAsync(node, id, "a"));
        }

        await CommitAsync(node, "b", Set("v", "9"));
        Assert.Equal("0", await InsideAsync(node, id, "b"));
        Assert.Equal(("40", "9"), (await InsideAsync(node, await BeginAsync(node), "a"), await InsideAsync(node, await BeginAsync(node), "b")));
    }

    [Fact]
    public async Task A_transaction_never_sees_half_of_another_commit()
    {
        await using var node = await StartAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var writing = Task.Run(() => WriteBothAsync(node, stop.Token), Token);
        for (var round = 0; round < 60; round++)
        {
            var id = await BeginAsync(node);
            Assert.Equal(await InsideAsync(node, id, "a"), await InsideAsync(node, id, "b"));
            await node.Client.AbortAsync(id, Token);
        }

        await stop.CancelAsync();
        Assert.True(await writing > 0);
    }

    [Fact]
    public async Task An_update_of_somebody_else_is_not_lost()
    {
        await using var node = await StartAsync();
        var id = await BeginAsync(node);
        await node.Client.StageAsync(id, "a", [Set("v", "1")], Token);
        await node.Client.StageAsync(id, "b", [Set("w", "1")], Token);
        await CommitAsync(node, "a", Set("v", "5"));
        var refused = await Assert.ThrowsAsync<RefusedException>(() => node.Client.CommitTransactionAsync(id, new TransactionEndRequest(), Token));
        Assert.Equal(ErrorCode.Conflict, refused.Refusal.Code);
        Assert.Equal(["a.s.v"], refused.Refusal.Paths);
        Assert.Equal(("5", 1), (await OutsideAsync(node, "a"), (int)(await node.Client.GetAsync("b", Token)).Revision));
        Assert.Equal(1, (await node.Client.TransactionAsync(id, Token)).Modules.Single(module => module.Module == "b").Count);
    }

    [Fact]
    public async Task Other_paths_are_rebased_and_increments_add_up()
    {
        await using var node = await StartAsync();
        var id = await BeginAsync(node);
        await node.Client.StageAsync(id, "a", [Set("w", "1"), new WireOperation { Op = "increment", Section = "s", Option = "v", Value = ConfigValue.FromInt(5) }], Token);
        Assert.Equal("5", await InsideAsync(node, id, "a"));
        await CommitAsync(node, "a", Set("v", "100"));
        var reply = await node.Client.CommitTransactionAsync(id, new TransactionEndRequest(), Token);
        Assert.Equal(3, reply.Modules["a"].Revision);
        Assert.Equal("105", await OutsideAsync(node, "a"));
    }

    [Fact]
    public async Task A_savepoint_brings_back_what_was_staged_at_it()
    {
        await using var node = await StartAsync();
        var id = await BeginAsync(node);
        await node.Client.StageAsync(id, "a", [Set("v", "1")], Token);
        await node.Client.SetSavepointAsync(id, "one", Token);
        await node.Client.StageAsync(id, "a", [Set("v", "2")], Token);
        await node.Client.StageAsync(id, "b", [Set("v", "2")], Token);
        await node.Client.SetSavepointAsync(id, "two", Token);
        Assert.Equal(["one"], (await node.Client.RollBackToAsync(id, "one", Token)).Savepoints);
        Assert.Equal(("1", "0"), (await InsideAsync(node, id, "a"), await InsideAsync(node, id, "b")));
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<RefusedException>(() => node.Client.RollBackToAsync(id, "two", Token))).Refusal.Code);
        Assert.Equal(["a"], (await node.Client.CommitTransactionAsync(id, new TransactionEndRequest(), Token)).Modules.Keys);
        Assert.Equal("1", await OutsideAsync(node, "a"));
    }

    [Fact]
    public async Task A_refused_operation_stages_nothing_of_its_request()
    {
        await using var node = await StartAsync();
        var id = await BeginAsync(node);
        await Assert.ThrowsAsync<RefusedException>(() => node.Client.StageAsync(id, "a", [Set("v", "1"), Set("v", "1") with { Section = "nosuch" }], Token));
        Assert.Equal("0", await InsideAsync(node, id, "a"));
        Assert.Empty((await node.Client.CommitTransactionAsync(id, new TransactionEndRequest(), Token)).Modules);
    }

    [Fact]
    public async Task A_lock_keeps_others_out_until_the_end_and_its_holder_in()
    {
        await using var node = await StartAsync();
        var id = await BeginAsync(node);
        await node.Client.LockAsync(id, "a", TimeSpan.FromSeconds(60), Token);
        Assert.Equal(ErrorCode.Locked, (await Assert.ThrowsAsync<RefusedException>(() => CommitAsync(node, "a", Set("v", "1")))).Refusal.Code);
        Assert.Equal(ErrorCode.Locked, (await Assert.ThrowsAsync<RefusedException>(() => node.Client.BeginAsync(new TransactionBeginRequest { Locks = ["b", "a"] }, Token))).Refusal.Code);
        await CommitAsync(node, "b", Set("v", "1"));
        await node.Client.StageAsync(id, "a", [Set("v", "2")], Token);
        await node.Client.CommitTransactionAsync(id, new TransactionEndRequest(), Token);
        await CommitAsync(node, "a", Set("w", "1"));
        Assert.Equal("2", await OutsideAsync(node, "a"));
    }

    [Fact]
    public async Task A_lock_prevents_write_skew_which_a_snapshot_alone_allows()
    {
        await using var node = await StartAsync();
        var (one, two) = (await BeginAsync(node), await BeginAsync(node));
        await ReadAndWriteAsync(node, one, read: "b", write: "a");
        await ReadAndWriteAsync(node, two, read: "a", write: "b");
        await node.Client.CommitTransactionAsync(one, new TransactionEndRequest(), Token);
        await node.Client.CommitTransactionAsync(two, new TransactionEndRequest(), Token);
        Assert.Equal(("off", "off"), (await OutsideAsync(node, "a"), await OutsideAsync(node, "b")));

        await CommitAsync(node, "a", Set("v", "0"));
        await CommitAsync(node, "b", Set("v", "0"));
        (one, two) = (await BeginAsync(node), await BeginAsync(node));
        await node.Client.LockAsync(one, "b", TimeSpan.FromSeconds(60), Token);
        await ReadAndWriteAsync(node, one, read: "b", write: "a");
        await ReadAndWriteAsync(node, two, read: "a", write: "b");
        Assert.Equal(ErrorCode.Locked, (await Assert.ThrowsAsync<RefusedException>(() => node.Client.CommitTransactionAsync(two, new TransactionEndRequest(), Token))).Refusal.Code);
        await node.Client.CommitTransactionAsync(one, new TransactionEndRequest(), Token);
        Assert.Equal(ErrorCode.Conflict, (await Assert.ThrowsAsync<RefusedException>(() => node.Client.LockAsync(two, "a", TimeSpan.FromSeconds(60), Token))).Refusal.Code);
        Assert.Equal(("off", "0"), (await OutsideAsync(node, "a"), await OutsideAsync(node, "b")));
    }

    [Fact]
    public async Task A_transaction_whose_lock_has_run_out_cannot_commit()
    {
        await using var node = await StartAsync();
        var id = await BeginAsync(node);
        await node.Client.LockAsync(id, "b", TimeSpan.FromSeconds(1), Token);
        await node.Client.StageAsync(id, "a", [Set("v", "1")], Token);
        await UntilAsync(() => CommitAsync(node, "b", Set("v", "7")), ErrorCode.Locked);
        Assert.Equal(ErrorCode.Conflict, (await Assert.ThrowsAsync<RefusedException>(() => node.Client.CommitTransactionAsync(id, new TransactionEndRequest(), Token))).Refusal.Code);
        Assert.Equal("0", await OutsideAsync(node, "a"));
    }

    [Fact]
    public async Task A_hand_edit_waits_for_the_end_of_a_lock()
    {
        await using var node = await StartAsync();
        var id = await BeginAsync(node);
        await node.Client.LockAsync(id, "a", TimeSpan.FromSeconds(60), Token);
        await File.WriteAllTextAsync(node.FileOf("a"), "config t 's'\n\toption v 'edited'\n", Token);
        await node.Client.StageAsync(id, "a", [Set("w", "1")], Token);
        await node.Client.CommitTransactionAsync(id, new TransactionEndRequest(), Token);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (await OutsideAsync(node, "a") != "edited" && await tick.WaitForNextTickAsync(Token))
        {
        }

        Assert.Equal(3, (await node.Client.GetAsync("a", Token)).Revision);
    }

    [Fact]
    public async Task An_abandoned_transaction_ends_by_itself_and_gives_its_locks_back()
    {
        await using var node = await StartAsync();
        var id = (await node.Client.BeginAsync(new TransactionBeginRequest { Seconds = 1, Locks = ["a"], LeaseSeconds = 3600 }, Token)).Transaction;
        await node.Client.StageAsync(id, "a", [Set("v", "1")], Token);
        await UntilAsync(() => CommitAsync(node, "a", Set("v", "5")), ErrorCode.Locked);
        await AssertEndedAsync(() => node.Client.CommitTransactionAsync(id, new TransactionEndRequest(), Token), "nobody used it for 1 s");
        Assert.Empty(await node.Client.TransactionsAsync(Token));
    }

    [Fact]
    public async Task A_thousand_are_open_at_once_and_the_next_is_refused_until_one_ends()
    {
        await using var node = await StartAsync();
        var ids = new List<string>();
        for (var number = 0; number < 1000; number++)
        {
            ids.Add(await BeginAsync(node));
            await node.Client.StageAsync(ids[^1], "a", [Set("v", $"{number}")], Token);
        }

        Assert.Equal(ErrorCode.Busy, (await Assert.ThrowsAsync<RefusedException>(() => BeginAsync(node))).Refusal.Code);
        Assert.Equal(1000, (await node.Client.TransactionsAsync(Token)).Count);
        await node.Client.CommitTransactionAsync(ids[500], new TransactionEndRequest(), Token);
        await BeginAsync(node);
        Assert.Equal("500", await OutsideAsync(node, "a"));
        Assert.Equal(ErrorCode.Conflict, (await Assert.ThrowsAsync<RefusedException>(() => node.Client.CommitTransactionAsync(ids[0], new TransactionEndRequest(), Token))).Refusal.Code);
    }

    [Fact]
    public async Task What_is_staged_is_staged_once_also_when_its_snapshot_goes_meanwhile()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, "a", Set("cold", "1"));
        var id = await BeginAsync(node);
        await node.Client.StageAsync(id, "a", [Set("first", "1")], Token);
        var churn = string.Concat(Enumerable.Range(0, 6000).Select(number => $"set a.s.v={number}\n"));
        using var text = new MemoryStream(System.Text.Encoding.ASCII.GetBytes(churn));
        await node.Client.BulkAsync(text, new Cms.Client.BulkOptions { Size = 1 }, Token);
        var increments = new[] { "cold", "v" }.Select(option => new WireOperation { Op = "increment", Section = "s", Option = option });
        await node.Client.StageAsync(id, "a", [.. increments], Token);
        Assert.Equal(3, (await node.Client.TransactionAsync(id, Token)).Modules.Single(module => module.Module == "a").Count);
        await node.Client.CommitTransactionAsync(id, new TransactionEndRequest(), Token);
        var options = (await node.Client.GetAsync("a", Token)).Sections[0].Options;
        Assert.Equal(("2", "6000", "1"), (options["cold"].GetText(), options["v"].GetText(), options["first"].GetText()));
    }

    [Fact]
    public async Task An_expectation_that_the_snapshot_does_not_meet_is_a_conflict_at_once()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, "a", Set("v", "1"));
        var id = await BeginAsync(node);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => node.Client.StageAsync(id, "a", [Set("v", "2") with { Expected = 1 }], Token));
        Assert.Equal(ErrorCode.Conflict, refused.Refusal.Code);
        await node.Client.StageAsync(id, "a", [Set("v", "2") with { Expected = 2 }], Token);
    }

    [Fact]
    public async Task Committed_twice_at_the_same_time_it_gives_one_answer()
    {
        await using var node = await StartAsync();
        for (var round = 0; round < 20; round++)
        {
            var id = await BeginAsync(node);
            await node.Client.StageAsync(id, "a", [Set("v", $"{round}x")], Token);
            var replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => node.Client.CommitTransactionAsync(id, new TransactionEndRequest(), Token)));
            Assert.All(replies, reply => Assert.Equal(round + 2, reply.Modules["a"].Revision));
        }

        var empty = await BeginAsync(node);
        Assert.Empty((await node.Client.CommitTransactionAsync(empty, new TransactionEndRequest(), Token)).Modules);
        Assert.Empty((await node.Client.CommitTransactionAsync(empty, new TransactionEndRequest(), Token)).Modules);
    }

    [Fact]
    public async Task A_commit_under_a_lock_that_waits_for_an_edited_file_ends()
    {
        await using var node = await StartAsync();
        var id = await BeginAsync(node);
        await node.Client.LockAsync(id, "a", TimeSpan.FromSeconds(3600), Token);
        await node.Client.StageAsync(id, "a", [Set("w", "1")], Token);
        await File.WriteAllTextAsync(node.FileOf("a"), "config t 's'\n\toption v 'edited'\n", Token);
        await node.Client.CommitTransactionAsync(id, new TransactionEndRequest { WaitForFile = true }, Token);
        var text = await File.ReadAllTextAsync(node.FileOf("a"), Token);
        Assert.Contains("option w '1'", text, StringComparison.Ordinal);
        Assert.Contains("option v 'edited'", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_of_the_daemon_ends_what_was_open_and_keeps_what_was_committed()
    {
        await using var node = await StartAsync();
        var (committed, open) = (await BeginAsync(node), await BeginAsync(node));
        await node.Client.StageAsync(committed, "a", [Set("v", "1")], Token);
        await node.Client.StageAsync(open, "b", [Set("v", "1")], Token);
        await node.Client.LockAsync(open, "b", TimeSpan.FromSeconds(3600), Token);
        await node.Client.CommitTransactionAsync(committed, new TransactionEndRequest(), Token);
        await node.KillAsync();
        await node.StartAsync();
        Assert.True((await node.Client.CommitTransactionAsync(committed, new TransactionEndRequest(), Token)).Modules["a"].Repeated);
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<RefusedException>(() => node.Client.CommitTransactionAsync(open, new TransactionEndRequest(), Token))).Refusal.Code);
        await CommitAsync(node, "b", Set("v", "2"));
    }

    [Fact]
    public async Task The_command_line_works_in_a_transaction()
    {
        await using var node = await StartAsync();
        var id = (await OkAsync(node, "begin", "-m", "by hand")).Trim();
        await OkAsync(node, "--transaction", id, "set", "a.s.v=1");
        await OkAsync(node, "--transaction", id, "transaction", "savepoint", "one");
        await OkAsync(node, "--transaction", id, "set", "b.s.v=2");
        Assert.Equal("2\n", await OkAsync(node, "--transaction", id, "get", "b.s.v"));
        Assert.Equal("0\n", await OkAsync(node, "get", "b.s.v"));
        Assert.Equal("set a.s.v='1'\nset b.s.v='2'\n", await OkAsync(node, "--transaction", id, "changes"));
        await OkAsync(node, "--transaction", id, "transaction", "back", "one");
        Assert.Contains("a: 1 staged on revision 1", await OkAsync(node, "--transaction", id, "transaction", "show"), StringComparison.Ordinal);
        Assert.Contains("by hand", await OkAsync(node, "transaction", "list"), StringComparison.Ordinal);
        Assert.Equal("a: revision 2, 1 change\n", await OkAsync(node, "--transaction", id, "commit"));
        Assert.Equal("nothing is staged\n", await OkAsync(node, "commit"));
        var other = (await OkAsync(node, "begin")).Trim();
        await OkAsync(node, "abort", other);
        var (exitCode, _, error) = await ProgramRun.CmsAsync(node, "--transaction", other, "set", "a.s.v=9");
        Assert.Equal((3, $"cms: transaction {other} has ended: it was aborted\n"), (exitCode, error));
    }

    [Fact]
    public async Task Single_values_are_incremented_and_compared_at_once()
    {
        await using var node = await StartAsync();
        Assert.Equal("5\n", await OkAsync(node, "increment", "a.s.v=5"));
        Assert.Equal("6\n", await OkAsync(node, "increment", "a.s.v"));
        Assert.Equal("a: revision 4, 1 change\n", await OkAsync(node, "compare-and-set", "a.s.v=7", "--was", "6"));
        var (exitCode, _, error) = await ProgramRun.CmsAsync(node, "compare-and-set", "a.s.v=8", "--was", "6");
        Assert.Equal((5, "cms: s.v is '7', not '6'; look at it again\n"), (exitCode, error));
        Assert.Equal("a: revision 5, 1 change\n", await OkAsync(node, "compare-and-set", "a.s.fresh=1"));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => IncrementAsync(node, 25), Token)));
        Assert.Equal("207", await OutsideAsync(node, "a"));
    }

    private static async Task IncrementAsync(NodeProcess node, int times)
    {
        for (var time = 0; time < times; time++)
        {
            await CommitAsync(node, "a", new WireOperation { Op = "increment", Section = "s", Option = "v" });
        }
    }

    private static async Task<int> WriteBothAsync(NodeProcess node, CancellationToken stop)
    {
        var number = 0;
        while (!stop.IsCancellationRequested)
        {
            number++;
            var modules = new[] { "a", "b" }.Select(module => new TransactionModule { Module = module, Operations = [Set("v", $"{number}")] });
            await node.Client.CommitAsync(new TransactionCommitRequest { Modules = [.. modules] }, CancellationToken.None);
        }

        return number;
    }

    // Both may be on, but not both off: each looks at the other before it goes off.
    private static async Task ReadAndWriteAsync(NodeProcess node, string id, string read, string write)
    {
        Assert.Equal("0", await InsideAsync(node, id, read));
        await node.Client.StageAsync(id, write, [Set("v", "off")], Token);
    }

    private static async Task UntilAsync(Func<Task> act, ErrorCode not)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await tick.WaitForNextTickAsync(Token))
        {
            try
            {
                await act();
                return;
            }
            catch (RefusedException refused) when (refused.Refusal.Code == not)
            {
                // The lease still runs.
            }
        }
    }

    private static async Task AssertEndedAsync(Func<Task> act, string why)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(act);
        Assert.Equal(ErrorCode.NotFound, refused.Refusal.Code);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        foreach (var module in new[] { "a", "b" })
        {
            await File.WriteAllTextAsync(node.FileOf(module), "config t 's'\n\toption v '0'\n", Token);
        }

        await node.StartAsync();
        return node;
    }

    private static async Task<string> OkAsync(NodeProcess node, params string[] arguments)
    {
        var (exitCode, output, error) = await ProgramRun.CmsAsync(node, arguments);
        Assert.Equal((0, ""), (exitCode, error));
        return output;
    }

    private static async Task<string> BeginAsync(NodeProcess node) => (await node.Client.BeginAsync(new TransactionBeginRequest(), Token)).Transaction;

    private static Task<CommitReply> CommitAsync(NodeProcess node, string module, params WireOperation[] operations) =>
        node.Client.CommitAsync(module, new CommitRequest { Operations = operations }, Token);

    private static WireOperation Set(string option, string value) => new() { Op = "set", Section = "s", Option = option, Value = ConfigValue.FromText(value) };

    private static async Task<string> InsideAsync(NodeProcess node, string id, string module) =>
        (await node.Client.GetAsync(id, module, Token)).Sections[0].Options["v"].GetText();

    private static async Task<string> OutsideAsync(NodeProcess node, string module) =>
        (await node.Client.GetAsync(module, Token)).Sections[0].Options["v"].GetText();
}
