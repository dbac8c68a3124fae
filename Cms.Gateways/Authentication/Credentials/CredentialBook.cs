using Cms.Formats.Modules;
using Cms.Gateways.Authentication.Issuers;

namespace Cms.Gateways.Authentication.Credentials;

/// <summary>Whom the module <c>access</c> lets vouch for himself, at one revision.</summary>
/// <param name="Revision">Of the module.</param>
internal sealed record CredentialBook(Revision Revision)
{
    /// <summary>Of a node without that module: nobody.</summary>
    public static CredentialBook Empty { get; } = new(Revision.None);

    /// <summary>The keys by their names.</summary>
    public IReadOnlyDictionary<string, KeyCredential> Keys { get; init; } = new Dictionary<string, KeyCredential>();

    /// <summary>The users by their names.</summary>
    public IReadOnlyDictionary<string, UserCredential> Users { get; init; } = new Dictionary<string, UserCredential>();

    /// <summary>The issuers by what their tokens say in <c>iss</c>.</summary>
    public IReadOnlyDictionary<string, IssuerSettings> Issuers { get; init; } = new Dictionary<string, IssuerSettings>();

    /// <summary>What could not be used, a line each, without any secret.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
