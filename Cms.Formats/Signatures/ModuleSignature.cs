using System.Security.Cryptography;
using System.Text;
using Cms.Formats.Uci;

namespace Cms.Formats.Signatures;

/// <summary>The signature of an exported module: by which key, and its HMAC.</summary>
/// <remarks>Immutable. In a UCI text it is a line of comment, which every other reader passes over; in a document the member <c>signature</c>.</remarks>
public sealed class ModuleSignature
{
    private const string Version = "1:";
    private const int MostNameCharacters = 64;

    private readonly byte[] _mac;

    /// <summary>A signature.</summary>
    /// <param name="key">The name of the key; see <see cref="IsKeyName"/>.</param>
    /// <param name="mac">What <see cref="CanonicalModule.Authenticate"/> returned.</param>
    public ModuleSignature(string key, ReadOnlySpan<byte> mac) => (Key, _mac) = (key, mac.ToArray());

    /// <summary>The name of the key.</summary>
    public string Key { get; }

    private static ReadOnlySpan<byte> LineStart => "# cms-signature: "u8;

    /// <summary>Whether a key can have this name: 1 to 64 letters, digits, -, _ and dots, no dot first.</summary>
    public static bool IsKeyName(string name) =>
        name.Length is > 0 and <= MostNameCharacters && name[0] != '.' && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.');

    /// <summary>Reads the text of a signature; null when it is none that this version knows.</summary>
    public static ModuleSignature? TryParse(string text)
    {
        var parts = text.Split(':');
        var mac = new byte[HMACSHA256.HashSizeInBytes];
        return text.StartsWith(Version, StringComparison.Ordinal) && parts.Length == 3 && IsKeyName(parts[1])
            && Convert.TryFromBase64String(parts[2], mac, out var length) && length == mac.Length
            ? new ModuleSignature(parts[1], mac) : null;
    }

    /// <summary>The line of a UCI text that holds a signature, with its line break.</summary>
    /// <param name="signature">Its text.</param>
    public static byte[] ToLine(string signature) => [.. LineStart, .. Encoding.UTF8.GetBytes(signature), (byte)'\n'];

    /// <summary>The text of the signature of a UCI text of one module: in a comment before its first section; null when there is none.</summary>
    public static string? FindIn(ReadOnlySpan<byte> text) => FindIn(text, hasHead: true);

    /// <summary>The texts of the signatures of a UCI text that names its modules, by module: in a comment behind the package line.</summary>
    public static IReadOnlyDictionary<string, string> FindAll(ReadOnlyMemory<byte> text)
    {
        var found = new Dictionary<string, string>();
        if (text.Span.IndexOf(LineStart) < 0)
        {
            return found;
        }

        var reader = new UciReader(text, UciReaderOptions.Default with { HasPackages = true });
        while (reader.Read())
        {
            if (reader.Kind == UciTokenKind.Package && FindIn(text.Span[(int)reader.NextLineOffset..], hasHead: false) is { } signature)
            {
                found[Encoding.Latin1.GetString(reader.Name)] = signature;
            }
        }

        return found;
    }

    /// <summary>Whether a HMAC is the one of this signature, in time that does not tell how far it is.</summary>
    public bool Is(ReadOnlySpan<byte> mac) => CryptographicOperations.FixedTimeEquals(_mac, mac);

    /// <summary>Its text: version, key and HMAC.</summary>
    public override string ToString() => $"{Version}{Key}:{Convert.ToBase64String(_mac)}";

    private static string? FindIn(ReadOnlySpan<byte> text, bool hasHead)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = (end < 0 ? text : text[..end]).Trim(" \t\r"u8);
            if (line.StartsWith(LineStart))
            {
                return Encoding.UTF8.GetString(line[LineStart.Length..]);
            }

            if (!line.IsEmpty && line[0] != (byte)'#' && !(hasHead && line.StartsWith("package "u8)))
            {
                return null;
            }

            text = end < 0 ? [] : text[(end + 1)..];
        }

        return null;
    }
}
