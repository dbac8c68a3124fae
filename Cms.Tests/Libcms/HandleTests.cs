using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Tests.Segments;
using Xunit;

namespace Cms.Tests.Libcms;

/// <summary>Handles, snapshots, arrays and waiting, across commits, reuse of memory and a change of files.</summary>
public sealed class HandleTests
{
    private static readonly SegmentOptions Options = new() { MaximumBytes = 4 << 20, InitialEntries = 10, RetainedCommits = 2 };

    [Fact]
    public async Task A_handle_notices_that_its_block_was_used_again_under_the_same_key()
    {
        using var place = new SegmentPlace();
        using var writer = Begin(place, Options);
        await using var probe = await ProbeProcess.StartAsync(place.Path);
        for (var round = 1; round < 60; round++)
        {
            Assert.Equal(probe.AskAbout("get", "s.key"), probe.AskAbout("handle", "s.key"));
            for (var step = 0; step < round % 9; step++)
            {
                Commit(writer, Set("key", $"{round}"));
            }

            var answer = probe.AskAbout("handle", "s.key");
            Assert.Equal(probe.AskAbout("get", "s.key"), answer);
            Assert.True(round % 9 == 0 || answer.Contains($"int 0 {round} ", StringComparison.Ordinal), answer);
        }
    }

    [Theory]
    [InlineData("key")]
    [InlineData("missing")]
    public async Task A_handle_says_that_it_has_changed_after_commits_of_its_key_alone(string option)
    {
        using var place = new SegmentPlace();
        using var writer = Begin(place, Options);
        await using var probe = await ProbeProcess.StartAsync(place.Path);
        var key = $"s.{option}";
        Assert.Equal("1", probe.AskAbout("changed", key));
        _ = probe.AskAbout("handle", key);
        Assert.Equal("0", probe.AskAbout("changed", key));
        Commit(writer, Set("other", "1"));
        Assert.Equal("0", probe.AskAbout("changed", key));
        Commit(writer, Set(option, "2"));
        Assert.Equal("1", probe.AskAbout("changed", key));
        Assert.Contains("int 0 2 ", probe.AskAbout("handle", key), StringComparison.Ordinal);
        Assert.Equal("0", probe.AskAbout("changed", key));
        Commit(writer, new ModuleChange.OptionRemoved(new(1), option));
        Assert.Equal("1", probe.AskAbout("changed", key));
    }

    [Fact]
    public async Task A_handle_follows_its_key_away_and_back_and_to_a_larger_file()
    {
        using var place = new SegmentPlace();
        using var writer = Begin(place, Options with { RetainedCommits = 64 });
        await using var probe = await ProbeProcess.StartAsync(place.Path);
        Assert.Contains("int 0 0 ", probe.AskAbout("handle", "s.key"), StringComparison.Ordinal);
        Assert.StartsWith("string 2 ", probe.AskAbout("handle", "s.late"), StringComparison.Ordinal);
        Commit(writer, new ModuleChange.OptionRemoved(new(1), "key"));
        Assert.StartsWith("string 2 ", probe.AskAbout("handle", "s.key"), StringComparison.Ordinal);
        Commit(writer, Set("key", "7"));
        Assert.Contains("int 0 7 ", probe.AskAbout("handle", "s.key"), StringComparison.Ordinal);
        var before = writer.Statistics.IndexBytes;
        for (var index = 0; index < 300; index++)
        {
            Commit(writer, Set($"filler{index}", "f"));
        }

        Commit(writer, Set("key", "8"), Set("late", "9"));
        Assert.True(writer.Statistics.IndexBytes > before);
        // Asked first, so that it is this lookup that has to notice the other file.
        Assert.Contains("int 0 8 ", probe.AskAbout("get", "s.key"), StringComparison.Ordinal);
        Assert.Contains("int 0 8 ", probe.AskAbout("handle", "s.key"), StringComparison.Ordinal);
        Assert.Contains("int 0 9 ", probe.AskAbout("handle", "s.late"), StringComparison.Ordinal);
        Assert.Equal(ProbeProcess.TextOf(writer.View), probe.Dump());
    }

