using Cms.Formats.Edits;

namespace Cms.Actors;

/// <summary>The settings of one node; <c>docs/settings.md</c> lists them and a test holds the two equal.</summary>
public sealed record NodeOptions
{
    /// <summary>Where the UCI text files are.</summary>
    public string ConfigDirectory { get; init; } = "/etc/config";

    /// <summary>Where the journal, kept conflicts and backups are; on a disk.</summary>
    public string StateDirectory { get; init; } = "/var/lib/cms";

    /// <summary>Where the socket and the segments are; on tmpfs for speed.</summary>
    public string RunDirectory { get; init; } = "/run/cms";

    /// <summary>The size at which a module's segment is full, in bytes; 1 MiB to 1 TiB.</summary>
    public long SegmentBytes { get; init; } = 4L << 30;

    /// <summary>The most requests that wait for one module.</summary>
    public int MailboxSize { get; init; } = 10_000;

    /// <summary>How soon after a commit the writing of the text file starts, in milliseconds; 0 to 100.</summary>
    public int FileDelayMilliseconds { get; init; } = 50;

    /// <summary>The bounds of names, values and requests.</summary>
    public EditLimits Limits { get; init; } = EditLimits.Default;

    /// <summary>The journal's file.</summary>
    public string JournalPath => Path.Combine(StateDirectory, "journal.db");

    /// <summary>The Unix socket that the daemon serves.</summary>
    public string SocketPath => Path.Combine(RunDirectory, "cmsd.sock");

    /// <summary>Where the segments are.</summary>
    public string SegmentDirectory => Path.Combine(RunDirectory, "segments");

    /// <summary>Where hand-edited texts are kept whose changes lost against a commit.</summary>
    public string ConflictDirectory => Path.Combine(StateDirectory, "conflicts");

    /// <summary>What is wrong with these settings, a line each; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (SegmentBytes is < 1L << 20 or > 1L << 40)
        {
            yield return $"segment_bytes is {SegmentBytes}; it must be 1048576 to 1099511627776";
        }

        if (FileDelayMilliseconds is < 0 or > 100)
        {
            yield return $"file_delay_ms is {FileDelayMilliseconds}; it must be 0 to 100";
        }

        if (MailboxSize is < 1 or > 1_000_000)
        {
            yield return $"mailbox_size is {MailboxSize}; it must be 1 to 1000000";
        }

        if (Limits.MaxValueBytes < 1 || Limits.MaxListElements < 1 || Limits.MaxOperations < 1)
        {
            yield return "max_value_bytes, max_list_elements and max_operations must be 1 or more";
        }
    }
}
