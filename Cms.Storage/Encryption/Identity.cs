using System.Security.Cryptography;
using Cms.Formats.Mapping;

namespace Cms.Storage.Encryption;

/// <summary>The secret half: whoever has it reads what was encrypted to its <see cref="Recipient"/>.</summary>
/// <remarks>One thread. The keys are the cryptographic library's, which zeroes them when this is disposed.</remarks>
public sealed class Identity : IDisposable
{
    private const UnixFileMode OfOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private const uint OwnerOnly = 0x180;

    private readonly ECDiffieHellman _point;
    private readonly MLKem? _kem;

    private Identity(ECDiffieHellman point, MLKem? kem)
    {
        (_point, _kem) = (point, kem);
        byte[] bytes = [kem is null ? KeyLayout.Classic : KeyLayout.Hybrid, .. KeyLayout.Encode(point.ExportParameters(includePrivateParameters: false).Q), .. kem?.ExportEncapsulationKey() ?? []];
        Recipient = Recipient.Of(bytes, "the identity");
    }

    /// <summary>Whether new identities have a key of ML-KEM, which this machine offers then.</summary>
    public static bool IsHybridOffered => MLKem.IsSupported;

    /// <summary>Its public half.</summary>
    public Recipient Recipient { get; }

    /// <summary>A new identity of the system's randomness, with ML-KEM where that is offered.</summary>
    public static Identity Create() => new(
        ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256),
        IsHybridOffered ? MLKem.GenerateKey(MLKemAlgorithm.MLKem768) : null);

    /// <summary>Reads an identity.</summary>
    /// <param name="text">As <see cref="Save"/> writes it.</param>
    /// <param name="source">What the text is called in messages.</param>
    /// <exception cref="EncryptionException">It is none, or this machine does not offer what it needs.</exception>
    public static Identity Parse(string text, string source)
    {
        var bytes = KeyText.Read(KeyText.Identity, text, source);
        try
        {
            return Of(bytes, source);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Reads the file of an identity, which nobody but its owner may read.</summary>
    /// <exception cref="EncryptionException">It cannot be read or others can read it, it is none, or this machine does not offer what it needs.</exception>
    public static Identity Load(string path)
    {
        try
        {
            if ((File.GetUnixFileMode(path) & OfOthers) != 0)
            {
                throw new EncryptionException($"others may read or write the identity {path}; give it mode 0600");
            }

            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new EncryptionException($"the identity {path} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>Writes it to a new file that only its owner may read; durable when it returns.</summary>
    /// <exception cref="EncryptionException">There is such a file, or it cannot be written.</exception>
    public void Save(string path)
    {
        if (Path.Exists(path))
        {
            throw new EncryptionException($"{path} is there already; an identity is never overwritten, since what was encrypted to it could not be read any more");
        }

        try
        {
            DurableFile.Replace(path, file => file.Write(System.Text.Encoding.ASCII.GetBytes(ToText())), OwnerOnly);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new EncryptionException($"the identity cannot be written: {failed.Message}", failed);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _point.Dispose();
        _kem?.Dispose();
    }

    /// <summary>The text of the file.</summary>
    internal string ToText()
    {
        var secret = _point.ExportParameters(includePrivateParameters: true);
        byte[] bytes = [Recipient.Bytes[0], .. secret.D!, .. KeyLayout.Encode(secret.Q), .. _kem?.ExportPrivateSeed() ?? []];
        var line = KeyText.Write(KeyText.Identity, bytes);
        CryptographicOperations.ZeroMemory(bytes);
        CryptographicOperations.ZeroMemory(secret.D);
        return $"# Whoever has this file reads what was encrypted to recipient {Recipient.Id}. Keep it off the machine that encrypts.\n{line}\n";
    }

    /// <summary>The key of a file.</summary>
    /// <param name="header">The file's header, of this identity's kind and recipient.</param>
    /// <returns>A key, which the caller zeroes; a wrong one when the header was altered.</returns>
    /// <exception cref="CryptographicException">The header was altered.</exception>
    internal byte[] FindFileKey(byte[] header)
    {
        var sent = new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = KeyLayout.Decode(header.AsSpan(KeyLayout.PointPlace, KeyLayout.PointBytes)) };
        using var once = ECDiffieHellman.Create(sent);
        using var shown = once.PublicKey;
        var secrets = new byte[KeyLayout.NumberBytes + (_kem is null ? 0 : MLKemAlgorithm.MLKem768.SharedSecretSizeInBytes)];
        var agreed = _point.DeriveRawSecretAgreement(shown);
        agreed.CopyTo(secrets, 0);
        _kem?.Decapsulate(header.AsSpan(KeyLayout.CiphertextPlace), secrets.AsSpan(KeyLayout.NumberBytes));
        var key = KeyLayout.Derive(secrets, header, Recipient.Bytes);
        CryptographicOperations.ZeroMemory(agreed);
        CryptographicOperations.ZeroMemory(secrets);
        return key;
    }

    private static Identity Of(byte[] bytes, string source)
    {
        if (KeyLayout.IdentityBytes(bytes[0]) != bytes.Length)
        {
            throw new EncryptionException($"{source} is an identity of a kind that this version does not know; use the newer cmsd");
        }

        var isHybrid = bytes[0] == KeyLayout.Hybrid;
        if (isHybrid && !IsHybridOffered)
        {
            throw new EncryptionException($"{source} needs ML-KEM-768, which this machine does not offer: it takes OpenSSL 3.5 or later");
        }

        var secret = new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = bytes.AsSpan(1, KeyLayout.NumberBytes).ToArray(),
            Q = KeyLayout.Decode(bytes.AsSpan(1 + KeyLayout.NumberBytes, KeyLayout.PointBytes)),
        };
        try
        {
            return new Identity(
                ECDiffieHellman.Create(secret),
                isHybrid ? MLKem.ImportPrivateSeed(MLKemAlgorithm.MLKem768, bytes.AsSpan(1 + KeyLayout.NumberBytes + KeyLayout.PointBytes)) : null);
        }
        catch (CryptographicException illegal)
        {
            throw new EncryptionException($"{source} is no identity: its numbers are none of P-256", illegal);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret.D);
        }
    }
}
