using Cms.Actors.Topics;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Cms.Tests.Topics;

/// <summary>What a subscriber in the node's own process hears.</summary>
public sealed class ModuleTopicTests
{
    private const string Text = "config interface 'lan'\n\toption mtu '1500'\n\nconfig interface 'wan'\n\toption mtu '1400'\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_commit_is_told_once_and_in_order()
    {
        await using var embedded = await EmbeddedNode.StartNewAsync("net", Text);
        using var heard = Subscribe(embedded, null, "net");
        await embedded.CommitAsync("net", EmbeddedNode.Set("lan", "mtu", "1"), EmbeddedNode.Set("wan", "mtu", "2"));
        await embedded.CommitAsync("net", new ModuleOperation.DeleteSection(new SectionSelector.ByName("wan")));
        var events = await TakeAsync(heard, 2);
        Assert.Equal(["net 2 mtu=1 mtu=2", "net 3 removed wan"], events.Select(Describe));
        Assert.Equal(("uid:7", "test", "a message", true), (events[0].Origin.Principal, events[0].Origin.Gateway, events[0].Origin.Message, events[0].IsComplete));
        Assert.Equal("lan", events[0].Changes[0].Section!.Name);
        Assert.Null(events[0].Changes[0].OldOption);
        Assert.Equal(new Revision(3), heard.Position.Revisions["net"]);
    }

    [Fact]
    public async Task A_subscriber_hears_what_it_asked_for()
    {
        await using var embedded = await EmbeddedNode.StartNewAsync("net", Text);
        using var heard = Subscribe(embedded, null, "net.lan.mtu", "n*.@rule");
        await embedded.CommitAsync("net", EmbeddedNode.Set("wan", "mtu", "1"));
        await embedded.CommitAsync("net", EmbeddedNode.Set("wan", "mtu", "2"), EmbeddedNode.Set("lan", "mtu", "3"));
        await embedded.CommitAsync("net", new ModuleOperation.AddSection("rule", null, "r"));
        Assert.Equal(["net 3 mtu=3", "net 4 added rule"], (await TakeAsync(heard, 2)).Select(Describe));
    }

    [Theory]
    [InlineData(1000, 1 << 20)]
    [InlineData(3, 1 << 20)]
    [InlineData(1000, 300)]
    [InlineData(0, 0)]
    public async Task A_subscriber_that_is_behind_loses_nothing(int ringCount, long ringBytes)
    {
        await using var embedded = await EmbeddedNode.StartNewAsync("net", Text, options => options with { EventRingCount = ringCount, EventRingBytes = ringBytes });
        using var heard = Subscribe(embedded, null, "*");
        for (var number = 0; number < 600; number++)
        {
            await embedded.CommitAsync("net", EmbeddedNode.Set("lan", "mtu", $"{number}"));
        }

        Assert.Equal(Enumerable.Range(0, 600).Select(number => $"net {number + 2} mtu={number}"), (await TakeAsync(heard, 600)).Select(Describe));
        using var again = Subscribe(embedded, JournalPosition.Of("net", new Revision(1)), "net");
        Assert.Equal(Enumerable.Range(0, 600).Select(number => $"net {number + 2} mtu={number}"), (await TakeAsync(again, 600)).Select(Describe));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(0)]
    public async Task What_was_there_before_is_told_when_asked_for(int ringCount)
    {
        await using var embedded = await EmbeddedNode.StartNewAsync("net", Text, options => options with { EventRingCount = ringCount });
        using var heard = embedded.Node.Topics.Subscribe([TopicPattern.Parse("net.wan"), TopicPattern.Parse("net.home")], null, wantsOld: true);
        var wan = new SectionSelector.ByName("wan");
        await embedded.CommitAsync("net", EmbeddedNode.Set("wan", "mtu", "7"), EmbeddedNode.Set("wan", "up", "1"));
        await embedded.CommitAsync("net", new ModuleOperation.RenameSection(wan, "home"));
        await embedded.CommitAsync("net", new ModuleOperation.DeleteSection(new SectionSelector.ByName("home")));
        var events = await TakeAsync(heard, 3);
        Assert.Equal(["net 2 mtu=7 up=1", "net 3 wan renamed home", "net 4 removed home"], events.Select(Describe));
        Assert.Equal(["1400", null], events[0].Changes.Select(told => told.OldOption?.Value.GetText()));
        Assert.Equal(["mtu=7", "up=1"], events[2].Changes[0].OldOptions.Select(option => $"{option.Name}={option.Value.GetText()}"));
    }

