namespace Cms.Storage.Encryption;

/// <summary>A key or an encrypted file cannot be used; the message says which and why.</summary>
public sealed class EncryptionException : Exception
{
    /// <summary>Something cannot be used.</summary>
    public EncryptionException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
