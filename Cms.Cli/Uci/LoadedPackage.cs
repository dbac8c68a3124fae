using Cms.Formats.Mapping;
using Cms.Formats.Uci;

namespace Cms.Cli.Uci;

/// <summary>A package as its file and the deltas upon it make it, and what it was made from.</summary>
/// <param name="Package">The state; kept up to date while deltas are appended.</param>
/// <param name="Path">Its file.</param>
/// <param name="HasDelta">False for a package given by path, whose changes go to the file at once.</param>
/// <param name="File">The file as it was read.</param>
/// <param name="Text">The file's bytes.</param>
internal sealed record LoadedPackage(UciPackage Package, string Path, bool HasDelta, FileStatus File, ReadOnlyMemory<byte> Text)
{
    /// <summary>The delta files in the order of the search path, as they were read; null where there was none.</summary>
    public required FileStatus?[] Deltas { get; init; }

    /// <summary>How many delta lines had a meaning.</summary>
    public int AppliedCount { get; set; }
}
