using System.Text;
using Cms.Formats.Mapping;
using Cms.Formats.Uci;

namespace Cms.Cli.Uci;

/// <summary>How a running daemon is recognised in a configuration directory.</summary>
/// <remarks>
/// The file <c>.cms.daemon</c> holds the path of the daemon's Unix socket in its first line, and the daemon holds an exclusive lock
/// on it for as long as it lives; it takes that lock while it holds <c>.cms.lock</c>, and so does who looks here.
/// </remarks>
internal static class DaemonMark
{
    /// <summary>The socket of the daemon that lives, or null when none does.</summary>
    /// <exception cref="IOException">The mark cannot be read.</exception>
    public static string? FindSocket(string directory)
    {
        using var mark = RawFile.TryOpenForReading(Path.Join(directory, UciLockNames.Daemon));
        if (mark is null)
        {
            return null;
        }

        using var stale = FileLock.TryTake(mark, isExclusive: false);
        if (stale is not null)
        {
            return null;
        }

        var text = RawFile.ReadAll(mark);
        var end = Array.IndexOf(text, (byte)'\n');
        return Encoding.UTF8.GetString(text, 0, end < 0 ? text.Length : end);
    }
}
