using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Xunit;

namespace Cms.Tests.Segments;

/// <summary>Stops the writer before each single store, as a kill would, and looks at what is left.</summary>
public sealed class SegmentStepTests
{
    private static readonly SegmentOptions Options = new() { MaximumBytes = 4 << 20, InitialEntries = 8, RetainedCommits = 2 };

    [Theory]
    [InlineData(41, 0)]
    [InlineData(42, 0)]
    [InlineData(44, 60)]
    [InlineData(45, 100)]
    public void A_writer_that_stops_before_any_store_leaves_the_old_or_the_new_state(int seed, int tablePercent)
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(seed) { Scale = 6, TablePercent = tablePercent };
        var steps = 0;
        SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options).Dispose();
        using var reader = SegmentReader.Open(place.Path);
        for (var commit = 0; commit < 25; commit++)
        {
            var before = history.Model.Clone();
            var changes = history.NextCommit(4);
            for (var step = 1; !StopAt(step, place.Path, before, history.Model, changes, reader); step++)
            {
                steps++;
            }
        }

        Assert.True(steps > 500, $"only {steps} steps");
    }

    [Theory]
    [InlineData(43, 0)]
    [InlineData(46, 80)]
    public void A_restart_that_stops_before_any_store_is_begun_anew(int seed, int tablePercent)
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(seed) { Scale = 6, TablePercent = tablePercent };
        using (var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options))
        {
            for (var commit = 0; commit < 30; commit++)
            {
                var changes = history.NextCommit(4);
                Assert.True(writer.TryReserve(changes, out _));
                writer.Project(history.Model.Revision, changes);
            }
        }

        var model = history.Model.Clone();
        var last = history.NextCommit(20);
        for (var commitStep = 20; !CommitUntil(commitStep, place.Path, history.Model.Revision, last); commitStep += 30)
        {
            model = VisibleAt(place.Path) == history.Model.Revision ? history.Model : model;
            for (var step = 1; !ReopenUntil(step, place.Path); step++)
            {
                using var reader = SegmentReader.Open(place.Path);
                ViewAssert.Same(model, reader.Snapshot(), $"commit step {commitStep}, step {step}");
            }
        }
    }

    // True when the commit went through without reaching that step.
    private static bool StopAt(int step, string path, ModuleModel before, ModuleModel after, List<ModuleChange> changes, SegmentReader reader)
    {
        var isDone = CommitUntil(step, path, after.Revision, changes);
        var context = $"revision {after.Revision}, step {step}";
        var seen = reader.Snapshot();
        ViewAssert.Same(seen.Revision == before.Revision ? before : after, seen, context + ", reader");
        if (isDone)
        {
            Assert.Equal(after.Revision, seen.Revision);
            return true;
        }

        using var again = SegmentWriter.TryReopen(path, SegmentPlace.Journal, Options, out var whyNot);
        Assert.True(again is not null, $"{context}: {whyNot}");
        ViewAssert.Same(again.Revision == before.Revision ? before : after, again.View, context + ", restart");
        return again.Revision == after.Revision;
    }

    private static Revision VisibleAt(string path)
    {
        using var reader = SegmentReader.Open(path);
        return reader.VisibleRevision;
    }

    private static bool CommitUntil(int step, string path, Revision revision, List<ModuleChange> changes)
    {
        using var writer = SegmentWriter.TryReopen(path, SegmentPlace.Journal, Options, out var whyNot);
        Assert.True(writer is not null, whyNot);
        writer.BeforeStore = StopBefore(step);
        try
        {
            Assert.True(writer.TryReserve(changes, out _));
            writer.Project(revision, changes);
            return true;
        }
        catch (StoppedException)
        {
            return false;
        }
    }

    private static bool ReopenUntil(int step, string path)
    {
        try
        {
            using var writer = SegmentWriter.TryReopen(path, SegmentPlace.Journal, Options, StopBefore(step), out var whyNot);
            Assert.True(writer is not null, whyNot);
            return true;
        }
        catch (StoppedException)
        {
            return false;
        }
    }

    private static Action StopBefore(int step)
    {
        var left = step;
        return () =>
        {
            if (--left == 0)
            {
                throw new StoppedException();
            }
        };
    }

    private sealed class StoppedException : Exception;
}
