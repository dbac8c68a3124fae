using Cms.Gateways.Authentication.Tokens;

namespace Cms.Gateways.Authentication.Issuers;

/// <summary>Where the keys of one issuer come from.</summary>
internal interface IKeySource : IDisposable
{
    /// <summary>How long keys are used before they are asked for again.</summary>
    TimeSpan Freshness { get; }

    /// <summary>The keys as they are now.</summary>
    /// <exception cref="KeySourceException">They cannot be had; the message says why.</exception>
    Task<IReadOnlyList<VerificationKey>> FetchAsync(CancellationToken cancellation);
}
