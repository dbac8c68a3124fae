namespace Cms.Storage.Audit;

/// <summary>A file of rows that the journal has no more.</summary>
/// <param name="Path">The file.</param>
/// <param name="First">The number of its first row.</param>
/// <param name="Last">The number of its last row.</param>
internal sealed record AuditArchive(string Path, long First, long Last);
