using System.Text;
using Cms.Formats.Mapping;

namespace Cms.Storage.Files;

/// <summary>The directory of the UCI text files: which modules it holds, who owns it, and what happens in it.</summary>
public static class ConfigDirectory
{
    /// <summary>The file whose lock every writer of text files takes while it commits.</summary>
    public const string CommitLockName = ".cms.lock";

    /// <summary>The file that a daemon keeps locked for its life, and whose first line is its socket's path.</summary>
    public const string DaemonLockName = ".cms.daemon";

    /// <summary>The modules whose files are there, by name; files with a dot or an illegal name are none.</summary>
    public static IReadOnlyList<string> ModuleNames(string directory) =>
        [.. Directory.EnumerateFiles(directory).Select(Path.GetFileName).OfType<string>().Where(IsModuleName).Order(StringComparer.Ordinal)];

    /// <summary>Whether a file of this name is a module's.</summary>
    public static bool IsModuleName(string name) =>
        name.Length is > 0 and <= 255 && !name.Contains('.', StringComparison.Ordinal) && !name.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary>Declares a daemon the owner of the directory.</summary>
    /// <param name="directory">The directory; must exist.</param>
    /// <param name="socketPath">Where the daemon can be reached.</param>
    /// <returns>The ownership, held until it is disposed or the process ends; null when another daemon has it.</returns>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static FileLock? TryOwn(string directory, string socketPath)
    {
        var path = Path.Combine(directory, DaemonLockName);
        var ownership = FileLock.TryTake(path, isExclusive: true);
        if (ownership is not null)
        {
            // Through the locked handle: opening the file anew would ask for a lock of its own.
            var line = Encoding.UTF8.GetBytes(socketPath + "\n");
            RandomAccess.Write(ownership.Handle, line, 0);
            RandomAccess.SetLength(ownership.Handle, line.Length);
        }

        return ownership;
    }

    /// <summary>Removes the temporary files of writers that were killed.</summary>
    /// <param name="directory">Commits to it must be held: a temporary file may be in use otherwise.</param>
    public static void RemoveTemporaryFiles(string directory)
    {
        foreach (var path in Directory.EnumerateFiles(directory, ".*.uci-??????"))
        {
            File.Delete(path);
        }
    }

    /// <summary>Waits for every text-file commit under way, and keeps new ones out until disposed.</summary>
    public static FileLock HoldCommits(string directory) => FileLock.Take(Path.Combine(directory, CommitLockName), isExclusive: true);
}
