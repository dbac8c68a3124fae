using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Formats.Segments.Reading;
using Cms.Formats.Segments.Writing;
using Xunit;

namespace Cms.Tests.Segments;

public sealed class SpaceEstimateTests
{
    [Theory]
    [InlineData(71, 3, 12, 0)]
    [InlineData(72, 40, 12, 0)]
    [InlineData(73, 600, 12, 0)]
    [InlineData(74, 600, 60, 0)]
    [InlineData(75, 5000, 600, 0)]
    [InlineData(76, 3, 12, 90)]
    [InlineData(77, 40, 12, 90)]
    [InlineData(78, 40, 3, 100)]
    [InlineData(79, 600, 60, 100)]
    [InlineData(80, 5000, 600, 100)]
    public void A_commit_never_takes_more_than_was_estimated(int seed, int most, int scale, int tablePercent)
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(seed) { Scale = scale, TablePercent = tablePercent };
        var options = new SegmentOptions { MaximumBytes = 256 << 20, InitialEntries = 200_000, RetainedCommits = 0 };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, options);
        for (var commit = 0; commit < (most > 1000 ? 8 : 150); commit++)
        {
            var changes = history.NextCommit(most);
            Check(writer, history.Model.Revision, changes, $"seed {seed}, commit {commit}");
        }
    }

    [Fact]
    public void Long_lists_renames_and_removals_take_no_more_than_was_estimated()
    {
        using var place = new SegmentPlace();
        var random = new Random(76);
        var options = new SegmentOptions { MaximumBytes = 1 << 30, InitialEntries = 100_000, RetainedCommits = 0 };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, options);
        Check(writer, [.. Enumerable.Range(1, 3000).Select(id => new ModuleChange.SectionAdded(new(id), "t", id % 2 == 0 ? $"s{id}" : null))], "sections");
        Check(writer, [.. Enumerable.Range(1, 3000).Select(id => new ModuleChange.OptionSet(new(5), $"o{id}", ConfigValue.FromInt(id)))], "options");
        Check(writer, [.. Enumerable.Range(1, 3000).Select(id => new ModuleChange.SectionMoved(new(id), random.Next(3000)))], "scattered moves");
        Check(writer, [.. Enumerable.Range(1, 3000).Select(id => new ModuleChange.SectionMoved(new(id), 7))], "moves to one place");
        Check(writer, [new ModuleChange.SectionRenamed(new(5), new string('n', 255)), new ModuleChange.SectionRenamed(new(5), "short")], "renames");
        Check(writer, [.. Enumerable.Range(1, 1000).Select(id => new ModuleChange.OptionRenamed(new(5), $"o{id}", $"renamed{id}"))], "option renames");
        Check(writer, [.. Enumerable.Range(1001, 1000).Select(id => new ModuleChange.OptionRemoved(new(5), $"o{id}"))], "option removals");
        Check(writer, [.. Enumerable.Range(1, 2000).Select(id => new ModuleChange.SectionRemoved(new(id)))], "section removals");
    }

    [Theory]
    [InlineData(81, 5, 12, 0)]
    [InlineData(82, 5, 60, 0)]
    [InlineData(83, 5, 600, 0)]
    [InlineData(84, 5, 12, 60)]
    [InlineData(85, 5, 3, 100)]
    [InlineData(86, 5, 60, 100)]
    [InlineData(87, 300, 2000, 0)]
    [InlineData(88, 300, 2000, 100)]
    public void Commits_one_after_the_other_never_take_more_than_was_estimated_for_all(int seed, int most, int scale, int tablePercent)
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(seed) { Scale = scale, TablePercent = tablePercent };
        var options = new SegmentOptions { MaximumBytes = 256 << 20, InitialEntries = 200_000 };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, options);
        for (var batch = 0; batch < 60; batch++)
        {
            CheckAll(writer, [.. Enumerable.Range(0, 1 + (batch * 7 % 40)).Select(_ => history.NextCommit(most))], $"seed {seed}, batch {batch}");
        }
    }

    [Fact]
    public void Lists_that_grew_long_and_were_thinned_out_have_few_leaves_and_take_no_more_than_was_estimated()
    {
        using var place = new SegmentPlace();
        var options = new SegmentOptions { MaximumBytes = 256 << 20, InitialEntries = 50_000, RetainedCommits = 0 };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, options);
        Check(writer, [new ModuleChange.SectionAdded(new(1), "t", "s"), .. Options(0, 20_000)], "filled");
        foreach (var step in new[] { 126, 251, 3, 2 })
        {
            var names = writer.View.Options(new(1)).Select(option => option.Name).ToList();
            foreach (var group in names.Where((_, place) => place % step != 0).Chunk(500))
            {
                Check(writer, [.. group.Select(name => new ModuleChange.OptionRemoved(new(1), name))], $"all but each {step}th removed");
            }

            var measure = Assert.IsType<SegmentView>(writer.View).MeasureSection(new(1));
            Assert.InRange(measure.Leaves, 0, (measure.OptionCount / 63) + 2);
            Check(writer, [.. Options(20_000, 3000)], "filled again");
            Check(writer, [new ModuleChange.OptionSet(new(1), "one", ConfigValue.FromBool(true))], "one more");
        }

        static IEnumerable<ModuleChange.OptionSet> Options(int first, int count) =>
            Enumerable.Range(first, count).Select(option => new ModuleChange.OptionSet(new(1), $"o{option}", ConfigValue.FromBool(true)));
    }

    private static void CheckAll(SegmentWriter writer, IReadOnlyList<IReadOnlyCollection<ModuleChange>> commits, string context)
    {
        var estimate = SpaceEstimate.Of(Assert.IsType<SegmentView>(writer.View), commits);
        var before = writer.Statistics;
        Assert.True(writer.TryReserveAll(commits, out _));
        foreach (var changes in commits)
        {
            writer.Project(writer.Revision.Next, [.. changes]);
        }

        AssertWithin(estimate, before, writer.Statistics, context);
    }

    private static void Check(SegmentWriter writer, IReadOnlyList<ModuleChange> changes, string context) =>
        Check(writer, writer.Revision.Next, changes, context);

    private static void Check(SegmentWriter writer, Revision revision, IReadOnlyList<ModuleChange> changes, string context)
    {
        var view = Assert.IsType<SegmentView>(writer.View);
        var estimate = SpaceEstimate.Of(view, changes);
        var before = writer.Statistics;
        if (SpaceEstimate.Rough(before.Entries, changes) is { } rough)
        {
            Assert.True(estimate.Bytes <= rough.Bytes, $"{context}: {rough.Bytes} bytes roughly, {estimate.Bytes} looked at closely");
            Assert.True(estimate.Keys <= rough.Keys, $"{context}: {rough.Keys} keys roughly, {estimate.Keys} looked at closely");
        }

        var exact = SpaceEstimate.BlocksOf(view, changes, out _);
        Assert.True(writer.TryReserve(changes, out _));
        writer.Project(revision, changes);
        if (exact is not null)
        {
            var more = writer.Statistics.BytesInUse + writer.Statistics.FreeBytes - before.BytesInUse - before.FreeBytes;
            Assert.True(more <= exact.Sum(), $"{context}: {more} bytes more, {exact.Sum()} named");
        }

        AssertWithin(estimate, before, writer.Statistics, context);
    }

    private static void AssertWithin(SpaceEstimate estimate, SegmentStatistics before, SegmentStatistics after, string context)
    {
        var taken = after.UsedBytes - before.UsedBytes;
        var keys = after.Entries - before.Entries;
        Assert.True(taken <= estimate.Bytes, $"{context}: {taken} bytes taken, {estimate.Bytes} estimated");
        Assert.True(keys <= estimate.Keys, $"{context}: {keys} keys taken, {estimate.Keys} estimated");
    }
}
