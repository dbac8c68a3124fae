using Cms.Gateways.Authentication.Tokens;

namespace Cms.Gateways.Authentication.Issuers;

/// <summary>A source that is opened when it is asked first, and again until that succeeds.</summary>
/// <remarks>Asked by one caller at a time.</remarks>
internal sealed class LateSource(Func<IKeySource> open) : IKeySource
{
    private IKeySource? _source;

    /// <inheritdoc/>
    public TimeSpan Freshness => _source?.Freshness ?? TimeSpan.Zero;

    /// <summary>The source of an issuer.</summary>
    public static IKeySource Open(IssuerSettings issuer) =>
        issuer.Keys is KeyOrigin.Published published ? new PublishedKeySource(issuer, published) : new KeyFileSource(issuer.Keys);

    /// <inheritdoc/>
    public Task<IReadOnlyList<VerificationKey>> FetchAsync(CancellationToken cancellation) => (_source ??= open()).FetchAsync(cancellation);

    /// <inheritdoc/>
    public void Dispose() => _source?.Dispose();
}
