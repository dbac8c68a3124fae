using Cms.Actors.Confirmations;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Storage.Confirmations;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Cms.Tests.Confirmations;

/// <summary>Commits that wait for a confirmation, under clocks that are set.</summary>
public sealed class ConfirmationKeeperTests
{
    [Fact]
    public async Task What_is_not_confirmed_in_time_is_rolled_back_in_all_its_modules()
    {
        await using var node = await ClockedNode.StartNewAsync();
        var id = await node.CommitAsync(90, "1400", "net", "other");
        node.BootClock.Advance(TimeSpan.FromSeconds(89));
        Assert.Equal(TimeSpan.FromSeconds(1), node.Find(id).Remaining);
        Assert.Equal("1400 1400", $"{node.Mtu("net")} {node.Mtu("other")}");
        node.BootClock.Advance(TimeSpan.FromSeconds(1));
        var ended = await node.EndedAsync(id);
        Assert.Equal(ConfirmationState.RolledBack, ended.Stored.State);
        Assert.Equal("1500 1500", $"{node.Mtu("net")} {node.Mtu("other")}");
        Assert.Contains("net revision 3: roll back revision 2, which uid:7 did not confirm in time", ended.Stored.Result, StringComparison.Ordinal);
        var head = node.Node.Journal.History(new ModuleName("net"), 1)[0];
        Assert.Equal(("confirm", "confirm", $"confirm-{id}"), (head.Origin.Principal, head.Origin.Gateway, head.Origin.RequestId));
        Assert.Equal(ErrorCode.Conflict, (await Assert.ThrowsAsync<RefusedException>(() => node.Node.Confirmations.ConfirmAsync(id, owner: null))).Refusal.Code);
    }

