using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Client;

/// <summary>The keys of a node's secrets; see <see cref="CmsClient.Secrets"/>.</summary>
/// <remarks>Any thread may call. Every method throws <see cref="RefusedException"/> for a refusal.</remarks>
public sealed class SecretClient
{
    private readonly CmsClient _client;

    internal SecretClient(CmsClient client) => _client = client;

    /// <summary>The modules that have data keys.</summary>
    public Task<SecretsReply> ListAsync(CancellationToken cancellation) => _client.SendAsync(HttpMethod.Get, "secrets", null, WireJson.Default.SecretsReply, cancellation);

    /// <summary>Replaces the master key.</summary>
    public Task<SecretsReply> RotateMasterAsync(CancellationToken cancellation) =>
        _client.SendAsync(HttpMethod.Post, "secrets/master/rotate", null, WireJson.Default.SecretsReply, cancellation);

    /// <summary>Seals the secrets of a module by a new data key.</summary>
    public Task<CommitReply> RotateAsync(string module, CancellationToken cancellation) =>
        _client.SendAsync(HttpMethod.Post, $"modules/{Uri.EscapeDataString(module)}/secrets/rotate", null, WireJson.Default.CommitReply, cancellation);

    /// <summary>Seals the secrets of a module by a new data key and destroys the others.</summary>
    public Task<CommitReply> ShredAsync(string module, CancellationToken cancellation) =>
        _client.SendAsync(HttpMethod.Post, $"modules/{Uri.EscapeDataString(module)}/secrets/shred", null, WireJson.Default.CommitReply, cancellation);
}
