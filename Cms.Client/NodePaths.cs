using Cms.Formats.Mapping;

namespace Cms.Client;

/// <summary>Where a node's socket, segments and sessions are.</summary>
/// <param name="RunDirectory">The node's run directory.</param>
public sealed record NodePaths(string RunDirectory)
{
    /// <summary>The run directory unless the settings say otherwise.</summary>
    public const string DefaultRunDirectory = "/run/cms";

    /// <summary>The Unix socket of the daemon.</summary>
    public string Socket => Path.Combine(RunDirectory, "cmsd.sock");

    /// <summary>Where the segments are.</summary>
    public string SegmentDirectory => Path.Combine(RunDirectory, "segments");

    /// <summary>Where this user's staged changes are.</summary>
    public string SessionDirectory => Path.Combine(RunDirectory, "sessions", ProcessOwner.UserId.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The segment of a module.</summary>
    public string SegmentOf(string module) => Path.Combine(SegmentDirectory, module + ".seg");
}
