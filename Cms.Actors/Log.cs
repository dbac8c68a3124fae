using Microsoft.Extensions.Logging;

namespace Cms.Actors;

/// <summary>What the actors tell the log: events 1000 to 1999. Values of options are never told.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "module {Module} is open at revision {Revision} ({Start}, {Replayed} commits replayed)")]
    public static partial void ModuleOpened(ILogger log, string module, long revision, string start, int replayed);

    [LoggerMessage(1001, LogLevel.Error, "module {Module} failed and starts again from the journal in {DelayMilliseconds} ms: {Failure}")]
    public static partial void ModuleFailed(ILogger log, Exception exception, string module, double delayMilliseconds, string failure);

    [LoggerMessage(1002, LogLevel.Information, "module {Module}: the segment is built anew: {Reason}")]
    public static partial void SegmentRebuilt(ILogger log, string module, string reason);

    [LoggerMessage(1003, LogLevel.Information, "module {Module}: the edited file {Path} was taken in as revision {Revision}")]
    public static partial void FileTakenIn(ILogger log, string module, string path, long revision);

    [LoggerMessage(1004, LogLevel.Warning, "module {Module}: the edited file conflicts with commits on {Paths}; the module's values stand, the text is kept in {KeptText}")]
    public static partial void FileConflicted(ILogger log, string module, string paths, string keptText);

    [LoggerMessage(1005, LogLevel.Error, "{Path} does not parse and is left alone: {Failure}")]
    public static partial void FileUnreadable(ILogger log, string path, string failure);

    [LoggerMessage(1006, LogLevel.Error, "{Path} could not be written and will be tried again: {Failure}")]
    public static partial void FileNotWritten(ILogger log, string path, string failure);

    [LoggerMessage(1007, LogLevel.Information, "node is ready: {Modules} modules, journal {Journal}, epoch {Epoch}")]
    public static partial void NodeReady(ILogger log, int modules, string journal, long epoch);

    [LoggerMessage(1008, LogLevel.Warning, "{Directory} is not on tmpfs: commits also wait for its pages to be written back now and then; mount a tmpfs there")]
    public static partial void RunDirectoryOnDisk(ILogger log, string directory);

    [LoggerMessage(1009, LogLevel.Information, "module {Module}: the segment was compacted from {Before} to {After} bytes")]
    public static partial void SegmentCompacted(ILogger log, string module, long before, long after);

    [LoggerMessage(1060, LogLevel.Error, "{Directory} was replaced, and the new one is not taken over: {Failure}")]
    public static partial void ConfigDirectoryLost(ILogger log, string directory, string failure);

    [LoggerMessage(1030, LogLevel.Information, "module {Module}: a snapshot of revision {Revision} is in the journal")]
    public static partial void SnapshotTaken(ILogger log, string module, long revision);

    [LoggerMessage(1031, LogLevel.Error, "module {Module}: a damaged snapshot is passed over: {Failure}")]
    public static partial void SnapshotDamaged(ILogger log, string module, string failure);

    [LoggerMessage(1033, LogLevel.Critical, "module {Module}: {Problem}")]
    public static partial void CommitsLost(ILogger log, string module, string problem);

    [LoggerMessage(1032, LogLevel.Warning, "module {Module}: the journal could not be shortened and will be tried again: {Failure}")]
    public static partial void UpkeepFailed(ILogger log, string module, string failure);

    [LoggerMessage(1050, LogLevel.Information, "the node was backed up to {Path}")]
    public static partial void BackedUp(ILogger log, string path);

    [LoggerMessage(1051, LogLevel.Error, "no backup could be made in {Directory}; the next one is tried when it is due: {Failure}")]
    public static partial void NotBackedUp(ILogger log, string directory, string failure);

    [LoggerMessage(1040, LogLevel.Error, "topic {Topic} failed and goes on from what is stored: {Failure}")]
    public static partial void TopicFailed(ILogger log, Exception exception, string topic, string failure);

    [LoggerMessage(1050, LogLevel.Information, "confirmation {Id}: {Result}")]
    public static partial void CommitConfirmed(ILogger log, string id, string result);

    [LoggerMessage(1051, LogLevel.Warning, "confirmation {Id} ran out: {Result}")]
    public static partial void CommitRolledBack(ILogger log, string id, string result);

    [LoggerMessage(1052, LogLevel.Error, "confirmation {Id} ran out and cannot be rolled back; it will be tried again: {Failure}")]
    public static partial void RollBackFailed(ILogger log, string id, string failure);

    [LoggerMessage(1053, LogLevel.Warning, "what is left of the confirmations could not be written down: {Failure}")]
    public static partial void ConfirmationNotWritten(ILogger log, string failure);

    [LoggerMessage(1060, LogLevel.Warning, "the audit log is behind and tries again: {Failure}")]
    public static partial void AuditBehind(ILogger log, string failure);
}
