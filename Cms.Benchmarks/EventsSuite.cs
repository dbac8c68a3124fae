using System.Diagnostics;
using Cms.Actors.Topics;
using Cms.Client.Wire;

namespace Cms.Benchmarks;

/// <summary>From the publication of an event to those who wait for it, and messages of application topics.</summary>
/// <remarks>
/// An event is published when the commit is durable and projected; what that takes is measured by the suite commit. Readers over the
/// socket are a process of their own; the monotonic clock is the same for both. Events come one by one, a millisecond after the one
/// before was heard, so that everybody waits who would wait.
/// </remarks>
internal static class EventsSuite
{
    private const int WarmUps = 500;
    private const int Events = 3000;
    private const int FanOutEvents = 30;
    private const int Watches = 1000;
    private const int Publications = 3000;
    private const int Queued = 1_000_000;
    private const int QueuedAtOnce = 1000;
    private const int PayloadBytes = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    public static async Task RunAsync(Installation installation, Report report)
    {
        await using (var hosted = await HostedNode.StartAsync(installation))
        {
            await MeasureInProcessAsync(hosted, report);
            await MeasureSocketAsync(hosted, report);
            await MeasureFanOutAsync(hosted, report);
        }

        await MeasureMessagesAsync(installation, report);
    }

    private static async Task MeasureInProcessAsync(HostedNode hosted, Report report)
    {
        using var subscription = hosted.Node.Topics.Subscribe([TopicPattern.Parse("bench")], null, wantsOld: false);
        var sample = new Sample();
        for (var number = -WarmUps; number < Events; number++)
        {
            // So long that everybody sleeps and has to be woken.
            await Task.Delay(Pause);
            var hearing = HearAsync(subscription);
            var events = hosted.Prepare();
            var start = Stopwatch.GetTimestamp();
            hosted.Publish(events);
            Add(sample, number, start, await hearing);
        }

        report.AddBelow("in-process-p50-us", sample.Median.TotalMicroseconds, "us", 20);
        report.Add("in-process-p99-us", sample.Percentile(99).TotalMicroseconds, "us");
    }

    private static async Task<long> HearAsync(TopicSubscription subscription)
    {
        while (await subscription.WaitAsync(CancellationToken.None))
        {
            if ((await subscription.TakeAsync(CancellationToken.None)).Count > 0)
            {
                break;
            }
        }

        return Stopwatch.GetTimestamp();
    }

    private static async Task MeasureSocketAsync(HostedNode hosted, Report report)
    {
        var sample = await MeasureReaderAsync(hosted, watches: 1, Events);
        report.AddBelow("socket-p50-us", sample.Median.TotalMicroseconds, "us", 100);
        report.Add("socket-p99-us", sample.Percentile(99).TotalMicroseconds, "us");
    }

    private static async Task MeasureFanOutAsync(HostedNode hosted, Report report)
    {
        var sample = await MeasureReaderAsync(hosted, Watches, FanOutEvents);
        report.Add("fan-out-1000-ms", sample.Median.TotalMilliseconds, "ms");
        report.Add("fan-out-1000-worst-ms", sample.Percentile(100).TotalMilliseconds, "ms");
    }

    private static async Task<Sample> MeasureReaderAsync(HostedNode hosted, int watches, int count)
    {
        using var reader = WorkerProcess.OfThisProgram("event-reader", hosted.Node.Options.SocketPath, watches.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await reader.HearAsync();
        var warmUps = Math.Min(WarmUps, count);
        var sample = new Sample();
        for (var number = -warmUps; number < count; number++)
        {
            // So long that everybody sleeps and has to be woken.
            await Task.Delay(Pause);
            var events = hosted.Prepare();
            var start = Stopwatch.GetTimestamp();
            hosted.Publish(events);
            Add(sample, number, start, (long)(await reader.HearNumbersAsync())[0]);
        }

        return sample;
    }

    private static void Add(Sample sample, int number, long start, long end)
    {
        if (number >= 0)
        {
            sample.Add(Stopwatch.GetElapsedTime(start, end));
        }
    }

    private static async Task MeasureMessagesAsync(Installation installation, Report report)
    {
        using var node = new NodeProcess(installation);
        await node.StartAndWaitAsync();
        using var client = node.NewClient();
        await client.Topics.ConfigureAsync("bench", new() { MaxMessages = 2 * Queued }, CancellationToken.None);
        await client.Topics.SubscribeAsync("bench", "slow", fromFirst: true, CancellationToken.None);
        var message = new MessagePayload { Base64 = new byte[PayloadBytes] };
        var sample = new Sample();
        for (var number = -WarmUps; number < Publications; number++)
        {
            var start = Stopwatch.GetTimestamp();
            await client.Topics.PublishAsync("bench", [message], CancellationToken.None);
            Add(sample, number, start, Stopwatch.GetTimestamp());
        }

        report.AddBelow("persist-p50-us", sample.Median.TotalMicroseconds, "us", 500);
        report.Add("persist-p99-us", sample.Percentile(99).TotalMicroseconds, "us");
        var before = node.OwnBytes;
        var published = Stopwatch.GetTimestamp();
        for (var queued = 0; queued < Queued; queued += QueuedAtOnce)
        {
            await client.Topics.PublishAsync("bench", [.. Enumerable.Repeat(message, QueuedAtOnce)], CancellationToken.None);
        }

        report.Add("publish-1m-s", Stopwatch.GetElapsedTime(published).TotalSeconds, "s");
        report.Add("queued-1m-mb", (node.OwnBytes - before) / 1e6, "MB");
        await ReadAllAsync(node, report);
    }

    // What was queued is there, and reading it back does not bring it into memory either.
    private static async Task ReadAllAsync(NodeProcess node, Report report)
    {
        using var client = node.NewClient();
        var (start, expected) = (Stopwatch.GetTimestamp(), 1L);
        await foreach (var line in client.Topics.ReadAsync("bench", "slow", null, CancellationToken.None))
        {
            if (line.Kind != MessageLine.Message)
            {
                continue;
            }

            if (line.Sequence != expected++)
            {
                throw new InvalidDataException($"message {line.Sequence} came instead of {expected - 1}");
            }

            if (expected > WarmUps + Publications + Queued)
            {
                break;
            }
        }

        report.Add("read-1m-s", Stopwatch.GetElapsedTime(start).TotalSeconds, "s");
        report.Add("read-1m-peak-mb", node.PeakBytes / 1e6, "MB");
    }
}
