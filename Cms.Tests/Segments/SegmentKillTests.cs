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

    private static void VerifyRestart(string path, RandomHistory history, int round)
    {
        using var again = SegmentWriter.TryReopen(path, StampedWorkload.Journal, StampedWorkload.Options, out var whyNot);
        Assert.True(again is not null, $"round {round}: {whyNot}");
        Assert.True(again.Revision >= history.Model.Revision, $"round {round}: revision {again.Revision} after {history.Model.Revision}");
        history.ReplayTo(again.Revision, StampedWorkload.MostChanges);
        ViewAssert.Same(history.Model, again.View, $"round {round}");
    }
}
