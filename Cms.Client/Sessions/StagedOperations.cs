using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cms.Client.Wire;
using Cms.Formats.Edits;
using Cms.Formats.Refusals;

namespace Cms.Client.Sessions;

/// <summary>What one user has staged on one module, as its file holds it.</summary>
/// <param name="SessionName">Random, made with the first operation; null when nothing is staged.</param>
/// <param name="Operations">In the order they were staged.</param>
/// <param name="LengthBytes">How long the file is.</param>
public sealed record StagedOperations(string? SessionName, IReadOnlyList<ModuleOperation> Operations, long LengthBytes)
{
    private const int NameLength = 32;

    private static readonly byte[] SentMark = [.. "sent\n"u8];

    /// <summary>Nothing is staged.</summary>
    public static readonly StagedOperations None = new(null, [], 0);

    /// <summary>The request id of a commit of exactly these operations.</summary>
    /// <remarks>A session's file only grows, so its name and length together name its content.</remarks>
    public string RequestId => string.Create(CultureInfo.InvariantCulture, $"{SessionName}-{LengthBytes}");

    /// <summary>
    /// The first of these operations that were sent in a commit whose answer was never noted, or null. Whether they took effect is
    /// known only by asking again under their own request id.
    /// </summary>
    public StagedOperations? Sent { get; init; }

    /// <summary>Reads a session's file.</summary>
    /// <param name="text">The whole file; a last line without its line break is still being written and does not count.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="RefusedException">A line is damaged; the message names it and says what to do.</exception>
    internal static StagedOperations Parse(ReadOnlySpan<byte> text, string path)
    {
        var whole = text[..(text.LastIndexOf((byte)'\n') + 1)];
        string? name = null;
        StagedOperations? sent = null;
        var operations = new List<ModuleOperation>();
        foreach (var range in whole.Split((byte)'\n'))
        {
            var line = whole[range];
            if (line.IsEmpty)
            {
                continue;
            }

            if (name is null)
            {
                name = IsName(line) ? Encoding.ASCII.GetString(line) : throw Damaged(path, 1, "it is no session name");
            }
            else if (line.SequenceEqual(SentMark.AsSpan()[..^1]))
            {
                sent = new StagedOperations(name, [.. operations], range.Start.GetOffset(whole.Length));
            }
            else
            {
                operations.Add(ParseLine(line, operations.Count + 2, path));
            }
        }

        return name is null ? None : new StagedOperations(name, operations, whole.Length) { Sent = sent };
    }

    /// <summary>The first line of a new session's file.</summary>
    internal static byte[] NewName() => Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(NameLength, lowercase: true) + "\n");

    /// <summary>The line that says that everything before it was sent.</summary>
    internal static ReadOnlySpan<byte> SentLine => SentMark;

    /// <summary>The line of an operation.</summary>
    internal static byte[] Format(ModuleOperation operation) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(OperationMapper.ToWire(operation), WireJson.Default.WireOperation), (byte)'\n'];

    private static ModuleOperation ParseLine(ReadOnlySpan<byte> line, int number, string path)
    {
        try
        {
            // An operation that is null is refused like any other illegal one.
            return OperationMapper.ToOperation(JsonSerializer.Deserialize(line, WireJson.Default.WireOperation)!);
        }
        catch (Exception damaged) when (damaged is JsonException or RefusedException)
        {
            throw Damaged(path, number, damaged.Message);
        }
    }

    private static bool IsName(ReadOnlySpan<byte> line) => line.Length == NameLength && line.TrimStart("0123456789abcdef"u8).IsEmpty;

    private static RefusedException Damaged(string path, int number, string why) =>
        new(ErrorCode.InvalidArgument, $"{path} is damaged at line {number} ({why}); remove the file to drop what is staged");
}
