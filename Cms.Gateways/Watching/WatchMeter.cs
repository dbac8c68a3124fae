using System.Diagnostics.Metrics;

namespace Cms.Gateways.Watching;

/// <summary>Counts watches.</summary>
/// <remarks>Any thread may call.</remarks>
internal static class WatchMeter
{
    private static readonly Meter Meter = new("Cms.Watches");
    private static readonly UpDownCounter<long> Open = Meter.CreateUpDownCounter<long>(
        "cms.watch.connections", "{connection}", "Answers that go on and WebSockets on which somebody watches, by the way they are told.");

    private static readonly Counter<long> Events = Meter.CreateCounter<long>("cms.watch.events", "{event}", "Lines about commits that watches were sent.");
    private static readonly Counter<long> Ends = Meter.CreateCounter<long>("cms.watch.ends", "{watch}", "Watches, or WebSockets of them, that have ended, by the reason.");
    private static readonly KeyValuePair<string, object?>[] Reasons = [.. Enum.GetNames<WatchEnd>().Select(name => new KeyValuePair<string, object?>("reason", Lowered(name)))];

    /// <summary>Counts a watch as open.</summary>
    /// <param name="way">How it is told: <c>lines</c>, <c>events</c> or <c>websocket</c>.</param>
    /// <returns>Counts it as closed when disposed.</returns>
    public static IDisposable Begin(string way)
    {
        Open.Add(1, new KeyValuePair<string, object?>("way", way));
        return new Running(way);
    }

    /// <summary>Counts lines that were sent.</summary>
    public static void Sent(int lines)
    {
        if (lines > 0)
        {
            Events.Add(lines);
        }
    }

    /// <summary>Counts a watch that has ended.</summary>
    public static void Ended(WatchEnd reason) => Ends.Add(1, Reasons[(int)reason]);

    private static string Lowered(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private sealed class Running(string way) : IDisposable
    {
        public void Dispose() => Open.Add(-1, new KeyValuePair<string, object?>("way", way));
    }
}
