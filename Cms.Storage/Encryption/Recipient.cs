using System.Security.Cryptography;

namespace Cms.Storage.Encryption;

/// <summary>Whom files are encrypted to: the public half of an <see cref="Identity"/>.</summary>
/// <remarks>Immutable; any thread.</remarks>
public sealed class Recipient
{
    private readonly byte[] _bytes;

    private Recipient(byte[] bytes) => _bytes = bytes;

    /// <summary>Tells it from others: 16 hexadecimal digits.</summary>
    public string Id => Convert.ToHexStringLower(KeyLayout.IdOf(_bytes));

    /// <summary>Whether it has a key of ML-KEM besides the one of ECDH.</summary>
    public bool IsHybrid => _bytes[0] == KeyLayout.Hybrid;

    /// <summary>Its text, a line without a line break.</summary>
    public string Text => KeyText.Write(KeyText.Recipient, _bytes);

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Reads a recipient.</summary>
    /// <param name="text">As <see cref="Text"/> has it, with lines of comment perhaps.</param>
    /// <param name="source">What the text is called in messages.</param>
    /// <exception cref="EncryptionException">It is none.</exception>
    public static Recipient Parse(string text, string source) => Of(KeyText.Read(KeyText.Recipient, text, source), source);

    /// <summary>Reads the file of a recipient.</summary>
    /// <exception cref="EncryptionException">It cannot be read, or is none.</exception>
    public static Recipient Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new EncryptionException($"the recipient {path} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>Sees to it that this machine can encrypt to it.</summary>
    /// <exception cref="EncryptionException">It cannot.</exception>
    public void RequireUsable()
    {
        if (IsHybrid && !MLKem.IsSupported)
        {
            throw new EncryptionException($"recipient {Id} needs ML-KEM-768, which this machine does not offer: it takes OpenSSL 3.5 or later; nothing is encrypted to less than that");
        }
    }

    internal static Recipient Of(byte[] bytes, string source)
    {
        if (KeyLayout.RecipientBytes(bytes[0]) != bytes.Length)
        {
            throw new EncryptionException($"{source} is a recipient of a kind that this version does not know; use the newer cmsd");
        }

        try
        {
            using var point = ECDiffieHellman.Create(ParametersOf(bytes));
            return new Recipient(bytes);
        }
        catch (CryptographicException illegal)
        {
            throw new EncryptionException($"{source} is no recipient: its point is none of P-256", illegal);
        }
    }

    /// <summary>Makes the key of a new file.</summary>
    /// <returns>The header that the file begins with, and the key, which the caller zeroes.</returns>
    /// <exception cref="EncryptionException">This machine does not offer what the recipient needs.</exception>
    internal (byte[] Header, byte[] Key) MakeFileKey()
    {
        using var once = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return MakeFileKey(once);
    }

    /// <summary>As <see cref="MakeFileKey()"/>, with a key that is made for the one file.</summary>
    internal (byte[] Header, byte[] Key) MakeFileKey(ECDiffieHellman once)
    {
        RequireUsable();
        var header = new byte[KeyLayout.HeaderBytes(_bytes[0])!.Value];
        KeyLayout.Magic.CopyTo(header);
        header[KeyLayout.KindPlace] = _bytes[0];
        KeyLayout.IdOf(_bytes).CopyTo(header, KeyLayout.IdPlace);
        KeyLayout.Encode(once.ExportParameters(includePrivateParameters: false).Q).CopyTo(header, KeyLayout.PointPlace);
        var secrets = new byte[KeyLayout.NumberBytes + (IsHybrid ? MLKemAlgorithm.MLKem768.SharedSecretSizeInBytes : 0)];
        using var point = ECDiffieHellman.Create(ParametersOf(_bytes));
        using var shown = point.PublicKey;
        var agreed = once.DeriveRawSecretAgreement(shown);
        agreed.CopyTo(secrets, 0);
        if (IsHybrid)
        {
            using var kem = MLKem.ImportEncapsulationKey(MLKemAlgorithm.MLKem768, _bytes.AsSpan(1 + KeyLayout.PointBytes));
            kem.Encapsulate(header.AsSpan(KeyLayout.CiphertextPlace), secrets.AsSpan(KeyLayout.NumberBytes));
        }

        var key = KeyLayout.Derive(secrets, header, _bytes);
        CryptographicOperations.ZeroMemory(agreed);
        CryptographicOperations.ZeroMemory(secrets);
        return (header, key);
    }

    private static ECParameters ParametersOf(byte[] bytes) =>
        new() { Curve = ECCurve.NamedCurves.nistP256, Q = KeyLayout.Decode(bytes.AsSpan(1, KeyLayout.PointBytes)) };
}
