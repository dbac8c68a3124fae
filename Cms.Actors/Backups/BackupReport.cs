using Cms.Storage.Backups;

namespace Cms.Actors.Backups;

/// <summary>A backup that is there.</summary>
/// <param name="Name">The name of its file.</param>
/// <param name="SizeBytes">How large it is.</param>
/// <param name="Header">What it says of itself; null when it does not even say that, or is encrypted.</param>
/// <param name="Recipient">The id of the recipient that it is encrypted to; null when it is not encrypted.</param>
public sealed record BackupReport(string Name, long SizeBytes, BackupHeader? Header, string? Recipient);
