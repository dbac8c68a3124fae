using Cms.Storage.Journals;
using Xunit;

namespace Cms.Tests.Simulation;

public sealed class SimulationTests
{
    private const int SeedCount = 300;
    private const int MostSeedsToFindABug = 60;

    [Fact]
    public void What_must_hold_holds_for_some_hundred_seeds()
    {
        var failures = SeedSweep.Run(1, SeedCount, _ => { });
        Assert.True(failures.Count == 0, string.Join("\n\n", failures.Take(3).Select(failure => failure.Failure)));
    }

    [Fact]
    public void The_same_seed_gives_the_same_trace()
    {
        foreach (var seed in Enumerable.Range(1, 20))
        {
            Assert.Equal(SimulationRun.Of(seed), SimulationRun.Of(seed));
        }
    }

    [Fact]
    public async Task Another_process_gets_the_same_trace()
    {
        var start = new System.Diagnostics.ProcessStartInfo(Environment.ProcessPath!, ["-explicit", "only", "-class", typeof(SeedSweep).FullName!, "-noLogo", "-noColor", "-showLiveOutput"])
        {
            RedirectStandardOutput = true,
            Environment = { ["CMS_SIM_SEED"] = "7", ["CMS_SIM_COUNT"] = "1" },
        };
        using var process = System.Diagnostics.Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Contains(SeedSweep.Describe(SimulationRun.Of(7)), output, StringComparison.Ordinal);
    }

    [Fact]
    public void Seeds_are_not_all_alike() => Assert.Equal(20, Enumerable.Range(1, 20).Select(seed => SimulationRun.Of(seed).TraceHash).Distinct().Count());

    [Fact]
    public void A_journal_that_answers_before_the_disk_has_it_is_found() => AssertFound(journal => new EagerJournal(journal), "is durable");

    [Fact]
    public void A_failed_append_that_is_taken_for_done_is_found() => AssertFound(journal => new DeafJournal(journal), "is durable");

    [Fact]
    public void An_append_that_is_sent_twice_is_found() => AssertFound(journal => new RetryingJournal(journal), "was committed twice");

    [Fact]
    public void A_request_that_is_not_recognised_when_it_comes_again_is_found() => AssertFound(journal => new ForgetfulJournal(journal), "was committed twice");

    [Fact]
    public void A_commit_over_modules_that_is_appended_in_pieces_is_found() => AssertFound(journal => new PiecewiseJournal(journal), "was committed without");

    [Fact]
    public void A_journal_that_does_not_see_its_newest_commit_is_found() => AssertFound(journal => new ShortSightedJournal(journal), "is visible after");

    private static void AssertFound(Func<IJournal, IJournal> plant, string what)
    {
        var found = Enumerable.Range(1, MostSeedsToFindABug).Select(seed => SimulationRun.Of(seed, (_, journal) => plant(journal)).Failure).OfType<string>().ToList();
        Assert.True(found.Exists(failure => failure.Contains(what, StringComparison.Ordinal)), string.Join('\n', found.Take(2)));
    }
}
