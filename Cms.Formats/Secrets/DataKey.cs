using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Cms.Formats.Mapping;
using Cms.Formats.Modules;

namespace Cms.Formats.Secrets;

/// <summary>A key that seals the secrets of one module with AES-256-GCM.</summary>
/// <remarks>Any thread may call. The key is in memory that is neither swapped nor dumped where the machine allows it.</remarks>
public sealed class DataKey : IDisposable
{
    /// <summary>The length of a key, in bytes.</summary>
    public const int SizeBytes = 32;

    /// <summary>How many hexadecimal digits the id of a key has.</summary>
    public const int IdLength = 16;

    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int TypeBytes = 1;

    private readonly KeyMemory _key;

    /// <summary>Takes a key over.</summary>
    /// <param name="id">16 lower-case hexadecimal digits.</param>
    /// <param name="key">Becomes this object's own.</param>
    public DataKey(string id, KeyMemory key) => (Id, _key) = (id, key);

    /// <summary>Names the key in what it seals.</summary>
    public string Id { get; }

    private static ReadOnlySpan<byte> Version => "cms-sealed:1:"u8;

    /// <summary>A new key of the system's randomness.</summary>
    public static DataKey Create()
    {
        var key = new KeyMemory(SizeBytes);
        key.Use(static bytes => RandomNumberGenerator.Fill(bytes));
        return new DataKey(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength / 2)), key);
    }

    /// <summary>Uses the bytes of the key.</summary>
    public void Use(Action<ReadOnlySpan<byte>> use) => _key.Use(bytes => use(bytes));

    /// <summary>Replaces the bytes of the key, before it is used.</summary>
    internal void Write(ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        _key.Use(target => copy.CopyTo(target));
        CryptographicOperations.ZeroMemory(copy);
    }

    /// <summary>The id of the key that sealed a text; null when the text is not of the form that this version knows.</summary>
    public static string? IdOf(ReadOnlySpan<byte> text) =>
        text.StartsWith(Version) && text.Length > Version.Length + IdLength && text[Version.Length + IdLength] == ':'
            ? Encoding.ASCII.GetString(text.Slice(Version.Length, IdLength))
            : null;

    /// <summary>Seals a value; of a list each element by itself.</summary>
    /// <param name="place">Where it is to stand.</param>
    /// <param name="value">Any value.</param>
    /// <returns>A string, or a list of strings, with the mark of sealed texts.</returns>
    public ConfigValue Seal(SecretPlace place, ConfigValue value)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        var sealedTexts = new List<ReadOnlyMemory<byte>>(value.Count);
        foreach (var element in value.ElementEncodings())
        {
            RandomNumberGenerator.Fill(nonce);
            sealedTexts.Add(Seal(place, value.ElementType, value.IsList, element.Span, nonce));
        }

        return value.IsList ? ConfigValue.FromElements(sealedTexts) : ConfigValue.FromBytes(sealedTexts[0].Span);
    }

    /// <summary>Unseals one text.</summary>
    /// <param name="place">Where it stands.</param>
    /// <param name="text">The sealed text.</param>
    /// <param name="isElement">Whether it is an element of a list.</param>
    /// <returns>The scalar; null when this key did not seal it here, or it was altered.</returns>
    public ConfigValue? TryUnseal(SecretPlace place, ReadOnlySpan<byte> text, bool isElement)
    {
        if (IdOf(text) != Id)
        {
            return null;
        }

        var coded = text[(Version.Length + IdLength + 1)..];
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(coded.Length)];
        var isText = Base64.DecodeFromUtf8(coded, bytes, out var consumed, out var length) == System.Buffers.OperationStatus.Done;

        // There is one way to write each sealed text; others would be changes that go unnoticed.
        if (!isText || consumed != coded.Length || length < NonceBytes + TypeBytes + TagBytes || !IsCanonical(coded, bytes.AsSpan(0, length)))
        {
            return null;
        }

        var plain = new byte[length - NonceBytes - TagBytes];
        if (!TryDecrypt(bytes.AsSpan(0, length), plain, place.ToAssociatedData(Id, isElement)))
        {
            return null;
        }

        var type = (ElementType)plain[0];
        return Enum.IsDefined(type) && ConfigValue.TryDecode(type, isList: false, plain.AsMemory(TypeBytes), out var value) ? value : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    /// <summary>Seals one scalar with a nonce that this key has never sealed with.</summary>
    internal byte[] Seal(SecretPlace place, ElementType type, bool isElement, ReadOnlySpan<byte> encoding, ReadOnlySpan<byte> nonce)
    {
        var bytes = new byte[NonceBytes + TypeBytes + encoding.Length + TagBytes];
        var plain = new byte[TypeBytes + encoding.Length];
        plain[0] = (byte)type;
        encoding.CopyTo(plain.AsSpan(TypeBytes));
        nonce.CopyTo(bytes);
        var associated = place.ToAssociatedData(Id, isElement);
        _key.Use(key =>
        {
            using var cipher = new AesGcm(key, TagBytes);
            cipher.Encrypt(bytes.AsSpan(0, NonceBytes), plain, bytes.AsSpan(NonceBytes, plain.Length), bytes.AsSpan(NonceBytes + plain.Length), associated);
        });
        CryptographicOperations.ZeroMemory(plain);
        return Encoding.ASCII.GetBytes($"cms-sealed:1:{Id}:{Convert.ToBase64String(bytes)}");
    }

    private bool TryDecrypt(ReadOnlySpan<byte> bytes, byte[] plain, byte[] associated)
    {
        var text = bytes.ToArray();
        var isRight = false;
        _key.Use(key =>
        {
            using var cipher = new AesGcm(key, TagBytes);
            try
            {
                cipher.Decrypt(text.AsSpan(0, NonceBytes), text.AsSpan(NonceBytes, plain.Length), text.AsSpan(NonceBytes + plain.Length), plain, associated);
                isRight = true;
            }
            catch (AuthenticationTagMismatchException)
            {
                // What was altered, or stands elsewhere than where it was sealed, is no secret of this place.
            }
        });
        return isRight;
    }

    private static bool IsCanonical(ReadOnlySpan<byte> coded, ReadOnlySpan<byte> bytes) =>
        coded.SequenceEqual(Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes)));
}
