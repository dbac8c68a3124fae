using Cms.Formats.Modules;

namespace Cms.Formats.Segments;

/// <summary>The revision that a view reads at is no longer kept. The caller takes a new view.</summary>
public sealed class SnapshotTooOldException : Exception
{
    /// <summary>A view at <paramref name="revision"/> was used too late.</summary>
    public SnapshotTooOldException(Revision revision)
        : base($"Revision {revision} is no longer kept in the segment.") => Revision = revision;

    /// <summary>The revision that was asked for.</summary>
    public Revision Revision { get; }
}
