using Cms.Formats.Edits;
using Cms.Formats.Segments;
using Cms.Storage.Journals;
using Cms.Storage.Keys;

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

    /// <summary>The size at which a module's segment is full, in bytes; 1 MiB to 32 GiB, rounded down to whole pages.</summary>
    public long SegmentBytes { get; init; } = 4L << 30;

    /// <summary>What the segments of all modules may take together, in bytes of the run directory; 1 MiB to 1 TiB.</summary>
    public long SegmentTotalBytes { get; init; } = 16L << 30;

    /// <summary>The most requests that wait for one module.</summary>
    public int MailboxSize { get; init; } = 10_000;

    /// <summary>How soon after a commit the writing of the text file starts, in milliseconds; 0 to 100.</summary>
    public int FileDelayMilliseconds { get; init; } = 50;

    /// <summary>The most commits of a module that are kept at hand for its subscribers; older ones they read from the journal.</summary>
    public int EventRingCount { get; init; } = 1000;

    /// <summary>About how many bytes of changes of a module are kept at hand for its subscribers.</summary>
    public long EventRingBytes { get; init; } = 1 << 20;

    /// <summary>The most subscriptions to modules and application topics at one time, each of these.</summary>
    public int MaxSubscriptions { get; init; } = 20_000;

    /// <summary>The most subscriptions on one WebSocket at one time.</summary>
    public int WatchSubscriptions { get; init; } = 10_000;

    /// <summary>The longest message that a client may send on a WebSocket, in bytes; 64 to 16 MiB.</summary>
    public int WatchMessageBytes { get; init; } = 64 * 1024;

    /// <summary>How often the client of a WebSocket is asked for a sign of life, in seconds, 1 to 3600; who gives none until the next time is cut off.</summary>
    public int WatchPingSeconds { get; init; } = 30;

    /// <summary>The most transactions that are open at once.</summary>
    public int MaxTransactions { get; init; } = 1000;

    /// <summary>How long a transaction stays open that nobody uses, unless it asks for another time; in seconds, 1 to 3600.</summary>
    public int TransactionSeconds { get; init; } = 60;

    /// <summary>The most commits that wait for a confirmation at once.</summary>
    public int MaxConfirmations { get; init; } = 100;

    /// <summary>How many commits of each module are kept at most, about; 1 to 1,000,000,000. See <see cref="IHistoryRetention"/>.</summary>
    public int HistoryCount { get; init; } = 10_000;

    /// <summary>For how many days commits are kept at most, about; 0 sets no bound by age; at most 36,500.</summary>
    public int HistoryDays { get; init; }

    /// <summary>How many rows of the audit log the journal keeps, about; 50 to 100,000,000. The older half goes to an archive then.</summary>
    public int AuditRows { get; init; } = 100_000;

    /// <summary>For how many days the journal keeps rows of the audit log, about; 0 sets no bound by age; at most 36,500.</summary>
    public int AuditDays { get; init; }

    /// <summary>How many archives of the audit log are kept; 0 for all; at most 1,000,000.</summary>
    public int AuditArchives { get; init; }

    /// <summary>The most messages that a topic may be set to keep.</summary>
    public const long MostTopicMessages = 100_000_000;

    /// <summary>The most bytes of messages that a topic may be set to keep.</summary>
    public const long MostTopicBytes = 1L << 40;

    /// <summary>The most messages that an application topic keeps when it is not told otherwise.</summary>
    public long TopicMessages { get; init; } = 1_000_000;

    /// <summary>The most bytes of messages that an application topic keeps when it is not told otherwise.</summary>
    public long TopicBytes { get; init; } = 1L << 30;

    /// <summary>The longest payload of a message, in bytes.</summary>
    public int MaxMessageBytes { get; init; } = 1 << 20;

    /// <summary>Where backups are; a relative one is in the state directory.</summary>
    public string BackupDirectory { get; init; } = "backups";

    /// <summary>How often a backup is made by itself, in hours, 0 to 8760; 0 for never.</summary>
    public int BackupHours { get; init; }

    /// <summary>How many of the backups made by themselves are kept, 1 to 10000.</summary>
    public int BackupKeep { get; init; } = 7;

    /// <summary>The file of the recipient that backups are encrypted to which name none; null for plain ones.</summary>
    public string? BackupRecipient { get; init; }

    /// <summary>Where the key comes from that wraps the data keys of secrets: a file, <c>credential:NAME</c> or <c>command:LINE</c>; a relative file is in the state directory.</summary>
    public string MasterKey { get; init; } = "master.key";

    /// <summary>The bounds of names, values and requests.</summary>
    public EditLimits Limits { get; init; } = EditLimits.Default;

    /// <summary>The settings of the doors.</summary>
    public DoorOptions Door { get; init; } = new();

    /// <summary>The settings of what is sent to a collector.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary>The settings of the listeners and of logins.</summary>
    public ListenerOptions Listen { get; init; } = new();

    /// <summary>The journal's file.</summary>
    public string JournalPath => Path.Combine(StateDirectory, "journal.db");

    /// <summary>The Unix socket that the daemon serves.</summary>
    public string SocketPath => Path.Combine(RunDirectory, "cmsd.sock");

    /// <summary>Where the segments are.</summary>
    public string SegmentDirectory => Path.Combine(RunDirectory, "segments");

    /// <summary>The directory of backups, whole.</summary>
    public string BackupPath => Path.Combine(StateDirectory, BackupDirectory);

    /// <summary>Where hand-edited texts are kept whose changes lost against a commit.</summary>
    public string ConflictDirectory => Path.Combine(StateDirectory, "conflicts");

    /// <summary>What is wrong with these settings, a line each; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        return new (string Name, long Value, long Least, long Most)[]
        {
            ("segment_bytes", SegmentBytes, 1L << 20, SegmentOptions.LargestMaximumBytes),
            ("segment_total_bytes", SegmentTotalBytes, 1L << 20, 1L << 40),
            ("mailbox_size", MailboxSize, 1, 1_000_000),
            ("file_delay_ms", FileDelayMilliseconds, 0, 100),
            ("event_ring_count", EventRingCount, 0, 1_000_000),
            ("event_ring_bytes", EventRingBytes, 0, 1L << 30),
            ("max_subscriptions", MaxSubscriptions, 1, 1_000_000),
            ("watch_subscriptions", WatchSubscriptions, 1, 1_000_000),
            ("watch_message_bytes", WatchMessageBytes, 64, 1 << 24),
            ("watch_ping_seconds", WatchPingSeconds, 1, 3600),
            ("max_transactions", MaxTransactions, 1, 100_000),
            ("transaction_seconds", TransactionSeconds, 1, 3600),
            ("max_confirmations", MaxConfirmations, 1, 10_000),
            ("history_count", HistoryCount, 1, 1_000_000_000),
            ("audit_rows", AuditRows, 50, 100_000_000),
            ("audit_days", AuditDays, 0, 36_500),
            ("audit_archives", AuditArchives, 0, 1_000_000),
            ("history_days", HistoryDays, 0, 36_500),
            ("topic_messages", TopicMessages, 1, MostTopicMessages),
            ("topic_bytes", TopicBytes, 1, MostTopicBytes),
            ("max_message_bytes", MaxMessageBytes, 1, 1 << 25),
            ("backup_hours", BackupHours, 0, 8760),
            ("backup_keep", BackupKeep, 1, 10_000),
            ("max_value_bytes", Limits.MaxValueBytes, 1, 1 << 26),
            ("max_list_elements", Limits.MaxListElements, 1, 1 << 24),
            ("max_operations", Limits.MaxOperations, 1, 10_000_000),
            ("max_bulk_operations", Limits.MaxBulkOperations, 1, 100_000_000),
        }
        .Concat(Door.Ranges())
        .Concat(Telemetry.Ranges())
        .Concat(Listen.Ranges())
        .Where(setting => setting.Value < setting.Least || setting.Value > setting.Most)
        .Select(setting => $"{setting.Name} is {setting.Value}; it must be {setting.Least} to {setting.Most}")
        .Concat(MasterKeySource.IsLegal(MasterKey) ? [] : ["master_key must be a file, credential:NAME or command:LINE"]);
    }
}
