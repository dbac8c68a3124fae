using System.Text.Json;
using Cms.Formats.Audit;
using Cms.Formats.Mapping;

namespace Cms.Storage.Audit;

/// <summary>The newest signed row, kept beside the journal, so that a log that was cut or written anew is noticed.</summary>
/// <remarks>Its own signature says that it is what was signed; one who can replace the file by an older one of this key is not noticed.</remarks>
internal static class AuditAnchor
{
    private const string Name = "audit.head";
    private const uint OwnerOnly = 0x180;

    /// <summary>The row that was kept, or null when none was, or when what is there was not signed by these keys.</summary>
    /// <param name="directory">The state directory.</param>
    /// <param name="trustedKeys">As base64.</param>
    public static AuditRow? Read(string directory, IReadOnlyList<string> trustedKeys)
    {
        var path = Path.Combine(directory, Name);
        try
        {
            var row = File.Exists(path) ? AuditJson.Parse(File.ReadAllText(path)) : null;
            return row?.Signature is { } signature && row.ComputeHash() == row.Hash && trustedKeys.Contains(row.Detail) && AuditKey.IsValid(row.Detail, row.Hash, signature)
                ? row
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps a row instead of the one before.</summary>
    /// <exception cref="IOException">It cannot be written; the one before stays.</exception>
    public static void Write(string directory, AuditRow signed) =>
        DurableFile.Replace(Path.Combine(directory, Name), file => file.Write(AuditJson.ToLine(signed)), OwnerOnly);
}
