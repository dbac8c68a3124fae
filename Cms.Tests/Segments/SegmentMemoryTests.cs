using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Xunit;

namespace Cms.Tests.Segments;

/// <summary>What a segment takes, how that is bounded, and how it is given back.</summary>
public sealed class SegmentMemoryTests
{
    private static readonly SegmentOptions Options = new() { MaximumBytes = 64 << 20 };

    [Fact]
    public void Every_block_is_counted_as_used_or_free_also_after_a_restart()
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(81);
        using (var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options))
        {
            for (var commit = 0; commit < 300; commit++)
            {
                Commit(writer, history.NextCommit(6));
                CheckSums(writer);
            }
        }

        using var again = SegmentWriter.TryReopen(place.Path, SegmentPlace.Journal, Options, out var whyNot);
        Assert.True(again is not null, whyNot);
        CheckSums(again);
    }

    // What a restart gives back is what was kept for readers of the past.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4096)]
    public void What_is_kept_for_readers_of_the_past_is_counted_once(int retained)
    {
        var options = new SegmentOptions { MaximumBytes = 4 << 20, RetainedCommits = retained };
        for (var seed = 91; seed < 103; seed++)
        {
            using var place = new SegmentPlace();
            using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, options);
            var history = new RandomHistory(seed) { Scale = 6, TablePercent = seed % 2 == 0 ? 0 : 40 };
            for (var commit = 0; commit < 10; commit++)
            {
                Commit(writer, history.NextCommit(12));
                CheckRetained(place.Path, writer, options, $"seed {seed}, commit {commit}");
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_option_that_goes_and_comes_back_is_kept_as_often_as_it_was_there(bool isOneCommit)
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        Fill(writer, 1, 100);
        for (var round = 0; round < 5; round++)
        {
            var remove = new ModuleChange.OptionRemoved(new(1), "o0");
            if (isOneCommit)
            {
                Commit(writer, [remove, Set(0, "x"), remove, Set(0, "y")]);
            }
            else
            {
                Commit(writer, [remove]);
                Commit(writer, [Set(0, "x")]);
            }

            CheckRetained(place.Path, writer, Options, $"round {round}");
        }
    }

    [Fact]
    public void History_is_kept_up_to_the_bytes_set_for_it()
    {
        using var place = new SegmentPlace();
        var options = Options with { RetainedBytes = 20_000 };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, options);
        Fill(writer, 1, 100);
        using var reader = SegmentReader.Open(place.Path);
        var remove = new ModuleChange.OptionRemoved(new(1), "o0");
        for (var round = 0; round < 500; round++)
        {
            Commit(writer, [remove]);
            Commit(writer, [Set(0, "x")]);
            Assert.InRange(writer.Statistics.RetainedBytes, 0, options.RetainedBytes);
        }

        Assert.InRange(writer.Statistics.RetainedBytes, options.RetainedBytes - 1000, options.RetainedBytes);
        CheckRetained(place.Path, writer, options, "at the end");
    }

    [Fact]
    public void Compaction_gives_free_blocks_back_and_readers_go_over()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options with { RetainedCommits = 1 });
        Fill(writer, 200, 20_000);
        using var reader = SegmentReader.Open(place.Path);
        var handle = reader.Handle("s.o7"u8);
        Assert.True(handle.TryGetString(out _));
        Fill(writer, 190, 10);
        Assert.True(writer.IsWorthCompacting);
        var before = writer.Statistics;
        var model = Copy(writer.View);
        Assert.True(writer.TryCompact());
        Assert.InRange(writer.Statistics.FreeBytes, 0, 8192);
        Assert.False(writer.IsWorthCompacting);
        Assert.True(writer.Statistics.AllocatedBytes < before.AllocatedBytes / 4, $"{writer.Statistics} after {before}");
        Assert.True(handle.TryGetString(out var text) && text.Length == 10);
        Assert.Equal(model, Copy(reader.Snapshot()));
    }

    [Fact]
    public void A_file_that_would_grow_is_compacted_when_much_of_it_is_free()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options with { RetainedCommits = 1 });
        for (var round = 0; round < 40; round++)
        {
            Fill(writer, 100, 10_000 + (round * 700));
        }

        Assert.True(writer.Statistics.AllocatedBytes < 3 * writer.Statistics.BytesInUse, writer.Statistics.ToString());
    }

    [Fact]
    public void Segments_share_a_budget_and_give_it_back()
    {
        using var place = new SegmentPlace();
        using var other = new SegmentPlace();
        var budget = new SegmentBudget(4 << 20);
        var shared = Options with { Budget = budget };
        var first = SegmentWriter.Create(place.Path, SegmentPlace.Journal, shared);
        using var second = SegmentWriter.Create(other.Path, SegmentPlace.Journal, shared);
        Assert.Equal(first.Statistics.AllocatedBytes + second.Statistics.AllocatedBytes, budget.Used);
        Fill(first, 100, 30_000);
        var refused = Set(200, new string('x', 2 << 20));
        Assert.False(second.TryReserve([new ModuleChange.SectionAdded(new(1), "t", "s"), refused], out var refusal));
        Assert.True(refusal.IsDeviceFull);
        Assert.Contains("segment_total_bytes", refusal.ToString(), StringComparison.Ordinal);
        Fill(second, 5, 10);
        Assert.True(budget.Used <= budget.Limit);
        first.Dispose();
        Assert.Equal(second.Statistics.AllocatedBytes, budget.Used);
        Assert.True(second.TryReserve([refused], out _));
        using var reopened = SegmentWriter.TryReopen(place.Path, SegmentPlace.Journal, shared, out _);
        Assert.Equal(reopened!.Statistics.AllocatedBytes + second.Statistics.AllocatedBytes, budget.Used);
        Assert.True(reopened.TryCompact() || budget.Used > budget.Limit / 2);
        Assert.Equal(reopened.Statistics.AllocatedBytes + second.Statistics.AllocatedBytes, budget.Used);
    }

    private static void CheckSums(SegmentWriter writer)
    {
        var statistics = writer.Statistics;
        var blocks = writer.SizeClassUse();
        Assert.Equal(statistics.BytesInUse, blocks.Sum(use => (long)use.BlockBytes * use.Used));
        Assert.Equal(statistics.FreeBytes, blocks.Sum(use => (long)use.BlockBytes * use.Free));
        Assert.InRange(statistics.UsedBytes - statistics.IndexBytes - statistics.BytesInUse - statistics.FreeBytes, 4096, 8191);
    }

    private static void CheckRetained(string path, SegmentWriter writer, SegmentOptions options, string context)
    {
        var copy = path + ".copy";
        File.Copy(path, copy, overwrite: true);
        using var again = SegmentWriter.TryReopen(copy, SegmentPlace.Journal, options, out var whyNot);
        Assert.True(again is not null, whyNot);
        var recounted = writer.Statistics.BytesInUse - again.Statistics.BytesInUse;
        Assert.True(recounted == writer.Statistics.RetainedBytes, $"{context}: {recounted} bytes are kept, but {writer.Statistics}");
    }

    private static void Fill(SegmentWriter writer, int options, int size)
    {
        var value = new string('v', size);
        for (var index = 0; index < options; index++)
        {
            Commit(writer, writer.Revision.Value == 0 ? [new ModuleChange.SectionAdded(new(1), "t", "s"), Set(index, value)] : [Set(index, value)]);
        }
    }

    private static ModuleChange.OptionSet Set(int index, string value) => new(new(1), $"o{index}", ConfigValue.FromText(value));

    private static List<OptionView> Copy(IModuleView view) => [.. view.Options(new(1))];

    private static void Commit(SegmentWriter writer, List<ModuleChange> changes)
    {
        Assert.True(writer.TryReserve(changes, out var refusal), refusal?.ToString());
        writer.Project(writer.Revision.Next, changes);
    }
}
