using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Xunit;

namespace Cms.Tests.Segments;

public sealed class SegmentModelTests
{
    public static TheoryData<int, int, int, int> Histories => new()
    {
        { 1, 400, 6, 0 },
        { 2, 400, 3, 0 },
        { 3, 150, 60, 0 },
        { 4, 1200, 2, 0 },
        { 5, 60, 400, 0 },
        { 6, 400, 8, 70 },
        { 7, 100, 60, 90 },
        { 8, 20, 400, 100 },
    };

    [Theory]
    [MemberData(nameof(Histories))]
    public void A_segment_shows_what_the_plain_model_shows_after_every_commit(int seed, int commits, int most, int tablePercent)
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(seed) { Scale = most > 100 ? 40 : 12, TablePercent = tablePercent };
        var options = new SegmentOptions { MaximumBytes = 16 << 20, InitialEntries = 8, RetainedCommits = 5 };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, options);
        using var reader = SegmentReader.Open(place.Path);
        for (var commit = 0; commit < commits; commit++)
        {
            var changes = history.NextCommit(most);
            Assert.True(writer.TryReserve(changes, out var refusal), $"seed {seed}, commit {commit}: {refusal}");
            writer.Project(history.Model.Revision, changes);
            ViewAssert.Same(history.Model, writer.View, $"seed {seed}, commit {commit}, writer");
            ViewAssert.Same(history.Model, reader.Snapshot(), $"seed {seed}, commit {commit}, reader");
        }
    }

    [Theory]
    [InlineData(21, 0)]
    [InlineData(22, 50)]
    public void Every_kept_revision_is_shown_as_it_was_and_every_other_is_refused(int seed, int tablePercent)
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(seed) { TablePercent = tablePercent };
        var options = new SegmentOptions { MaximumBytes = 16 << 20, InitialEntries = 4096, RetainedCommits = 10 };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, options);
        using var reader = SegmentReader.Open(place.Path);
        var past = new List<ModuleModel>();
        for (var commit = 0; commit < 100; commit++)
        {
            var changes = history.NextCommit(8);
            Assert.True(writer.TryReserve(changes, out _));
            writer.Project(history.Model.Revision, changes);
            past.Add(history.Model.Clone());
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => reader.SnapshotAt(history.Model.Revision.Next));
        Assert.Throws<SnapshotTooOldException>(() => reader.SnapshotAt(new Revision(50)));
        var kept = past.TakeLast(11).ToList();
        Assert.All(kept, model => ViewAssert.Same(model, reader.SnapshotAt(model.Revision), $"seed {seed}, revision {model.Revision}"));
        Assert.All(kept, model => ViewAssert.Same(model, StoredModule.CopyOf(reader.SnapshotAt(model.Revision)), $"seed {seed}, copy of revision {model.Revision}"));
    }

    [Theory]
    [InlineData(11, 0)]
    [InlineData(12, 0)]
    [InlineData(13, 0)]
    [InlineData(14, 60)]
    [InlineData(15, 90)]
    public void A_reopened_segment_goes_on_where_it_was(int seed, int tablePercent)
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(seed) { TablePercent = tablePercent };
        var options = new SegmentOptions { MaximumBytes = 16 << 20, InitialEntries = 8, RetainedCommits = 3 };
        var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, options);
        for (var commit = 0; commit < 150; commit++)
        {
            var changes = history.NextCommit(8);
            Assert.True(writer.TryReserve(changes, out _));
            writer.Project(history.Model.Revision, changes);
            if (commit % 3 == 0)
            {
                writer.Dispose();
                var again = SegmentWriter.TryReopen(place.Path, SegmentPlace.Journal, options, out var whyNot);
                Assert.True(again is not null, $"seed {seed}, commit {commit}: {whyNot}");
                writer = again;
            }

            ViewAssert.Same(history.Model, writer.View, $"seed {seed}, commit {commit}");
        }

        writer.Dispose();
    }

    [Theory]
    [InlineData(21, 0)]
    [InlineData(22, 0)]
    [InlineData(23, 80)]
    public void An_older_snapshot_shows_its_own_revision_or_says_that_it_is_too_old(int seed, int tablePercent)
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(seed) { TablePercent = tablePercent };
        var options = new SegmentOptions { MaximumBytes = 16 << 20, RetainedCommits = 6 };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, options);
        using var reader = SegmentReader.Open(place.Path);
        var kept = new Queue<(ModuleModel Model, IModuleView View)>();
        for (var commit = 0; commit < 200; commit++)
        {
            var changes = history.NextCommit(6);
            writer.Project(history.Model.Revision, changes);
            kept.Enqueue((history.Model.Clone(), reader.Snapshot()));
            if (kept.Count > 7)
            {
                Assert.Throws<SnapshotTooOldException>(() => ViewAssert.Difference(kept.Peek().Model, kept.Peek().View));
                _ = kept.Dequeue();
            }

            foreach (var (model, view) in kept)
            {
                ViewAssert.Same(model, view, $"seed {seed}, commit {commit}");
            }
        }
    }

    [Fact]
    public void A_million_keys_are_read_at_one_revision_while_a_thousand_commits_go_by()
    {
        const int KeyCount = 1_000_000;
        const int KeysInCommit = 1000;
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, new SegmentOptions { InitialEntries = KeyCount });
        var options = Enumerable.Range(0, KeyCount).Select(index => new ModuleChange.OptionSet(new(1), $"o{index}", ConfigValue.FromInt(index)));
        List<ModuleChange> changes = [new ModuleChange.SectionAdded(new(1), "t", "s"), .. options];
        Assert.True(writer.TryReserve(changes, out _));
        writer.Project(new(1), changes);
        using var reader = SegmentReader.Open(place.Path);
        var seen = 0;
        foreach (var option in reader.Snapshot().Options(new(1)))
        {
            Assert.True(option.Value.Equals(ConfigValue.FromInt(seen)) && option.Name == $"o{seen}", $"{option} is not number {seen}");
            if (++seen % KeysInCommit == 0)
            {
                var ahead = Math.Min(seen + 7, KeyCount - 1);
                List<ModuleChange> overtaking = [new ModuleChange.OptionSet(new(1), $"o{ahead}", ConfigValue.FromInt(-seen))];
                if (seen % (100 * KeysInCommit) == 0)
                {
                    overtaking.Add(new ModuleChange.OptionRemoved(new(1), $"o{KeyCount - (seen / KeysInCommit)}"));
                }

                Assert.True(writer.TryReserve(overtaking, out _));
                writer.Project(writer.Revision.Next, overtaking);
            }
        }

        Assert.Equal(KeyCount, seen);
        Assert.Equal(1 + (KeyCount / KeysInCommit), writer.Revision.Value);
    }

    [Fact]
    public void A_long_list_of_sections_and_options_keeps_its_order_through_moves_and_removals()
    {
        using var place = new SegmentPlace();
        var model = new ModuleModel();
        var random = new Random(31);
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, new SegmentOptions { MaximumBytes = 64 << 20 });
        Commit(model, writer, Enumerable.Range(1, 1500).Select(id => (ModuleChange)new ModuleChange.SectionAdded(new(id), "t", $"s{id}")));
        Commit(model, writer, Enumerable.Range(1, 1500).Select(id => new ModuleChange.OptionSet(new(7), $"o{id}", ConfigValue.FromInt(id))));
        for (var round = 0; round < 12; round++)
        {
            var changes = new List<ModuleChange>();
            var ids = model.Sections().Select(section => section.Id).Where(id => id.Value != 7).ToArray();
            random.Shuffle(ids);
            changes.AddRange(ids.Take(30).Select(id => new ModuleChange.SectionRemoved(id)));
            changes.AddRange(ids.Skip(30).Take(200).Select(id => new ModuleChange.SectionMoved(id, random.Next(2) == 0 ? 3 : random.Next(ids.Length - 40))));
            var names = model.Options(new(7)).Select(option => option.Name).ToArray();
            random.Shuffle(names);
            changes.AddRange(names.Take(40).Select(name => new ModuleChange.OptionRemoved(new(7), name)));
            changes.AddRange(names.Skip(40).Take(40).Select((name, index) => new ModuleChange.OptionRenamed(new(7), name, $"n{round}_{index}")));
            Commit(model, writer, changes);
        }

        Commit(model, writer, [new ModuleChange.SectionRenamed(new(7), "renamed")]);
        Commit(model, writer, [new ModuleChange.SectionRemoved(new(7))]);
    }

    private static void Commit(ModuleModel model, SegmentWriter writer, IEnumerable<ModuleChange> changes)
    {
        var list = changes.ToList();
        model.Apply(model.Revision.Next, list);
        Assert.True(writer.TryReserve(list, out _));
        writer.Project(model.Revision, list);
        ViewAssert.Same(model, writer.View, $"revision {model.Revision}");
    }
}
