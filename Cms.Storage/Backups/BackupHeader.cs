using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cms.Storage.Backups;

/// <summary>What a backup says of itself, before its content.</summary>
/// <param name="Format">The format of the file; 1.</param>
/// <param name="Journal">The id of the journal that was copied.</param>
/// <param name="Time">When, by the wall clock; a label only.</param>
/// <param name="Comment">What the caller said about it; may be empty.</param>
/// <param name="Modules">Every module in it with its newest revision.</param>
public sealed record BackupHeader(int Format, Guid Journal, DateTimeOffset Time, string Comment, IReadOnlyDictionary<string, long> Modules)
{
    /// <summary>The format that this version writes.</summary>
    public const int CurrentFormat = 1;

    internal byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, BackupJson.Default.BackupHeader);

    internal static BackupHeader Parse(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, BackupJson.Default.BackupHeader) ?? throw new JsonException("the header is null");
}

/// <summary>The JSON shape of a header.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BackupHeader))]
internal sealed partial class BackupJson : JsonSerializerContext;
