using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Cms.Actors.Modules;

/// <summary>What the modules count for those who run the node.</summary>
/// <remarks>Any thread may count; while nobody listens it costs a comparison.</remarks>
internal static class ModuleMeter
{
    private static readonly Meter Meter = new("Cms.Modules");

    /// <summary>What traces tell of the modules.</summary>
    public static readonly ActivitySource Traces = new("Cms.Modules");

    /// <summary>Commits that readers see.</summary>
    public static readonly Counter<long> Commits = Meter.CreateCounter<long>("cms.commits", "{commit}", "Commits of all modules.");

    /// <summary>What they changed.</summary>
    public static readonly Counter<long> Changes = Meter.CreateCounter<long>("cms.changes", "{change}", "Changes in these commits.");
}
