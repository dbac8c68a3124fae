using System.Globalization;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Segments;
using Cms.Formats.Segments.Tables;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Crash;

/// <summary>The daemon dies by kill -9 again and again while rows come and go.</summary>
public sealed class TableKillTests
{
    private const int Kills = 20;
    private const int KeptNumbers = 50;
    private const string Module = "load";

    [Fact]
    public async Task Every_acknowledged_row_survives_the_kills_and_no_reader_sees_half_of_a_commit()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        await using var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf(Module), "\n", TestContext.Current.CancellationToken);
        await node.StartAsync();
        await node.Client.CommitAsync(Module, new CommitRequest { Operations = [Pairs] }, TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        var writing = WriteAsync(node, stop.Token);
        var reading = Task.Factory.StartNew(() => Read(node, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        for (var kill = 0; kill < Kills; kill++)
        {
            // The moment of death is meant to be random; there is no event to wait for.
            await Task.Delay(random.Next(20, 200), TestContext.Current.CancellationToken);
            await node.KillAsync();
            await node.StartAsync();
        }

        await stop.CancelAsync();
        var last = await writing;
        Assert.True(await reading > Kills, $"seed {seed}: too few reads");
        Assert.True(last > Kills, $"seed {seed}: only {last} commits got through");
        Assert.Equal(last, Check(node));
        await node.KillAsync();
        Directory.Delete(Path.Combine(node.RunDirectory, "segments"), recursive: true);
        await node.StartAsync();
        Assert.Equal(last, Check(node));
    }

    private static WireOperation Pairs => new()
    {
        Op = "create_table",
        Table = "pairs",
        PrimaryKey = "id",
        Columns = [new() { Name = "id", Type = "int" }, new() { Name = "number", Type = "int", Index = "index" }, new() { Name = "text", Type = "string", Size = 20, Index = "unique" }],
    };

    // Commit n brings the rows 2n and 2n + 1, both of number n, and takes those of number n - 50 away.
    private static CommitRequest Commit(long number)
    {
        var operations = new List<WireOperation> { Row("insert_row", 2 * number, number - 1), Row("insert_row", (2 * number) + 1, number), Row("update_row", 2 * number, number) };
        if (number > KeptNumbers)
        {
            operations.Add(Row("delete_row", 2 * (number - KeptNumbers), null));
            operations.Add(Row("delete_row", (2 * (number - KeptNumbers)) + 1, null));
        }

        return new CommitRequest { Operations = operations, RequestId = string.Create(CultureInfo.InvariantCulture, $"n{number}") };
    }

    private static WireOperation Row(string op, long id, long? number)
    {
        var row = new Dictionary<string, ConfigValue> { ["id"] = ConfigValue.FromInt(id) };
        if (number is { } given)
        {
            row["number"] = ConfigValue.FromInt(given);
            row["text"] = ConfigValue.FromText(string.Create(CultureInfo.InvariantCulture, $"text {id}"));
        }

        return new() { Op = op, Table = "pairs", Row = row };
    }

    private static async Task<long> WriteAsync(NodeProcess node, CancellationToken stop)
    {
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var number = 0L;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await node.Client.CommitAsync(Module, Commit(number + 1), CancellationToken.None);
                number++;
            }
            catch (RefusedException refused) when (refused.Refusal.Code is ErrorCode.Unavailable or ErrorCode.UnknownOutcome)
            {
                // The daemon is dead or dying; how soon it is back is not known here.
                await retry.WaitForNextTickAsync(CancellationToken.None);
            }
        }

        while (true)
        {
            try
            {
                // The last one was perhaps made without an answer.
                await node.Client.CommitAsync(Module, Commit(number + 1), CancellationToken.None);
                return number + 1;
            }
            catch (RefusedException refused) when (refused.Refusal.Code is ErrorCode.Unavailable or ErrorCode.UnknownOutcome)
            {
                await retry.WaitForNextTickAsync(CancellationToken.None);
            }
        }
    }

    private static int Read(NodeProcess node, CancellationToken stop)
    {
        var reads = 0;
        using var reader = SegmentReader.Open(SegmentOf(node));
        var table = reader.OpenTable("pairs")!;
        while (!stop.IsCancellationRequested)
        {
            Assert.True(table.Refresh());
            try
            {
                _ = CheckPairs(table);
                reads++;
            }
            catch (SnapshotTooOldException)
            {
                // Commits came faster than this reader.
            }
        }

        return reads;
    }

    private static long Check(NodeProcess node)
    {
        using var reader = SegmentReader.Open(SegmentOf(node));
        return CheckPairs(reader.OpenTable("pairs")!);
    }

    private static long CheckPairs(SegmentTable table)
    {
        var numbers = new List<long>();
        foreach (var row in table.Scan())
        {
            numbers.Add(row.GetInt(1));
            Assert.Equal(row.GetInt(1), row.GetInt(0) / 2);
        }

        var last = numbers.Count == 0 ? 0 : numbers[^1];
        var first = Math.Max(1, last - KeptNumbers + 1);
        Assert.Equal(Enumerable.Range(0, (int)(2 * (last - first + 1))).Select(index => first + (index / 2)), numbers);
        for (var number = first; number <= last; number += 7)
        {
            var found = 0;
            foreach (var row in table.Find(1, number))
            {
                found++;
            }

            Assert.Equal(2, found);
            Assert.True(table.TryFind(2 * number, out _));
        }

        return last;
    }

    private static string SegmentOf(NodeProcess node) => Path.Combine(node.RunDirectory, "segments", Module + ".seg");
}