    [Fact]
    public async Task A_module_that_appears_is_heard_from_its_first_commit()
    {
        await using var embedded = await EmbeddedNode.StartNewAsync("net", Text);
        using var heard = Subscribe(embedded, null, "*");
        await embedded.CommitAsync("fresh", new ModuleOperation.AddSection("rule", "a", "r"));
        Assert.Equal(["fresh 1 added a"], (await TakeAsync(heard, 1)).Select(Describe));
    }

    [Fact]
    public async Task A_position_goes_on_after_a_restart()
    {
        await using var embedded = await EmbeddedNode.StartNewAsync("net", Text);
        JournalPosition position;
        using (var heard = Subscribe(embedded, JournalPosition.Beginning, "*"))
        {
            await embedded.CommitAsync("net", EmbeddedNode.Set("lan", "mtu", "1"));
            Assert.Equal(["net 1 added lan mtu=1500 added wan mtu=1400", "net 2 mtu=1"], (await TakeAsync(heard, 2)).Select(Describe));
            position = JournalPosition.Parse(heard.Position.ToString());
        }

        await embedded.CommitAsync("net", EmbeddedNode.Set("lan", "mtu", "2"));
        await embedded.CommitAsync("new", new ModuleOperation.AddSection("rule", "a", "r"));
        await embedded.StopAsync();
        await embedded.StartAsync();
        using var again = Subscribe(embedded, position, "*");
        Assert.Equal(["net 3 mtu=2", "new 1 added a"], (await TakeAsync(again, 2)).Select(Describe).Order());
    }

    [Fact]
    public async Task A_commit_that_was_durable_and_not_told_is_told_when_the_module_is_open_again()
    {
        await using var embedded = await EmbeddedNode.StartNewAsync("net", Text);
        var topic = embedded.Node.Topics.TopicOf(new ModuleName("net"));
        using var heard = Subscribe(embedded, null, "net");
        await embedded.CommitAsync("net", EmbeddedNode.Set("lan", "mtu", "1"));
        Assert.Single(await TakeAsync(heard, 1));

        // What the journal has and nobody has published, as a fault between the two leaves it.
        var commit = new Cms.Storage.Journals.CommitRecord(new ModuleName("net"), new Revision(3), default, new("uid:7", "test", "", null), [new ModuleChange.OptionSet(new SectionId(1), "mtu", ConfigValue.FromText("2"))]);
        await embedded.Node.Journal.AppendAsync([commit], Token);
        topic.Open(new Revision(3));
        Assert.Equal(["net 3 mtu=2"], (await TakeAsync(heard, 1)).Select(Describe));
    }

    [Fact]
    public async Task A_subscriber_whose_commits_are_gone_is_told_so_and_goes_on()
    {
        await using var embedded = await EmbeddedNode.StartNewAsync("net", Text);
        await embedded.CommitAsync("net", EmbeddedNode.Set("lan", "mtu", "1"));
        await embedded.CommitAsync("net", EmbeddedNode.Set("lan", "mtu", "2"));
        await embedded.StopAsync();
        await using (var connection = new SqliteConnection($"Data Source={embedded.JournalPath};Pooling=False"))
        {
            await connection.OpenAsync(Token);
            await using var command = connection.CreateCommand();
            command.CommandText = "DELETE FROM commits WHERE revision < 3";
            Assert.Equal(2, await command.ExecuteNonQueryAsync(Token));
        }

        await embedded.StartAsync();
        using var heard = Subscribe(embedded, JournalPosition.Beginning, "net");
        await using var events = heard.ReadAllAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(new TopicEvent.Lost(new ModuleName("net"), Revision.None, new Revision(3)), events.Current);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("net 3 mtu=2", Describe((TopicEvent.Committed)events.Current));
    }

    [Fact]
    public async Task A_large_commit_is_told_by_its_first_changes()
    {
        await using var embedded = await EmbeddedNode.StartNewAsync("net", Text);
        using var heard = Subscribe(embedded, null, "net.lan.b");
        var value = new string('x', 600_000);
        await embedded.CommitAsync("net", [.. "abcd".Select(option => EmbeddedNode.Set("lan", $"{option}", value))]);
        var told = Assert.Single(await TakeAsync(heard, 1));
        Assert.Equal((4, 1, false), (told.ChangeCount, told.Changes.Count, told.IsComplete));
    }

