using Cms.Tests.Uci;
using Xunit;

namespace Cms.Tests.Faults;

/// <summary>Faults that are planted, which the search for lost commits must find; it could find none otherwise.</summary>
public sealed class PlantedFaultTests
{
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("journal.db")]
    [InlineData("journal.db-wal")]
    public async Task A_journal_that_is_not_synced_is_found(string file)
    {
        await using var workload = new RecordedWorkload();
        workload.Control.UnsyncedName = file;
        await ExpectFoundAsync(await workload.RunCommitsAsync(), "acknowledged", "commits that were durable are at it or behind it", "the journal cannot be opened");
    }

    [Theory]
    [InlineData(".uci-")]
    [InlineData("config")]
    public async Task A_text_file_or_its_directory_that_is_not_synced_is_found(string file)
    {
        await using var workload = new RecordedWorkload();
        workload.Control.UnsyncedName = file;
        await ExpectFoundAsync(await workload.RunUciAsync(), "classic");
    }

    [Theory]
    [InlineData("AnswersFirst", "")]
    [InlineData("AppendsTwice", "the commits are")]
    public async Task A_journal_that_answers_first_or_appends_twice_is_found(string fault, string problem)
    {
        await using var workload = new RecordedWorkload("dotnet", Path.Combine(AppContext.BaseDirectory, "Cms.Tests.Worker.dll"), "serve", fault);
        await ExpectFoundAsync(await workload.RunCommitsAsync(), problem);
    }

    [Fact]
    public async Task Locks_that_are_not_taken_lose_commits()
    {
        Assert.Equal(0, await LostCommitsAsync(ignoresLocks: false));
        Assert.NotEqual(0, await LostCommitsAsync(ignoresLocks: true));
    }

    // Which of several it is depends on what the lost bytes were.
    private static async Task ExpectFoundAsync(Recording recording, params string[] expected)
    {
        var (problem, _) = await PowerCutSearch.FindProblemAsync(recording, "planted", seed: 1, Budget);
        Assert.True(expected.Any(each => problem?.Contains(each, StringComparison.Ordinal) == true), problem);
    }

    private static async Task<int> LostCommitsAsync(bool ignoresLocks)
    {
        const int Writers = 4;
        const int Rounds = 40;
        using var machine = new UciMachine();
        using var control = new FaultControl(machine.Root);
        control.IgnoresLocks = ignoresLocks;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer =>
        {
            var commands = string.Concat(Enumerable.Range(0, Rounds).Select(round => $"set t.lan.w{writer}_{round}='{round}'\ncommit t\n"));
            string[] program = [Path.Combine(AppContext.BaseDirectory, "cms"), "uci", "-c", machine.ConfigDirectory, "-t", machine.SaveDirectory, "batch"];
            return FaultProcess.RunAsync(control.Environment, commands, program);
        }));
        var text = machine.Config("t");
        return Enumerable.Range(0, Writers).Sum(writer => Enumerable.Range(0, Rounds).Count(round => !text.Contains($"w{writer}_{round} ", StringComparison.Ordinal)));
    }
}
