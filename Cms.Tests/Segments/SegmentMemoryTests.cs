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
