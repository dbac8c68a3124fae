using System.Diagnostics;
using System.Globalization;
using Cms.Client;

namespace Cms.Benchmarks;

/// <summary>Ten thousand WebSockets on one daemon: what they take of its memory, and how soon those concerned hear of a commit.</summary>
/// <remarks>
/// The clients are a process of their own and share the machine's processors with the daemon. Each has a connection of its own with
/// one subscription; all of them watch sections of the module that is written. The time is from sending the commit, which is durable
/// before anybody hears of it, until a client has read the event.
/// </remarks>
internal static class WatchMeasure
{
    private const string Module = "bench";
    private const int Connections = 10_000;
    private const int Matching = 1000;
    private const int Sections = 100;
    private const int WarmUps = 20;
    private const int Commits = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    // After ten thousand handshakes the runtime compiles them anew for some seconds; then each client is pinged once in 30 s.
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(Installation installation, Report report)
    {
        FileLimit.Check(Connections + 1000);
        using var node = new NodeProcess(installation);
        await node.StartAndWaitAsync();
        using var client = node.NewClient();
        await client.ImportAsync(Module, GeneratedText.Of(Sections), new ImportOptions(), CancellationToken.None);
        using var crowd = WorkerProcess.OfThisProgram("watch-crowd", node.Paths.Socket, Format(Connections), Format(Matching));
        var opened = (await crowd.HearNumbersAsync())[0];
        report.Add("watch-10k-connections", opened, "");
        var opening = node.ResidentBytes;
        await MeasureIdleAsync(node, report);
        var sample = await MeasureCommitsAsync(client, crowd);
        report.AddBelow("watch-10k-mb", Math.Max(opening, node.ResidentBytes) / 1e6, "MB", 500);
        report.Add("watch-p50-us", sample.Median.TotalMicroseconds, "us");
        report.Add("watch-p99-us", sample.Percentile(99).TotalMicroseconds, "us");
    }

    private static async Task MeasureIdleAsync(NodeProcess node, Report report)
    {
        await Task.Delay(SettleTime);
        var (before, start) = (node.ProcessorTime, Stopwatch.GetTimestamp());
        await Task.Delay(IdleTime);
        report.Add("watch-10k-idle-percent", (node.ProcessorTime - before) / Stopwatch.GetElapsedTime(start) * 100, "%");
    }

    private static async Task<Sample> MeasureCommitsAsync(CmsClient client, WorkerProcess crowd)
    {
        var sample = new Sample();
        for (var number = -WarmUps; number < Commits; number++)
        {
            await Task.Delay(Pause);
            var request = NodeProcess.SetOption(GeneratedText.Section(0), GeneratedText.Option(0), $"value {number}");
            var start = Stopwatch.GetTimestamp();
            await client.CommitAsync(Module, request, CancellationToken.None);
            foreach (var heard in number < 0 ? [] : await crowd.HearNumbersAsync())
            {
                sample.Add(Stopwatch.GetElapsedTime(start, (long)heard));
            }

            if (number < 0)
            {
                await crowd.HearAsync();
            }
        }

        return sample;
    }

    private static string Format(int number) => number.ToString(CultureInfo.InvariantCulture);
}
