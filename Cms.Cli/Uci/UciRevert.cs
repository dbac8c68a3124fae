using System.Buffers;
using Cms.Formats.Mapping;
using Cms.Formats.Uci;

namespace Cms.Cli.Uci;

/// <summary>Takes waiting changes out of a delta file.</summary>
internal static class UciRevert
{
    /// <summary>Drops the lines about a package, a section of it, or an option; lines that nobody can read go too.</summary>
    /// <param name="path">The delta file; nothing happens when it does not exist.</param>
    /// <param name="section">The section's name as the lines have it, or null for all.</param>
    /// <param name="option">The option's name, or null for all of the section.</param>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static void Drop(string path, string? section, string? option)
    {
        using var delta = FileLock.TakeExisting(path, isExclusive: true);
        if (delta is null)
        {
            return;
        }

        var kept = new ArrayBufferWriter<byte>();
        foreach (var line in UciDelta.Parse(RawFile.ReadAll(delta.Handle)))
        {
            var isDropped = (section is null || section == line.Section) && (option is null || option == line.Option);
            if (!isDropped)
            {
                line.Write(kept);
            }
        }

        RawFile.Empty(delta.Handle, path);
        RandomAccess.Write(delta.Handle, kept.WrittenSpan, 0);
    }
}
