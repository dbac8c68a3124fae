using Cms.Formats.Segments;
using Xunit;

namespace Cms.Tests.Segments;

public sealed class SegmentKillTests
{
    private const int Rounds = 32;
    private const int Seed = 77;

    [Fact]
    public async Task Readers_in_other_processes_see_whole_commits_while_the_writer_is_killed_again_and_again()
    {
        using var place = new SegmentPlace();
        SegmentWriter.Create(place.Path, StampedWorkload.Journal, StampedWorkload.Options).Dispose();
        var random = new Random(Seed);
        using var first = await WorkerProcess.StartAsync("read-segment", place.Path, "7000");
        using var second = await WorkerProcess.StartAsync("read-segment", place.Path, "7000");
        var history = StampedWorkload.HistoryOf(Seed);
        for (var round = 0; round < Rounds; round++)
        {
            using (var writer = await WorkerProcess.StartAsync("write-segment", place.Path, "77"))
            {
                // The moment of death is meant to be random; there is no event to wait for.
                await Task.Delay(TimeSpan.FromMicroseconds(random.Next(12_000)), TestContext.Current.CancellationToken);
                await writer.KillAsync();
            }

            VerifyRestart(place.Path, history, round);
        }

        foreach (var reader in new[] { first, second })
        {
            var (exitCode, output) = await reader.FinishAsync();
            Assert.True(exitCode == 0 && output.StartsWith("good", StringComparison.Ordinal), output);
        }
    }

    [Fact]
    public async Task A_reader_that_was_stopped_while_every_block_was_used_again_goes_on_with_what_is_there()
    {
        const int Stops = 60;
        const int CommitsInAStop = 150;
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, StampedWorkload.Journal, StampedWorkload.Options);
        var history = StampedWorkload.HistoryOf(Seed);
        var random = new Random(Seed);
        Commit(1);
        using var reader = await WorkerProcess.StartAsync("read-segment", place.Path, "3000");
        for (var stop = 0; stop < Stops; stop++)
        {
            // The moment of the stop is meant to be random; there is no event to wait for.
            await Task.Delay(TimeSpan.FromMicroseconds(random.Next(3000)), TestContext.Current.CancellationToken);
            await reader.StopAsync();
            Commit(CommitsInAStop);
            Assert.True(stop % 10 != 0 || writer.TryCompact());
            await reader.ContinueAsync();
        }

        var (exitCode, output) = await reader.FinishAsync();
        Assert.True(exitCode == 0 && output.StartsWith("good", StringComparison.Ordinal), output);

        void Commit(int count)
        {
            for (var commit = 0; commit < count; commit++)
            {
                var changes = history.NextCommit(StampedWorkload.MostChanges);
                Assert.True(writer.TryReserve(changes, out var refusal), refusal?.ToString());
                writer.Project(history.Model.Revision, changes);
            }
        }
    }

    private static void VerifyRestart(string path, RandomHistory history, int round)
    {
        using var again = SegmentWriter.TryReopen(path, StampedWorkload.Journal, StampedWorkload.Options, out var whyNot);
        Assert.True(again is not null, $"round {round}: {whyNot}");
        Assert.True(again.Revision >= history.Model.Revision, $"round {round}: revision {again.Revision} after {history.Model.Revision}");
        history.ReplayTo(again.Revision, StampedWorkload.MostChanges);
        ViewAssert.Same(history.Model, again.View, $"round {round}");
    }
}
