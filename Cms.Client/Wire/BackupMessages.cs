namespace Cms.Client.Wire;

/// <summary>The body that makes a backup.</summary>
public sealed record BackupRequest
{
    /// <summary>Names the file: letters, digits, -, _ and dots; absent for a name made of the time.</summary>
    public string? Name { get; init; }

    /// <summary>Kept in the backup.</summary>
    public string? Comment { get; init; }

    /// <summary>The text of the recipient whom it is encrypted to; absent for the one of the node's setting, or a plain one without that.</summary>
    public string? Recipient { get; init; }
}

/// <summary>The body that checks a backup.</summary>
public sealed record BackupCheckRequest
{
    /// <summary>The text of the identity that it is encrypted to; absent for a plain one.</summary>
    public string? Identity { get; init; }

    /// <summary>Says nothing of the identity.</summary>
    public override string ToString() => nameof(BackupCheckRequest);
}

/// <summary>A backup that is there.</summary>
public sealed record BackupInfo
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>How large its file is.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>When it was made; absent when the file does not say.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>What was said about it.</summary>
    public string? Comment { get; init; }

    /// <summary>Its modules with their newest revisions.</summary>
    public IReadOnlyDictionary<string, long>? Modules { get; init; }

    /// <summary>The journal that it is a copy of.</summary>
    public Guid? Journal { get; init; }

    /// <summary>The id of the recipient whom it is encrypted to; absent for a plain one.</summary>
    public string? Recipient { get; init; }
}

/// <summary>The body that restores from a backup.</summary>
public sealed record RestoreRequest
{
    /// <summary>Only this module; absent for all that the backup has.</summary>
    public string? Module { get; init; }

    /// <summary>The moment to go back to; absent for the newest that the backup has.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Kept with the commits.</summary>
    public string? Message { get; init; }

    /// <summary>The caller's name for the request; repeating it returns the first answer.</summary>
    public string? RequestId { get; init; }

    /// <summary>Whether the reply waits until the text files hold it.</summary>
    public bool WaitForFile { get; init; }

    /// <summary>The text of the identity that the backup is encrypted to; absent for a plain one.</summary>
    public string? Identity { get; init; }

    /// <summary>Says nothing of the identity.</summary>
    public override string ToString() => nameof(RestoreRequest);
}