    [Fact]
    public async Task A_snapshot_stays_as_it_was_until_it_is_too_old()
    {
        using var place = new SegmentPlace();
        using var writer = Begin(place, Options with { InitialEntries = 500 });
        await using var probe = await ProbeProcess.StartAsync(place.Path);
        Assert.Equal("0 1", probe.Ask("snapshot"));
        var answer = probe.AskAbout("at", "s.key");
        Commit(writer, Set("key", "5"), Set("new", "6"));
        Assert.Equal(answer, probe.AskAbout("at", "s.key"));
        Assert.StartsWith("string 2 ", probe.AskAbout("at", "s.new"), StringComparison.Ordinal);
        for (var index = 0; index < 4; index++)
        {
            Commit(writer, Set("key", $"{index}"));
        }

        Assert.StartsWith($"string {ProbeProcess.TooOld} ", probe.AskAbout("at", "s.key"), StringComparison.Ordinal);
        Assert.StartsWith($"string {ProbeProcess.TooOld} ", probe.AskAbout("at", "s.new"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_array_is_of_one_version_until_its_memory_is_used_again()
    {
        using var place = new SegmentPlace();
        using var writer = Begin(place, Options with { InitialEntries = 500 });
        Commit(writer, SetList("list", "a", "", "ccc"));
        await using var probe = await ProbeProcess.StartAsync(place.Path);
        Assert.Equal("0 3", probe.AskAbout("array", "s.list"));
        Assert.Equal("0 61", probe.Ask("next"));
        Commit(writer, SetList("list", "x", "y", "z"));
        Assert.Equal("0 -", probe.Ask("next"));
        Assert.Equal("0 636363", probe.Ask("next"));
        Assert.Equal($"{ProbeProcess.End} -", probe.Ask("next"));
        Assert.Equal("0 3", probe.AskAbout("array", "s.list"));
        Assert.Equal("0 78", probe.Ask("next"));
        for (var index = 0; index < 8; index++)
        {
            Commit(writer, SetList("list", "1", "2", "3"));
        }

        Assert.Equal($"{ProbeProcess.TooOld} -", probe.Ask("next"));
        Assert.Equal("0 1", probe.AskAbout("array", "s.key"));
        Assert.Equal("0 30", probe.Ask("next"));
        Assert.Equal($"{ProbeProcess.NotFound} 0", probe.AskAbout("array", "s.none"));
    }

    [Fact]
    public async Task Waiting_ends_with_a_commit_and_waiting_for_a_key_with_a_commit_of_that_key()
    {
        using var place = new SegmentPlace();
        using var writer = Begin(place, Options with { InitialEntries = 500 });
        await using var probe = await ProbeProcess.StartAsync(place.Path);
        Assert.Equal($"{ProbeProcess.TimedOut} 1", probe.Ask("wait 1 0"));
        Assert.Equal($"{ProbeProcess.TimedOut} 1", probe.Ask("wait 1 30"));
        Assert.Equal("0 1", probe.Ask("wait 0 -1"));
        probe.Send("wait 1 30000");
        Commit(writer, Set("other", "1"));
        Assert.Equal("0 2", probe.Read());
        Assert.Equal($"{ProbeProcess.TimedOut}", probe.AskAbout("watch", "s.key", " 30"));
        probe.Send($"watch {ProbeProcess.Hex("s.key"u8)} 30000");
        Commit(writer, Set("other", "2"));
        Commit(writer, Set("key", "2"));
        Assert.Equal("0", probe.Read());
        Assert.Equal($"{ProbeProcess.TimedOut}", probe.AskAbout("watch", "s.late", " 0"));
        probe.Send($"watch {ProbeProcess.Hex("s.late"u8)} -1");
        Commit(writer, Set("late", "2"));
        Assert.Equal("0", probe.Read());
    }

    [Theory]
    [InlineData("get", "string 0 39 ")]
    [InlineData("handle", "string 0 39 ")]
    [InlineData("many", "0 0 39")]
    [InlineData("revision", "0 ")]
    public async Task Each_way_of_reading_notices_the_next_file_by_itself(string command, string expected)
    {
        using var place = new SegmentPlace();
        using var writer = Begin(place, Options with { RetainedCommits = 64 });
        await using var probe = await ProbeProcess.StartAsync(place.Path);
        _ = probe.AskAbout(command, "s.key");
        for (var index = 0; index < 300; index++)
        {
            Commit(writer, Set($"filler{index}", "f"));
        }

        Commit(writer, Set("key", "9"));
        Assert.StartsWith(command == "revision" ? $"0 {writer.Revision}" : expected, probe.AskAbout(command, "s.key"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_goes_on_in_the_next_file()
    {
        using var place = new SegmentPlace();
        using var writer = Begin(place, Options with { RetainedCommits = 64 });
        await using var probe = await ProbeProcess.StartAsync(place.Path);
        _ = probe.AskAbout("watch", "s.late", " 0");
        probe.Send($"watch {ProbeProcess.Hex("s.late"u8)} -1");
        for (var index = 0; index < 300; index++)
        {
            Commit(writer, Set($"filler{index}", "f"));
        }

        Commit(writer, Set("late", "9"));
        Assert.Equal("0", probe.Read());
    }

    private static SegmentWriter Begin(SegmentPlace place, SegmentOptions options)
    {
        var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, options);
        Commit(writer, new ModuleChange.SectionAdded(new(1), "t", "s"), Set("key", "0"));
        return writer;
    }

    private static ModuleChange.OptionSet Set(string name, string value) => new(new(1), name, ConfigValue.FromText(value));

    private static ModuleChange.OptionSet SetList(string name, params string[] values) => new(new(1), name, ConfigValue.FromTexts(values));

    private static void Commit(SegmentWriter writer, params ModuleChange[] changes)
    {
        Assert.True(writer.TryReserve(changes, out _));
        writer.Project(writer.Revision.Next, changes);
    }
}
