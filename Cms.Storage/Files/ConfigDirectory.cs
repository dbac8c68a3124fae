using System.Security.Cryptography;
using System.Text;
using Cms.Formats.Mapping;
using Cms.Formats.Uci;

namespace Cms.Storage.Files;

/// <summary>The directory of the UCI text files: which modules it holds, who owns it, and what happens in it.</summary>
public static class ConfigDirectory
{
    /// <summary>The modules whose files are there, by name; files with a dot or an illegal name are none.</summary>
    public static IReadOnlyList<string> ModuleNames(string directory) =>
        [.. Directory.EnumerateFiles(directory).Select(Path.GetFileName).OfType<string>().Where(IsModuleName).Order(StringComparer.Ordinal)];

    // Leaves room for what is put behind it, also where a temporary file is made beside.
    private const int MaxKeptNameSizeBytes = 128;

    private const int TemporarySuffixSizeBytes = 11;
    private const int ShortHashLength = 8;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Whether a file of this name is a module's: 1..243 bytes of 33..126, without a dot or slash.</summary>
    public static bool IsModuleName(string name) => UciNames.IsModule(name);

    /// <summary>Declares a daemon the owner of the directory.</summary>
    /// <param name="directory">The directory; must exist.</param>
    /// <param name="socketPath">Where the daemon can be reached.</param>
    /// <returns>The ownership, held until it is disposed or the process ends; null when another daemon has it.</returns>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static FileLock? TryOwn(string directory, string socketPath)
    {
        var path = Path.Combine(directory, UciLockNames.Daemon);
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

    /// <summary>Moves the temporary files of writers that were killed out of the way; one may be a hand edit that was being put back.</summary>
    /// <param name="directory">Commits to it must be held: a temporary file may be in use otherwise.</param>
    /// <param name="keptDirectory">Takes those with a text, as <c>NAME.killed.HASH</c> and each text once; made when needed.</param>
    /// <exception cref="IOException">A file could not be moved; it stays.</exception>
    public static void RemoveTemporaryFiles(string directory, string keptDirectory)
    {
        foreach (var path in Directory.GetFiles(directory, ".*.uci-??????"))
        {
            if (FileStatus.TryOf(path) is { IsRegular: true, SizeBytes: > 0 })
            {
                Keep(path, keptDirectory);
            }

            File.Delete(path);
        }
    }

    // Copied, as the two directories may be on different file systems, and durable before the original goes.
    private static void Keep(string path, string keptDirectory)
    {
        var text = File.ReadAllBytes(path);
        var hash = Convert.ToHexStringLower(SHA256.HashData(text));
        var name = Path.GetFileName(path)[1..^TemporarySuffixSizeBytes];
        var start = Path.Join(keptDirectory, $"{name[..Math.Min(name.Length, MaxKeptNameSizeBytes)]}.killed.");
        var kept = start + hash[..ShortHashLength];
        if (File.Exists(kept))
        {
            if (File.ReadAllBytes(kept).AsSpan().SequenceEqual(text))
            {
                return;
            }

            kept = start + hash;
        }

        DurableDirectory.Create(keptDirectory, Private);
        DurableFile.Replace(kept, stream => stream.Write(text));
    }

    /// <summary>Waits for every text-file commit under way, and keeps new ones out until disposed.</summary>
    public static FileLock HoldCommits(string directory) => FileLock.Take(Path.Combine(directory, UciLockNames.Commit), isExclusive: true);
}
