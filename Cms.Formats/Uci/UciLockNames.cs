namespace Cms.Formats.Uci;

/// <summary>The files by which programs that work on one directory of text files keep out of each other's way.</summary>
public static class UciLockNames
{
    /// <summary>Locked by whoever replaces text files, while he does; never renamed, never removed.</summary>
    public const string Commit = ".cms.lock";

    /// <summary>Locked by a daemon for its life; its first line is the path of the daemon's socket.</summary>
    public const string Daemon = ".cms.daemon";
}
