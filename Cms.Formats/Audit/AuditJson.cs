using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cms.Formats.Audit;

/// <summary>The rows of the audit log as JSON: one line each in archives and exports.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(AuditRow))]
public sealed partial class AuditJson : JsonSerializerContext
{
    /// <summary>A row as one line of JSON, with the line feed.</summary>
    public static byte[] ToLine(AuditRow row) => [.. JsonSerializer.SerializeToUtf8Bytes(row, Default.AuditRow), (byte)'\n'];

    /// <summary>The row of one line.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static AuditRow Parse(string line) => JsonSerializer.Deserialize(line, Default.AuditRow) ?? throw new JsonException("the line is null");
}
