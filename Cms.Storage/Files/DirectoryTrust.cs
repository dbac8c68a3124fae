using Cms.Formats.Mapping;

namespace Cms.Storage.Files;

/// <summary>Whether a directory is safe from other users: who can write in it can put a link, or a file of his own, where the daemon writes.</summary>
public static class DirectoryTrust
{
    private const UnixFileMode WritableByAll = UnixFileMode.OtherWrite;
    private const UnixFileMode WritableByOthers = UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;

    /// <summary>What is wrong with a directory that is there, for people, or null.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="user">The uid that the daemon runs under; uid 0 is trusted as well.</param>
    /// <param name="allowsGroup">Whether its group may write in it.</param>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static string? FindProblem(string path, uint user, bool allowsGroup = false)
    {
        if (FileStatus.TryOf(path) is not { IsDirectory: true } status)
        {
            return $"{path} is no directory; remove it";
        }

        if (status.User != 0 && status.User != user)
        {
            return $"{path} belongs to uid {status.User}, who can replace what is in it; chown it to uid {user}";
        }

        return (ModeOf(status) & (allowsGroup ? WritableByAll : WritableByOthers)) != 0
            ? $"{path} can be written by others, who can replace what is in it; chmod {(allowsGroup ? "o-w" : "go-w")} it"
            : FindProblemAbove(path);
    }

    /// <summary>What is wrong with a file in such a directory, from a time when others could write there, or null.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="user">The uid that the daemon runs under.</param>
    public static string? FindProblemOfFile(string path, uint user) =>
        new FileInfo(path).LinkTarget is not null ? $"{path} is a symbolic link, and what it leads to would be written; remove it"
        : FileStatus.TryOf(path) is { } status && status.User != 0 && status.User != user ? $"{path} belongs to uid {status.User}, who could read what is written to it; remove it"
        : null;

    // Whoever can write in a directory above can put another one in its place, unless it is one where only owners can.
    private static string? FindProblemAbove(string path)
    {
        for (var (below, above) = (path, Path.GetDirectoryName(path)); above is not null; (below, above) = (above, Path.GetDirectoryName(above)))
        {
            if (FileStatus.TryOf(above) is not { } status || (ModeOf(status) & WritableByAll) == 0)
            {
                continue;
            }

            if ((ModeOf(status) & UnixFileMode.StickyBit) == 0)
            {
                return $"{above} can be written by everybody, who can replace {below}; chmod o-w it, or set its sticky bit";
            }

            if (new FileInfo(below).LinkTarget is not null)
            {
                return $"{below} is a symbolic link in {above}, where everybody can make one; name the directory itself";
            }
        }

        return null;
    }

    private static UnixFileMode ModeOf(in FileStatus status) => (UnixFileMode)status.Permissions;
}
