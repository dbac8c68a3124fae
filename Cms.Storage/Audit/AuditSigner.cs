using System.Security.Cryptography;
using Cms.Formats.Mapping;
using Cms.Storage.Journals;

namespace Cms.Storage.Audit;

/// <summary>The key that rows are signed with: ECDSA on P-256, in a file that only its owner may read.</summary>
/// <remarks>Signing is for the journal's writer alone; the texts may be read by any thread.</remarks>
internal sealed class AuditSigner : IDisposable
{
    /// <summary>The private key, in PEM.</summary>
    public const string KeyFile = "audit.key";

    /// <summary>All public keys that there ever were here, in PEM.</summary>
    public const string PublicFile = "audit.pub";

    private const UnixFileMode OthersBits = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private const uint OwnerOnly = 0x180;

    private readonly ECDsa _key;

    private AuditSigner(ECDsa key, bool isNew, string directory)
    {
        (_key, IsNew) = (key, isNew);
        PublicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
        PublicKeys = Publish(Path.Combine(directory, PublicFile), key.ExportSubjectPublicKeyInfoPem());
    }

    /// <summary>Whether the key was made just now.</summary>
    public bool IsNew { get; }

    /// <summary>The public key (SubjectPublicKeyInfo) as base64.</summary>
    public string PublicKey { get; }

    /// <summary>All public keys that there ever were here, in PEM.</summary>
    public string PublicKeys { get; }

    /// <summary>Takes the key of a directory, making one when there is none.</summary>
    /// <exception cref="JournalException">The key may be read by others, or is none.</exception>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static AuditSigner Open(string directory)
    {
        var path = Path.Combine(directory, KeyFile);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var isNew = !File.Exists(path);
        if (isNew)
        {
            DurableFile.Replace(path, file => file.Write(System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem())), OwnerOnly);
        }
        else if ((File.GetUnixFileMode(path) & OthersBits) != 0)
        {
            throw new JournalException($"{path} may be read or written by others: take the key for known, remove it with 'rm', and start again for a new one");
        }
        else
        {
            Import(key, path);
        }

        return new AuditSigner(key, isNew, directory);
    }

    /// <summary>The signature of a hash, as base64.</summary>
    public string Sign(string hash) => Convert.ToBase64String(_key.SignHash(Convert.FromHexString(hash)));

    public void Dispose() => _key.Dispose();

    private static void Import(ECDsa key, string path)
    {
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or CryptographicException)
        {
            throw new JournalException($"{path} holds no key of the audit log: {unreadable.Message}; put it back from a copy, or move it away for a new one", unreadable);
        }
    }

    private static string Publish(string path, string key)
    {
        var known = File.Exists(path) ? File.ReadAllText(path) : "";
        if (known.Contains(key, StringComparison.Ordinal))
        {
            return known;
        }

        var all = known.Length == 0 ? key + "\n" : $"{known.TrimEnd('\n')}\n{key}\n";
        DurableFile.Replace(path, file => file.Write(System.Text.Encoding.ASCII.GetBytes(all)), OwnerOnly);
        return all;
    }
}
