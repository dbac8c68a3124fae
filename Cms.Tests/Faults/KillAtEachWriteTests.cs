using Cms.Client;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Cms.Tests.Crash;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Faults;

/// <summary>Processes die by kill -9 at one change of a file after another: before it, after it, and within it.</summary>
/// <remarks>
/// The changes of a fixed workload are gone through at strides, so that all of it is met in bounded time; the places between are met
/// in other runs, as the first stride begins at random. <c>CMS_FAULTS_STRIDE=1</c> dies at every one.
/// </remarks>
public sealed class KillAtEachWriteTests
{
    private const int DefaultStride = 12;
    private const int MostOperations = 2000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_daemon_may_die_at_any_change_of_a_file()
    {
        var seed = PowerCutSearch.Seed;
        var count = await DieAtEachAsync(seed, DefaultStride, DieInDaemonAsync);
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}: the daemon died {count} times");
        Assert.True(count > 5, $"the daemon died {count} times only");
    }

    [Fact]
    public async Task Uci_may_die_at_any_change_of_a_file()
    {
        var count = await DieAtEachAsync(PowerCutSearch.Seed, stride: 1, DieInUciAsync);
        Assert.True(count > 10, $"uci died {count} times only");
    }

    // Dies at one operation after the other until the workload ends before it comes to the operation.
    private static async Task<int> DieAtEachAsync(int seed, int stride, Func<long, Death, Task<(bool HasDied, string? Problem)>> dieAsync)
    {
        stride = PowerCutSearch.Number("CMS_FAULTS_STRIDE") ?? stride;
        var random = new Random(seed);
        var count = 0;
        for (long operation = 1 + random.Next(stride); operation < MostOperations; operation += stride)
        {
            var how = (Death)random.Next(3);
            var (hasDied, problem) = await dieAsync(operation, how);
            Assert.True(problem is null, $"seed {seed}, operation {operation}, {how}: {problem}");
            if (!hasDied)
            {
                return count;
            }

            count++;
        }

        throw new InvalidOperationException($"the workload takes more than {MostOperations} operations");
    }

    private static async Task<(bool HasDied, string? Problem)> DieInDaemonAsync(long operation, Death how)
    {
        await using var node = new NodeProcess();
        using var control = new FaultControl(node.Root);
        foreach (var (name, value) in control.Environment)
        {
            node.Environment[name] = value;
        }

        await File.WriteAllTextAsync(node.FileOf("load"), "\n", Token);
        await File.WriteAllTextAsync(node.FileOf("edited"), NumberedSection.Text("hand", 0), Token);
        await File.WriteAllTextAsync(node.FileOf("classic"), NumberedSection.TextWithoutCopy("uci", 0), Token);
        control.DieAt(operation, how);
        var ledger = new CommitLedger();
        await node.LaunchAsync();
        var isDone = await TryWorkAsync(node, control, ledger, operation);
        control.DieAt(0, Death.Before);
        if (isDone)
        {
            return (false, null);
        }

        await node.WaitForExitAsync(Token);
        return (true, await new RestartCheck(ledger, long.MaxValue).FindProblemAsync(node));
    }

    /// <returns>False when the daemon died on the way.</returns>
    private static async Task<bool> TryWorkAsync(NodeProcess node, FaultControl control, CommitLedger ledger, long operation)
    {
        try
        {
            await node.WaitUntilReadyAsync();
            for (var number = 1; number <= 3; number++)
            {
                var request = new CommitRequest { Operations = CountedSection.Commit("one", number), Message = $"one-{number}", RequestId = $"one-{number}", WaitForFile = number == 2 };
                await ledger.CommitAsync("load.one", number, control, () => node.Client.CommitAsync("load", request, Token));
            }

            await ledger.CommitAsync("edited.hand", 1, control, () => EditAsync(node));
            var text = System.Text.Encoding.UTF8.GetBytes(NumberedSection.Text("text", 1));
            await ledger.CommitAsync("imported.text", 1, control, () => node.Client.ImportAsync("imported", text, new ImportOptions { WaitForFile = true, Message = "text-1" }, Token));
            await ledger.CommitAsync("classic.uci", 1, control, () => CommitByUciAsync(node));
            return node.IsAlive && await node.StopAsync() == 0;
        }
        catch (Exception failed) when (failed is RefusedException or InvalidOperationException && control.OperationCount >= operation)
        {
            return false;
        }
    }

    private static async Task EditAsync(NodeProcess node)
    {
        await File.WriteAllTextAsync(node.FileOf("edited"), NumberedSection.Text("hand", 1), Token);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while ((await node.Client.GetAsync("edited", Token)).Sections[0].Options["number"].GetText() != "1")
        {
            await tick.WaitForNextTickAsync(Token);
        }
    }

    // Against a daemon that has died, uci would wait, or do by itself what it is asked.
    private static async Task CommitByUciAsync(NodeProcess node)
    {
        var commands = "set classic.uci.number=1\ncommit classic\n";
        var (code, output) = await FaultProcess.RunAsync(new Dictionary<string, string>(), commands, FaultProcess.Uci(node.Root, "batch"));
        Assert.True(code == 0, output);
    }

    private static async Task<(bool HasDied, string? Problem)> DieInUciAsync(long operation, Death how)
    {
        var root = Directory.CreateTempSubdirectory("cms-die-").FullName;
        try
        {
            using var control = new FaultControl(root);
            Directory.CreateDirectory(Path.Combine(root, "config"));
            await File.WriteAllTextAsync(Path.Combine(root, "config", "classic"), NumberedSection.TextWithoutCopy("uci", 0), Token);
            control.DieAt(operation, how);
            var ledger = new CommitLedger();
            var code = 0;
            for (var number = 1; number <= 2 && code == 0; number++)
            {
                code = await CommitByUciAsync(root, control, ledger, number);
            }

            control.DieAt(0, Death.Before);
            return (code != 0, await new RestartCheck(ledger, long.MaxValue).FindUciProblemAsync(root));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task<int> CommitByUciAsync(string root, FaultControl control, CommitLedger ledger, int number)
    {
        var commands = $"set classic.uci.number={number}\ncommit classic\n";
        ledger.Ask("classic.uci", number, control);
        var (code, _) = await FaultProcess.RunAsync(control.Environment, commands, FaultProcess.Uci(root, "batch"));
        if (code == 0)
        {
            ledger.Acknowledge("classic.uci", number, control);
        }

        return code;
    }
}
