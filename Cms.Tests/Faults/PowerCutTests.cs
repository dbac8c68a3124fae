using System.Globalization;
using Xunit;

namespace Cms.Tests.Faults;

/// <summary>The power goes at any moment under real programs.</summary>
public sealed class PowerCutTests
{
    [Fact]
    public async Task What_was_acknowledged_survives_a_power_cut_at_any_moment()
    {
        await using var workload = new RecordedWorkload();
        var recording = await workload.RunAsync();
        Assert.Empty(workload.DifferencesFrom(recording));
        var (problem, count) = await PowerCutSearch.FindProblemAsync(recording, "power-cut", PowerCutSearch.Seed, PowerCutSearch.Budget);
        Assert.True(problem is null, problem);
        TestContext.Current.TestOutputHelper!.WriteLine($"{count} power cuts among {recording.Operations.Count} operations");
    }

    [Fact]
    public async Task The_first_commits_of_a_machine_survive_whatever_a_power_cut_leaves()
    {
        await using var workload = new RecordedWorkload();
        var recording = await workload.RunCommitsAsync();
        await ExpectNoProblemAsync(recording, recording.Log.Length);
    }

    [Fact]
    public async Task A_hand_edit_that_was_taken_in_survives_although_its_editor_did_not_sync()
    {
        await using var workload = new RecordedWorkload();
        var recording = await workload.RunEditsAsync();
        foreach (var entry in recording.Ledger.Entries)
        {
            await ExpectNoProblemAsync(recording, entry.Position);
        }
    }

    [Fact]
    public async Task Changes_that_uci_has_committed_do_not_wait_again_after_a_power_cut()
    {
        await using var workload = new RecordedWorkload();
        var recording = await workload.RunUciAndDaemonAsync();
        await ExpectNoProblemAsync(recording, recording.Log.Length);
    }

    private static async Task ExpectNoProblemAsync(Recording recording, long position)
    {
        foreach (var point in PowerCut.Variants(position, new Random(1)))
        {
            var problem = await PowerCutSearch.FindProblemAsync(recording, point);
            Assert.True(problem is null, $"{point}: {problem}");
        }
    }

    [Fact]
    public async Task A_point_that_was_kept_can_be_tried_again()
    {
        // CMS_FAULTS_REPLAY=DIRECTORY, CMS_FAULTS_POSITION and CMS_FAULTS_SEED name a point of a recording that a failure kept.
        if (Environment.GetEnvironmentVariable("CMS_FAULTS_REPLAY") is not { Length: > 0 } directory)
        {
            Assert.Skip("CMS_FAULTS_REPLAY names no recording");
            return;
        }

        var position = long.Parse(Environment.GetEnvironmentVariable("CMS_FAULTS_POSITION")!, CultureInfo.InvariantCulture);
        Assert.Null(await PowerCutSearch.FindProblemAsync(Recording.Load(directory), new PowerCut(position, PowerCutSearch.Seed)));
    }
}
