namespace Cms.Storage.Keys;

/// <summary>The master key cannot be had; the message says why and what to do. It never holds any of the key.</summary>
public sealed class MasterKeyException(string message, Exception? cause = null) : Exception(message, cause);
