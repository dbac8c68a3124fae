using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cms.Formats.Mapping;
using Cms.Formats.Modules;
using Cms.Formats.Secrets;

namespace Cms.Storage.Keys;

/// <summary>The key that wraps all data keys; it is never in the journal.</summary>
/// <remarks>Any thread may call.</remarks>
public sealed class MasterKey : IDisposable
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int IdBytes = 8;

    private readonly KeyMemory _key;

    /// <summary>Takes a key over.</summary>
    /// <param name="key">32 bytes; they become this object's own.</param>
    public MasterKey(KeyMemory key)
    {
        _key = key;
        var id = "";
        key.Use(bytes => id = Convert.ToHexStringLower(HMACSHA256.HashData(bytes, "cms-master-key-id"u8).AsSpan(0, IdBytes)));
        Id = id;
    }

    /// <summary>Tells this key from others and nothing about it: 16 hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>The same key in memory of its own.</summary>
    public MasterKey Copy()
    {
        var copy = new KeyMemory(DataKey.SizeBytes);
        copy.Use(target => CopyTo(target));
        return new MasterKey(copy);
    }

    /// <summary>Wraps a data key.</summary>
    public StoredKey Wrap(DataKey key, ModuleName module, int version)
    {
        var wrapped = new byte[NonceBytes + DataKey.SizeBytes + TagBytes];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceBytes));
        var associated = AssociatedData(key.Id, module, version);
        key.Use(plain =>
        {
            var copy = plain.ToArray();
            _key.Use(master =>
            {
                using var cipher = new AesGcm(master, TagBytes);
                cipher.Encrypt(
                    wrapped.AsSpan(0, NonceBytes), copy, wrapped.AsSpan(NonceBytes, DataKey.SizeBytes), wrapped.AsSpan(NonceBytes + DataKey.SizeBytes), associated);
            });
            CryptographicOperations.ZeroMemory(copy);
        });
        return new StoredKey(key.Id, module, version, Id, wrapped);
    }

    /// <summary>Unwraps a data key.</summary>
    /// <returns>Null when this key did not wrap it, or it was altered.</returns>
    public DataKey? TryUnwrap(StoredKey stored)
    {
        if (stored.Wrapped.Length != NonceBytes + DataKey.SizeBytes + TagBytes)
        {
            return null;
        }

        var key = new KeyMemory(DataKey.SizeBytes);
        try
        {
            key.Use(plain => Decrypt(stored, plain));
            return new DataKey(stored.Id, key);
        }
        catch (AuthenticationTagMismatchException)
        {
            key.Dispose();
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    // A span cannot go into the other key's call, so the master key is copied and zeroed at once.
    private void Decrypt(StoredKey stored, Span<byte> plain)
    {
        Span<byte> master = stackalloc byte[DataKey.SizeBytes];
        try
        {
            CopyTo(master);
            using var cipher = new AesGcm(master, TagBytes);
            var wrapped = stored.Wrapped.Span;
            cipher.Decrypt(
                wrapped[..NonceBytes],
                wrapped.Slice(NonceBytes, DataKey.SizeBytes),
                wrapped[(NonceBytes + DataKey.SizeBytes)..],
                plain,
                AssociatedData(stored.Id, stored.Module, stored.Version));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(master);
        }
    }

    private void CopyTo(Span<byte> target)
    {
        var copy = new byte[DataKey.SizeBytes];
        _key.Use(bytes => bytes.CopyTo(copy));
        copy.CopyTo(target);
        CryptographicOperations.ZeroMemory(copy);
    }

    private static byte[] AssociatedData(string id, ModuleName module, int version) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cms-data-key:1:{id}\0{module.Namespace}\0{module.Name}\0{version}"));
}
