namespace Cms.Storage.Backups;

/// <summary>A file is no backup that can be used; the message names it and says why.</summary>
public sealed class BackupException : Exception
{
    /// <summary>A file cannot be used.</summary>
    public BackupException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
