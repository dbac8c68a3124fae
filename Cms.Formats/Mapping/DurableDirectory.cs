namespace Cms.Formats.Mapping;

/// <summary>Makes directories that are there after a power loss too.</summary>
public static class DurableDirectory
{
    private const UnixFileMode Everything = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Makes a directory and those above it that are missing; when it returns, every name made is on disk.</summary>
    /// <param name="path">One that is there already is left as it is.</param>
    /// <param name="mode">Of the directory, less the umask; those above it get everything that the umask leaves.</param>
    /// <exception cref="IOException">The system refused; some of the directories may have been made.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory above may not be written.</exception>
    public static void Create(string path, UnixFileMode mode)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var above = Path.GetDirectoryName(full)!;
        Create(above, Everything);
        Directory.CreateDirectory(full, mode);
        DurableFile.SyncDirectory(above);
    }
}
