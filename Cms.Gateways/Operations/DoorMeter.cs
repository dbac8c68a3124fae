using System.Diagnostics.Metrics;
using Cms.Gateways.Authentication.Sessions;
using Cms.Gateways.Http.Resources;

namespace Cms.Gateways.Operations;

/// <summary>What the gateway is asked for when somebody wants to know: who is logged in, and how its caches do.</summary>
internal static class DoorMeter
{
    /// <summary>Adds the numbers to a meter, which asks for them when it is read.</summary>
    public static void AddTo(Meter meter, SessionStore sessions, SegmentReaders readers, IdempotentAnswers answers)
    {
        meter.CreateObservableGauge("cms.sessions", () => sessions.CountLive(), "{session}", "Who is logged in.");
        meter.CreateObservableGauge("cms.cache.entries", () => Each(readers.Kept, answers.Use.Kept), "{entry}", "What the caches keep.");
        meter.CreateObservableCounter("cms.cache.hits", () => Each(readers.Hits, answers.Use.Hits), "{lookup}", "How often something was found in a cache.");
        meter.CreateObservableCounter("cms.cache.misses", () => Each(readers.Misses, answers.Use.Misses), "{lookup}", "How often it was not.");
        meter.CreateObservableCounter("cms.cache.evictions", () => Each(readers.Evictions, answers.Use.Evictions), "{entry}", "What was dropped to keep within bounds.");
    }

    private static Measurement<long>[] Each(long readers, long answers) => [new(readers, Of("readers")), new(answers, Of("answers"))];

    private static KeyValuePair<string, object?> Of(string cache) => new("cache", cache);
}
