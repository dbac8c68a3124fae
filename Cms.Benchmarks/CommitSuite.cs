using System.Diagnostics;
using System.Globalization;
using Cms.Client;
using Cms.Client.Wire;

namespace Cms.Benchmarks;

/// <summary>Durable commits of one option through the Unix socket, beside what the disk takes for the same bytes.</summary>
/// <remarks>
/// Commits and bare flushes take turns one by one. A flush may take ten times as long for seconds while others use the disk; in
/// longer turns such a spell hits one side alone, and the ratio of the two says nothing.
/// </remarks>
internal static class CommitSuite
{
    private const string Module = "bench";
    private const int Sections = 100;
    private const int WarmUps = 2000;
    private const int Pairs = 5000;
    private const int GrowthCommits = 100;
    private const int TransactionModules = 3;
    private const int Transactions = 2000;
    private const int Writers = 64;
    private static readonly TimeSpan ConcurrentTime = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(Installation installation, Report report)
    {
        using var node = new NodeProcess(installation);
        await node.StartAndWaitAsync();
        using (var client = node.NewClient())
        {
            await client.ImportAsync(Module, GeneratedText.Of(Sections), new ImportOptions(), CancellationToken.None);
            await MeasureOneWriterAsync(node, new Writer(client, 0), report);
            await MeasureTransactionsAsync(node, client, report);
        }

        await MeasureWritersAsync(node, report);
        await AuditMeasure.RunAsync(installation, report);
    }

    private static async Task MeasureOneWriterAsync(NodeProcess node, Writer writer, Report report)
    {
        var flushBytes = await MeasureGrowthAsync(node, writer);
        for (var commit = 0; commit < WarmUps; commit++)
        {
            await writer.CommitAsync();
        }

        var commits = new Sample();
        var flushes = new Sample();
        using var disk = new BareFlush(Path.Combine(node.JournalDirectory, "preallocated"), flushBytes);
        for (var pair = 0; pair < Pairs; pair++)
        {
            var start = Stopwatch.GetTimestamp();
            await writer.CommitAsync();
            commits.AddSince(start);
            start = Stopwatch.GetTimestamp();
            disk.Write();
            flushes.AddSince(start);
        }

        writer.Check(node);
        report.AddBelow("commit-p50-us", commits.Median.TotalMicroseconds, "us", 1000);
        report.AddBelow("commit-p99-us", commits.Percentile(99).TotalMicroseconds, "us", 5000);
        report.Add("fdatasync-p50-us", flushes.Median.TotalMicroseconds, "us");
        report.Add("fdatasync-p99-us", flushes.Percentile(99).TotalMicroseconds, "us");
        report.Add("fdatasync-bytes", flushBytes, "B");
        report.AddBelow("commit-per-fdatasync-p50", commits.Median / flushes.Median, "ratio", 2);
    }

    private static async Task MeasureTransactionsAsync(NodeProcess node, CmsClient client, Report report)
    {
        string[] modules = [.. Enumerable.Range(1, TransactionModules).Select(number => $"{Module}{number}")];
        foreach (var module in modules)
        {
            await client.ImportAsync(module, GeneratedText.Of(Sections), new ImportOptions(), CancellationToken.None);
        }

        var commits = new Sample();
        var value = "";
        for (var commit = 0; commit < WarmUps / 2 + Transactions; commit++)
        {
            value = commit.ToString("D10", CultureInfo.InvariantCulture);
            var set = NodeProcess.SetOption(GeneratedText.Section(0), GeneratedText.Option(0), value).Operations;
            var request = new TransactionCommitRequest { Modules = [.. modules.Select(module => new TransactionModule { Module = module, Operations = set })] };
            var start = Stopwatch.GetTimestamp();
            await client.CommitAsync(request, CancellationToken.None);
            if (commit >= WarmUps / 2)
            {
                commits.AddSince(start);
            }
        }

        foreach (var module in modules.Where(module => node.Read(module, GeneratedText.Section(0), GeneratedText.Option(0)) != value))
        {
            throw new InvalidDataException($"{module} does not show the last transaction");
        }

        report.AddBelow("tx-3-modules-p50-us", commits.Median.TotalMicroseconds, "us", 1000);
        report.Add("tx-3-modules-p99-us", commits.Percentile(99).TotalMicroseconds, "us");
    }

    // A log that is new grows with every commit; the text file's records come between now and then, which the median passes over.
    private static async Task<int> MeasureGrowthAsync(NodeProcess node, Writer writer)
    {
        var growth = new List<long>();
        for (var commit = 0; commit < GrowthCommits; commit++)
        {
            var before = new FileInfo(node.JournalLog).Length;
            await writer.CommitAsync();
            growth.Add(new FileInfo(node.JournalLog).Length - before);
        }

        return (int)growth.Order().ElementAt(GrowthCommits / 2) is var median and > 0
            ? median
            : throw new InvalidDataException("the journal's log does not grow, so the size of a commit is not known");
    }

    private static async Task MeasureWritersAsync(NodeProcess node, Report report)
    {
        var clients = Enumerable.Range(0, Writers).Select(_ => node.NewClient()).ToList();
        try
        {
            var writers = clients.Select((client, index) => new Writer(client, index)).ToList();
            await Task.WhenAll(writers.Select(writer => writer.CommitForAsync(TimeSpan.FromSeconds(1))));
            var before = writers.Sum(writer => writer.Acknowledged);
            var start = Stopwatch.GetTimestamp();
            await Task.WhenAll(writers.Select(writer => writer.CommitForAsync(ConcurrentTime)));
            var elapsed = Stopwatch.GetElapsedTime(start);
            report.Add("commits-per-s-64", (writers.Sum(writer => writer.Acknowledged) - before) / elapsed.TotalSeconds, "1/s");
            writers.ForEach(writer => writer.Check(node));
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    /// <summary>Sets one option to ever new values. One thread.</summary>
    private sealed class Writer(CmsClient client, int index)
    {
        private readonly string _section = GeneratedText.Section(index);

        public long Acknowledged { get; private set; }

        private string Value => Acknowledged.ToString("D10", CultureInfo.InvariantCulture);

        public async Task CommitAsync()
        {
            var next = (Acknowledged + 1).ToString("D10", CultureInfo.InvariantCulture);
            await client.CommitAsync(Module, NodeProcess.SetOption(_section, GeneratedText.Option(0), next), CancellationToken.None);
            Acknowledged++;
        }

        public async Task CommitForAsync(TimeSpan time)
        {
            var start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                await CommitAsync();
            }
        }

        public void Check(NodeProcess node)
        {
            var read = node.Read(Module, _section, GeneratedText.Option(0));
            if (read != Value)
            {
                throw new InvalidDataException($"{_section} was acknowledged as {Value} and reads {read}");
            }
        }
    }
}
