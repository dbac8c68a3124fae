namespace Cms.Gateways.Authentication.Issuers;

/// <summary>The keys of an issuer cannot be had now; those of before stay in use.</summary>
/// <param name="message">What failed, without anything secret.</param>
/// <param name="cause">What the system said, or null.</param>
internal sealed class KeySourceException(string message, Exception? cause = null) : Exception(message, cause);