    [Fact]
    public async Task What_is_confirmed_stands_also_when_it_is_confirmed_twice()
    {
        await using var node = await ClockedNode.StartNewAsync();
        var id = await node.CommitAsync(90, "1400", "net");
        Assert.Equal(ConfirmationState.Confirmed, (await node.Node.Confirmations.ConfirmAsync(null, owner: null)).Stored.State);
        Assert.Equal(ConfirmationState.Confirmed, (await node.Node.Confirmations.ConfirmAsync(id, owner: null)).Stored.State);
        node.BootClock.Advance(TimeSpan.FromDays(1));
        var second = await node.CommitAsync(1, "1300", "net");
        node.BootClock.Advance(TimeSpan.FromSeconds(2));
        await node.EndedAsync(second);
        Assert.Equal("1400", node.Mtu("net"));
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<RefusedException>(() => node.Node.Confirmations.ConfirmAsync(null, owner: null))).Refusal.Code);
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<RefusedException>(() => node.Node.Confirmations.ConfirmAsync("none", owner: null))).Refusal.Code);
    }

    [Fact]
    public async Task A_restart_of_the_daemon_neither_extends_nor_forgets_it()
    {
        await using var node = await ClockedNode.StartNewAsync();
        var id = await node.CommitAsync(90, "1400", "net");
        await node.StopAsync();
        node.BootClock.Advance(TimeSpan.FromSeconds(60));
        await node.StartAsync();
        Assert.Equal(TimeSpan.FromSeconds(30), node.Find(id).Remaining);
        await node.StopAsync();
        node.BootClock.Advance(TimeSpan.FromSeconds(60));
        await node.StartAsync();
        await node.EndedAsync(id);
        Assert.Equal("1500", node.Mtu("net"));
    }

    [Fact]
    public async Task After_a_reboot_it_goes_on_with_what_was_left()
    {
        await using var node = await ClockedNode.StartNewAsync();
        var id = await node.CommitAsync(90, "1400", "net");
        node.BootClock.Advance(TimeSpan.FromSeconds(40));
        await node.StopAsync();
        node.BootClock.Reboot();
        await node.StartAsync();
        Assert.Equal(TimeSpan.FromSeconds(50), node.Find(id).Remaining);
        node.BootClock.Advance(TimeSpan.FromSeconds(50));
        await node.EndedAsync(id);
        Assert.Equal("1500", node.Mtu("net"));
    }

    [Fact]
    public async Task What_is_left_is_written_down_while_it_waits_so_that_a_power_cut_does_not_start_it_anew()
    {
        await using var node = await ClockedNode.StartNewAsync();
        var id = await node.CommitAsync(90, "1400", "net");
        node.BootClock.Advance(TimeSpan.FromSeconds(30));
        using var journal = new SqliteConnection($"Data Source={node.JournalPath};Pooling=False");
        await journal.OpenAsync(TestContext.Current.CancellationToken);
        using var command = journal.CreateCommand();
        command.CommandText = "SELECT remaining_ms FROM confirmations WHERE id = $id";
        command.Parameters.AddWithValue("$id", id);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while ((long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))! != 60_000)
        {
            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task The_wall_clock_may_jump_as_it_likes()
    {
        await using var node = await ClockedNode.StartNewAsync();
        var id = await node.CommitAsync(90, "1400", "net");
        node.WallClock.Offset = TimeSpan.FromDays(-20_000);
        node.BootClock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.FromSeconds(60), node.Find(id).Remaining);
        node.WallClock.Offset = TimeSpan.FromDays(2000);
        Assert.Equal(TimeSpan.FromSeconds(60), node.Find(id).Remaining);
        node.BootClock.Advance(TimeSpan.FromSeconds(60));
        await node.EndedAsync(id);
    }

    [Fact]
    public async Task An_extension_counts_from_now()
    {
        await using var node = await ClockedNode.StartNewAsync();
        var id = await node.CommitAsync(90, "1400", "net");
        node.BootClock.Advance(TimeSpan.FromSeconds(80));
        Assert.Equal(TimeSpan.FromSeconds(200), (await node.Node.Confirmations.ExtendAsync(null, owner: null, 200)).Remaining);
        await node.StopAsync();
        node.BootClock.Advance(TimeSpan.FromSeconds(199));
        await node.StartAsync();
        Assert.Equal(TimeSpan.FromSeconds(1), node.Find(id).Remaining);
        node.BootClock.Advance(TimeSpan.FromSeconds(1));
        await node.EndedAsync(id);
        Assert.Equal(ErrorCode.Conflict, (await Assert.ThrowsAsync<RefusedException>(() => node.Node.Confirmations.ExtendAsync(id, owner: null, 5))).Refusal.Code);
    }

    [Fact]
    public async Task What_others_changed_since_is_left_alone_and_told()
    {
        await using var node = await ClockedNode.StartNewAsync();
        var id = await node.CommitAsync(90, "1400", "net", "other");
        await node.SetAsync("net", "9000");
        node.BootClock.Advance(TimeSpan.FromSeconds(90));
        var ended = await node.EndedAsync(id);
        Assert.Equal("9000 1500", $"{node.Mtu("net")} {node.Mtu("other")}");
        Assert.Contains("other revision 3", ended.Stored.Result, StringComparison.Ordinal);
        Assert.Contains("left alone, since changed by others: net.lan.mtu", ended.Stored.Result, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_that_overlap_both_go_back_whichever_runs_out_first(bool isLaterFirst)
    {
        await using var node = await ClockedNode.StartNewAsync();
        var earlier = await node.CommitAsync(isLaterFirst ? 90 : 30, "1400", "net");
        var later = await node.CommitAsync(isLaterFirst ? 30 : 90, "1300", "net");
        node.BootClock.Advance(TimeSpan.FromSeconds(30));
        await node.EndedAsync(isLaterFirst ? later : earlier);
        Assert.Equal(isLaterFirst ? "1400" : "1300", node.Mtu("net"));
        node.BootClock.Advance(TimeSpan.FromSeconds(60));
        await node.EndedAsync(isLaterFirst ? earlier : later);
        Assert.Equal(isLaterFirst ? "1500" : "1400", node.Mtu("net"));
    }

    [Fact]
    public async Task A_roll_back_that_was_cut_short_before_it_was_noted_is_not_made_twice()
    {
        await using var node = await ClockedNode.StartNewAsync();
        var id = await node.CommitAsync(90, "1400", "net", "other");
        node.BootClock.Advance(TimeSpan.FromSeconds(90));
        var first = await node.EndedAsync(id);
        await node.SetAsync("net", "1400");
        await node.StopAsync();
        using (var journal = new SqliteConnection($"Data Source={node.JournalPath};Pooling=False"))
        {
            await journal.OpenAsync(TestContext.Current.CancellationToken);
            using var command = journal.CreateCommand();
            command.CommandText = "UPDATE confirmations SET state = 0, result = ''";
            Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        }

        await node.StartAsync();
        Assert.Equal(first.Stored.Result, (await node.EndedAsync(id)).Stored.Result);
        Assert.Equal("1400", node.Mtu("net"));
        Assert.Equal(4, node.Node.History.LastRevision(new ModuleName("net")).Value);
    }

    [Fact]
    public async Task A_commit_that_changes_nothing_or_is_refused_waits_for_nothing_and_gives_its_place_back()
    {
        await using var node = await ClockedNode.StartNewAsync(options => options with { MaxConfirmations = 1 });
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await node.CommitAsync(90, "1500", "net");
            await Assert.ThrowsAnyAsync<Exception>(() => node.CommitAsync(90, new string('x', (1 << 20) + 1), "net"));
        }

        Assert.Empty(node.Node.Confirmations.List(100));
        await node.CommitAsync(90, "1400", "net");
        Assert.Equal(ErrorCode.Busy, (await Assert.ThrowsAsync<RefusedException>(() => node.CommitAsync(90, "1300", "other"))).Refusal.Code);
        Assert.Equal("1500", node.Mtu("other"));
        foreach (var seconds in new[] { 0, -1, ConfirmationRequest.LongestSeconds + 1 })
        {
            Assert.Equal(ErrorCode.InvalidArgument, Assert.Throws<RefusedException>(() => node.Node.Confirmations.Begin(new ConfirmationRequest(seconds, null), "x")).Refusal.Code);
        }
    }
}
