using System.Net.Http.Json;
using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Client;

/// <summary>The migrations of a node; see <see cref="CmsClient.Migrations"/>.</summary>
/// <remarks>Any thread may call. Every method throws <see cref="RefusedException"/> for a refusal.</remarks>
public sealed class MigrationClient
{
    private readonly CmsClient _client;

    internal MigrationClient(CmsClient client) => _client = client;

    /// <summary>Which versions the modules have, and what led there; modules without a schema are left out.</summary>
    public Task<IReadOnlyList<MigrationState>> ListAsync(CancellationToken cancellation) =>
        _client.SendAsync(HttpMethod.Get, "migrations", null, WireJson.Default.IReadOnlyListMigrationState, cancellation);

    /// <summary>Applies migrations in their order, each as one commit; when it returns they are durable.</summary>
    /// <exception cref="RefusedException">One was refused: those before it stay.</exception>
    public Task<MigrationReply> ApplyAsync(MigrationApplyRequest request, CancellationToken cancellation) => _client.SendAsync(
        HttpMethod.Post, "migrations/apply", JsonContent.Create(request, WireJson.Default.MigrationApplyRequest), WireJson.Default.MigrationReply, cancellation);

    /// <summary>Takes migrations of a module back, the newest first, each as one commit; when it returns that is durable.</summary>
    /// <exception cref="RefusedException">A step was refused: those before it stay.</exception>
    public Task<MigrationReply> RollBackAsync(MigrationRollbackRequest request, CancellationToken cancellation) => _client.SendAsync(
        HttpMethod.Post, "migrations/rollback", JsonContent.Create(request, WireJson.Default.MigrationRollbackRequest), WireJson.Default.MigrationReply, cancellation);
}
