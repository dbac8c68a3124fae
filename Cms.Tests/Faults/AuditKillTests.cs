using Cms.Client.Wire;
using Cms.Formats.Audit;
using Cms.Formats.Modules;
using Cms.Storage.Audit;
using Cms.Storage.Journals;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Faults;

/// <summary>A daemon dies by kill -9 at one change of a file after another while it moves rows of the audit log to an archive.</summary>
/// <remarks><c>CMS_FAULTS_STRIDE=1</c> dies at every change.</remarks>
public sealed class AuditKillTests
{
    private const int DefaultStride = 5;
    private const int MostOperations = 2000;
    private const int Commits = 150;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whenever_it_dies_while_rows_are_archived_none_is_lost_doubled_or_changed()
    {
        await using var template = await FillAsync();
        var before = await LinesAsync(template.StateDirectory);
        var stride = PowerCutSearch.Number("CMS_FAULTS_STRIDE") ?? DefaultStride;
        var seed = PowerCutSearch.Seed;
        var random = new Random(seed);
        var (died, withArchive) = (0, 0);
        for (long operation = 1 + random.Next(stride); operation < MostOperations; operation += stride)
        {
            var how = (Death)random.Next(3);
            await using var node = new NodeProcess();
            Copy(template.StateDirectory, node.StateDirectory);
            File.Copy(template.FileOf("net"), node.FileOf("net"));
            var hasDied = await DieAsync(node, operation, how);
            withArchive += new AuditArchives(node.StateDirectory).List().Count;
            var after = await LinesAsync(node.StateDirectory);
            Assert.True(before.SequenceEqual(after.Take(before.Count)), $"seed {seed}, operation {operation}, {how}: rows are not as they were");
            if (!hasDied)
            {
                Assert.True(died > 5 && withArchive > 1, $"it died {died} times, {withArchive} times with an archive");
                return;
            }

            died++;
            await FinishAsync(node, before);
        }

        throw new InvalidOperationException($"the rotation takes more than {MostOperations} operations");
    }

    // A journal with signed rows, most of which are to go.
    private static async Task<NodeProcess> FillAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption mtu '0'\n", Token);
        for (var start = 0; start < 3; start++)
        {
            await node.StartAsync();
            for (var number = 0; number < Commits / 3; number++)
            {
                WireOperation set = new() { Op = "set", Section = "lan", Option = "mtu", Value = ConfigValue.FromText($"{start}-{number}") };
                await node.Client.CommitAsync("net", new CommitRequest { Operations = [set] }, Token);
            }

            Assert.Equal(0, await node.StopAsync());
        }

        return node;
    }

    // True when it died; false when it had archived and stopped before it came to the operation.
    private static async Task<bool> DieAsync(NodeProcess node, long operation, Death how)
    {
        using var control = new FaultControl(node.Root);
        foreach (var (name, value) in control.Environment)
        {
            node.Environment[name] = value;
        }

        node.Set("--audit-rows=100");
        control.DieAt(operation, how);
        await node.LaunchAsync();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (node.IsAlive && !await HasArchivedAsync(node))
        {
            await tick.WaitForNextTickAsync(Token);
        }

        var isDone = node.IsAlive;
        control.DieAt(0, Death.Before);
        if (isDone)
        {
            await node.KillAsync();
        }
        else
        {
            await node.WaitForExitAsync(Token);
        }

        foreach (var name in control.Environment.Keys)
        {
            node.Environment.Remove(name);
        }

        return !isDone;
    }

    private static async Task<bool> HasArchivedAsync(NodeProcess node)
    {
        if (new AuditArchives(node.StateDirectory).List().Count == 0)
        {
            return false;
        }

        try
        {
            return (await node.Client.Audit.FindAsync(new AuditSearch { Kind = AuditKinds.Archive, Count = 1 }, Token)).Rows.Count == 1;
        }
        catch (Formats.Refusals.RefusedException)
        {
            // It is not up yet, or has died.
            return false;
        }
    }

    // The next start goes on from wherever it was.
    private static async Task FinishAsync(NodeProcess node, IReadOnlyList<string> before)
    {
        await node.StartAsync();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!await HasArchivedAsync(node))
        {
            await tick.WaitForNextTickAsync(Token);
        }

        Assert.Empty((await node.Client.Audit.VerifyAsync(null, Token)).Problems);
        Assert.Equal(0, await node.StopAsync());
        Assert.Single(new AuditArchives(node.StateDirectory).List());
        Assert.Equal(before, (await LinesAsync(node.StateDirectory)).Take(before.Count));
    }

    private static async Task<IReadOnlyList<string>> LinesAsync(string state)
    {
        await using var journal = SqliteJournal.Open(Path.Combine(state, "journal.db"), Guid.Empty, new AuditOptions(TimeProvider.System) { Directory = state });
        Assert.Empty(journal.Audit.Verify(null).Problems);
        return [.. journal.Audit.ReadAll().Select(row => System.Text.Encoding.UTF8.GetString(AuditJson.ToLine(row)))];
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }
    }
}