    [Fact]
    public async Task A_thousand_subscribers_each_hear_every_commit()
    {
        await using var embedded = await EmbeddedNode.StartNewAsync("net", Text);
        var heard = Enumerable.Range(0, 1000).Select(_ => Subscribe(embedded, null, "net")).ToList();
        var all = heard.Select(each => TakeAsync(each, 20)).ToList();
        for (var number = 0; number < 20; number++)
        {
            await embedded.CommitAsync("net", EmbeddedNode.Set("lan", "mtu", $"{number}"));
        }

        foreach (var events in await Task.WhenAll(all))
        {
            Assert.Equal(Enumerable.Range(0, 20).Select(number => $"net {number + 2} mtu={number}"), events.Select(Describe));
        }

        heard.ForEach(each => each.Dispose());
        Assert.Equal(0, embedded.Node.Topics.SubscriptionCount);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(300)]
    public async Task Who_is_not_concerned_is_not_woken_and_has_heard_all_the_same(int others)
    {
        await using var embedded = await EmbeddedNode.StartNewAsync("net", Text, options => options with { EventRingCount = 5 });
        var lan = Enumerable.Range(0, others).Select(_ => Subscribe(embedded, null, "net.lan")).ToList();
        using var wan = Subscribe(embedded, null, "net.wan");
        for (var number = 0; number < 20; number++)
        {
            await embedded.CommitAsync("net", EmbeddedNode.Set("wan", "mtu", $"{number}"));
        }

        Assert.Equal(20, (await TakeAsync(wan, 20)).Count);
        await embedded.CommitAsync("net", EmbeddedNode.Set("lan", "mtu", "1"));
        foreach (var each in lan)
        {
            Assert.Equal(["net 22 mtu=1"], (await TakeAsync(each, 1)).Select(Describe));

            // It was told by the ring although far more has happened than the ring holds.
            Assert.False(each.IsBehind);
            Assert.Equal(new Revision(22), each.Position.Revisions["net"]);
        }

        await embedded.CommitAsync("net", EmbeddedNode.Set("wan", "mtu", "last"));
        Assert.Equal(["net 23 mtu=last"], (await TakeAsync(wan, 1)).Select(Describe));
        await embedded.CommitAsync("net", EmbeddedNode.Set("lan", "mtu", "2"));
        Assert.Equal(["net 24 mtu=2"], (await TakeAsync(lan[^1], 1)).Select(Describe));
        lan.ForEach(each => each.Dispose());
    }

    [Fact]
    public async Task What_cannot_be_heard_is_refused()
    {
        await using var embedded = await EmbeddedNode.StartNewAsync("net", Text, options => options with { MaxSubscriptions = 1 });
        Assert.Equal(ErrorCode.InvalidArgument, CodeOf(() => Subscribe(embedded, JournalPosition.Of("net", new Revision(2)), "net")));
        Assert.Equal(ErrorCode.InvalidArgument, CodeOf(() => Subscribe(embedded, null)));
        Assert.Equal(ErrorCode.Conflict, CodeOf(() => Subscribe(embedded, JournalPosition.Beginning with { Journal = new Guid(9, 9, 9, new byte[8]) }, "net")));
        using var only = Subscribe(embedded, null, "net");
        Assert.Equal(ErrorCode.Busy, CodeOf(() => Subscribe(embedded, null, "net")));
    }

    [Fact]
    public async Task A_subscription_that_ends_ends_the_wait()
    {
        await using var embedded = await EmbeddedNode.StartNewAsync("net", Text);
        var heard = Subscribe(embedded, null, "net");
        var waiting = heard.WaitAsync(Token).AsTask();
        Assert.False(waiting.IsCompleted);
        heard.Dispose();
        Assert.False(await waiting);
    }

    internal static string Describe(TopicEvent.Committed committed) =>
        $"{committed.Module} {committed.Revision} {string.Join(' ', committed.Changes.Select(Describe))}";

    private static string Describe(ToldChange told) => told.Change switch
    {
        ModuleChange.OptionSet set => $"{set.Option}={set.Value.GetText()}",
        ModuleChange.SectionAdded added => $"added {added.Name ?? added.Type}",
        ModuleChange.SectionRemoved => $"removed {told.Section?.Name}",
        ModuleChange.SectionRenamed renamed => $"{told.Section?.Name} renamed {renamed.Name}",
        _ => told.Change.ToString(),
    };

    private static TopicSubscription Subscribe(EmbeddedNode embedded, JournalPosition? since, params string[] patterns) =>
        embedded.Node.Topics.Subscribe([.. patterns.Select(TopicPattern.Parse)], since, wantsOld: false);

    private static ErrorCode CodeOf(Action refused) => Assert.Throws<RefusedException>(refused).Refusal.Code;

    private static async Task<List<TopicEvent.Committed>> TakeAsync(TopicSubscription heard, int count)
    {
        var events = new List<TopicEvent.Committed>();
        while (events.Count < count && await heard.WaitAsync(Token))
        {
            events.AddRange((await heard.TakeAsync(Token)).Cast<TopicEvent.Committed>());
        }

        return events;
    }
}
