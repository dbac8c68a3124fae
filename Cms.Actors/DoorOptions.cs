namespace Cms.Actors;

/// <summary>The settings of the doors: how much anybody may send, and who is told how the node does.</summary>
public sealed record DoorOptions
{
    /// <summary>1 when everybody on this machine may read the numbers of the node, 0 when only who has the right.</summary>
    public int MetricsOpen { get; init; }

    /// <summary>Whether everybody on this machine may read the numbers of the node.</summary>
    public bool IsMetricsOpen => MetricsOpen == 1;

    /// <summary>The ranges of these settings.</summary>
    internal IEnumerable<(string Name, long Value, long Least, long Most)> Ranges() =>
    [
        ("metrics_open", MetricsOpen, 0, 1),
    ];
}
