using System.Diagnostics;
using System.Globalization;
using Cms.Client;

namespace Cms.Benchmarks;

/// <summary>Operations in bulks through the Unix socket: eight connections at once in commits of 100, and a million as one commit.</summary>
/// <remarks>What is counted was acknowledged, and is read back afterwards from the segments.</remarks>
internal static class BulkSuite
{
    private const int Clients = 8;
    private const int SectionsOfModule = 1000;
    private const int WarmOperations = 50_000;
    private const int Operations = 250_000;
    private const int Rounds = 3;
    private const int AtomicOperations = 1_000_000;
    private const int AtomicRounds = 3;

    // The text that the modules begin with has values that begin with zeros.
    private static int _round = 1;

    public static async Task RunAsync(Installation installation, Report report)
    {
        using var node = new NodeProcess(installation);
        await node.StartAndWaitAsync();
        using (var client = node.NewClient())
        {
            for (var module = 0; module < Clients; module++)
            {
                await client.ImportAsync(ModuleOf(module), GeneratedText.Of(SectionsOfModule), new ImportOptions(), CancellationToken.None);
            }

            await client.ImportAsync("shared", GeneratedText.Of(Clients * SectionsOfModule), new ImportOptions(), CancellationToken.None);
        }

        var statements = await MeasureAsync(node, isJson: false, isShared: false);
        var json = await MeasureAsync(node, isJson: true, isShared: false);
        report.AddAbove("durable-ops-per-s", Math.Min(statements, json), "1/s", 100_000);
        report.Add("durable-ops-per-s-uci", statements, "1/s");
        report.Add("durable-ops-per-s-ndjson", json, "1/s");
        report.Add("durable-ops-per-s-one-module", await MeasureAsync(node, isJson: false, isShared: true), "1/s");
        report.Add("peak-mb", node.PeakBytes / 1e6, "MB");
        await MeasureAtomicAsync(installation, report);
    }

    private static string ModuleOf(int client) => string.Create(CultureInfo.InvariantCulture, $"bulk{client}");

    private static async Task<double> MeasureAsync(NodeProcess node, bool isJson, bool isShared)
    {
        await RunRoundAsync(node, isJson, isShared, WarmOperations);
        var rates = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            rates.Add(Clients * Operations / (await RunRoundAsync(node, isJson, isShared, Operations)).TotalSeconds);
        }

        return rates.Order().ElementAt(Rounds / 2);
    }

    private static async Task<TimeSpan> RunRoundAsync(NodeProcess node, bool isJson, bool isShared, int count)
    {
        var round = _round++;
        var senders = Enumerable.Range(0, Clients).Select(client => new Sender(node, isJson, isShared, client, count, round)).ToList();
        try
        {
            senders.ForEach(sender => sender.Prepare());
            var start = Stopwatch.GetTimestamp();
            await Task.WhenAll(senders.Select(sender => Task.Run(sender.SendAsync)));
            var elapsed = Stopwatch.GetElapsedTime(start);
            senders.ForEach(sender => sender.Check());
            return elapsed;
        }
        finally
        {
            senders.ForEach(sender => sender.Dispose());
        }
    }

    private static async Task MeasureAtomicAsync(Installation installation, Report report)
    {
        var text = BulkText.Fill("atomic", AtomicOperations);
        var times = new Sample();
        var peak = 0L;
        for (var round = 0; round < AtomicRounds; round++)
        {
            using var node = new NodeProcess(installation);
            await node.StartAndWaitAsync();
            using var client = node.NewClient();
            await client.ImportAsync("atomic", "\n"u8.ToArray(), new ImportOptions(), CancellationToken.None);
            await client.ImportAsync("other", GeneratedText.Of(SectionsOfModule), new ImportOptions(), CancellationToken.None);
            var start = Stopwatch.GetTimestamp();
            using var stream = new MemoryStream(text);
            var result = await client.BulkAsync(stream, new BulkOptions { IsAtomic = true }, CancellationToken.None);
            times.AddSince(start);
            CheckAtomic(node, result);
            peak = Math.Max(peak, node.PeakBytes);
        }

        report.Add("atomic-1m-s", times.Median.TotalSeconds, "s");
        report.Add("atomic-1m-peak-mb", peak / 1e6, "MB");
    }

    private static void CheckAtomic(NodeProcess node, BulkResult result)
    {
        const int Last = (AtomicOperations - 1) / (GeneratedText.OptionsPerSection + 1);
        if (result.Refusal is not null || result.Done.Commits != 1 || result.Done.Changes != AtomicOperations
            || node.Read("atomic", GeneratedText.Section(Last - 1), GeneratedText.Option(9)) != GeneratedText.Value(Last - 1, 9))
        {
            throw new InvalidDataException($"the atomic bulk is not there: {result.Refusal?.Message ?? result.Done.ToString()}");
        }
    }

    /// <summary>One connection that sends one text. One thread.</summary>
    private sealed class Sender(NodeProcess node, bool isJson, bool isShared, int client, int count, int round) : IDisposable
    {
        private readonly string _module = isShared ? "shared" : ModuleOf(client);
        private readonly Range _sections = isShared ? new(client * SectionsOfModule, (client + 1) * SectionsOfModule) : new(0, SectionsOfModule);
        private readonly CmsClient _client = node.NewClient();
        private byte[] _text = [];

        /// <summary>Makes the text, before the time is taken.</summary>
        public void Prepare() => _text = BulkText.Sets(isJson, _module, _sections, count, round);

        public async Task SendAsync()
        {
            using var stream = new MemoryStream(_text);
            var result = await _client.BulkAsync(stream, new BulkOptions { IsJson = isJson }, CancellationToken.None);
            if (result.Refusal is not null || result.Done.Changes != count)
            {
                throw new InvalidDataException($"a bulk ended with {result.Refusal?.Message ?? result.Done.ToString()}");
            }
        }

        public void Check()
        {
            for (var index = count - 1; index > count - 1000; index--)
            {
                var (section, option) = BulkText.PathOf(_sections, index);
                var read = node.Read(_module, section, option);
                if (read != BulkText.Value(round, index))
                {
                    throw new InvalidDataException($"{_module}.{section}.{option} was acknowledged as {BulkText.Value(round, index)} and reads {read}");
                }
            }
        }

        public void Dispose() => _client.Dispose();
    }
}
