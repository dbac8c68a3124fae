using System.Security.Cryptography;
using System.Text;

namespace Cms.Storage.Encryption;

/// <summary>Where keys and headers have what, and how the key of a file is derived. Pure.</summary>
/// <remarks>
/// ECDH on P-256 (SP 800-56A), ML-KEM-768 (FIPS 203), HKDF with SHA-256 (RFC 5869). Both shared secrets, one behind the other, are the
/// input of HKDF (SP 800-56C), and all that was sent and the recipient's key are its info, so that no part can be exchanged.
/// </remarks>
internal static class KeyLayout
{
    /// <summary>The kind of key that is ECDH alone.</summary>
    public const byte Classic = 1;

    /// <summary>The kind of key that is ECDH and ML-KEM together.</summary>
    public const byte Hybrid = 2;

    /// <summary>Bytes of a number of P-256.</summary>
    public const int NumberBytes = 32;

    /// <summary>Bytes of a point of P-256: 4 and its two numbers.</summary>
    public const int PointBytes = 1 + (2 * NumberBytes);

    /// <summary>Bytes of the key of a file.</summary>
    public const int FileKeyBytes = 32;

    /// <summary>Bytes of the id of a recipient.</summary>
    public const int IdBytes = 8;

    /// <summary>Where in a header the kind of key is.</summary>
    public const int KindPlace = 8;

    /// <summary>Where in a header the id of the recipient is.</summary>
    public const int IdPlace = KindPlace + 1;

    /// <summary>Where in a header the point is that was made for the file.</summary>
    public const int PointPlace = IdPlace + IdBytes;

    /// <summary>Where in a header the ciphertext of ML-KEM is.</summary>
    public const int CiphertextPlace = PointPlace + PointBytes;

    private const byte UncompressedPoint = 4;

    /// <summary>What an encrypted file begins with.</summary>
    public static ReadOnlySpan<byte> Magic => "CMSENCR1"u8;

    /// <summary>Bytes of a header for a kind of key; null for a kind that is not known.</summary>
    public static int? HeaderBytes(byte kind) => kind switch
    {
        Classic => CiphertextPlace,
        Hybrid => CiphertextPlace + MLKemAlgorithm.MLKem768.CiphertextSizeInBytes,
        _ => null,
    };

    /// <summary>Bytes of a recipient for a kind of key; null for a kind that is not known.</summary>
    public static int? RecipientBytes(byte kind) => kind switch
    {
        Classic => 1 + PointBytes,
        Hybrid => 1 + PointBytes + MLKemAlgorithm.MLKem768.EncapsulationKeySizeInBytes,
        _ => null,
    };

    /// <summary>Bytes of an identity for a kind of key; null for a kind that is not known.</summary>
    public static int? IdentityBytes(byte kind) => kind switch
    {
        Classic => 1 + NumberBytes + PointBytes,
        Hybrid => 1 + NumberBytes + PointBytes + MLKemAlgorithm.MLKem768.PrivateSeedSizeInBytes,
        _ => null,
    };

    /// <summary>The key of a file.</summary>
    /// <param name="secrets">The shared secret of ECDH and, behind it, that of ML-KEM.</param>
    /// <param name="header">The header, whole.</param>
    /// <param name="recipient">The bytes of the recipient.</param>
    public static byte[] Derive(ReadOnlySpan<byte> secrets, ReadOnlySpan<byte> header, ReadOnlySpan<byte> recipient)
    {
        byte[] info = [.. "cms-encrypted:1\0"u8, .. header, .. recipient];
        var key = new byte[FileKeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secrets, key, salt: [], info);
        return key;
    }

    /// <summary>The bytes of a point.</summary>
    public static byte[] Encode(ECPoint point) => [UncompressedPoint, .. point.X!, .. point.Y!];

    /// <summary>A point of its bytes; whether it is one of P-256 is found where it is used.</summary>
    public static ECPoint Decode(ReadOnlySpan<byte> bytes) => bytes[0] == UncompressedPoint
        ? new ECPoint { X = bytes.Slice(1, NumberBytes).ToArray(), Y = bytes.Slice(1 + NumberBytes, NumberBytes).ToArray() }
        : throw new CryptographicException("the point is not written out");

    /// <summary>The id of a recipient: it tells recipients apart.</summary>
    public static byte[] IdOf(ReadOnlySpan<byte> recipient)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes("cms-recipient-id"));
        hash.AppendData(recipient);
        return hash.GetHashAndReset()[..IdBytes];
    }
}
