namespace Cms.Benchmarks;

/// <summary>What the gateway does: on real daemons, over their Unix socket.</summary>
internal static class HttpSuite
{
    public static async Task RunAsync(Installation installation, Report report)
    {
        await RequestMeasure.RunAsync(installation, report);
        await WatchMeasure.RunAsync(installation, report);
    }
}
