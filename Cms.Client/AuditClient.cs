using System.Globalization;
using Cms.Client.Wire;
using Cms.Formats.Audit;
using Cms.Formats.Refusals;

namespace Cms.Client;

/// <summary>The audit log of a node; see <see cref="CmsClient.Audit"/>. For administrators of the node.</summary>
/// <remarks>Any thread may call. Every method throws <see cref="RefusedException"/> for a refusal.</remarks>
public sealed class AuditClient
{
    private readonly CmsClient _client;

    internal AuditClient(CmsClient client) => _client = client;

    /// <summary>Rows, newest first, those in archives behind those in the journal.</summary>
    public Task<AuditReply> FindAsync(AuditSearch search, CancellationToken cancellation)
    {
        var parameters = new (string Name, string? Value)[]
        {
            ("count", search.Count.ToString(CultureInfo.InvariantCulture)),
            ("before", search.Before?.ToString(CultureInfo.InvariantCulture)),
            ("principal", search.Principal),
            ("module", search.Module),
            ("kind", search.Kind),
            ("since", search.Since?.ToString("O", CultureInfo.InvariantCulture)),
            ("until", search.Until?.ToString("O", CultureInfo.InvariantCulture)),
        };
        return _client.SendAsync(HttpMethod.Get, "audit" + Query(parameters), null, AuditWireJson.Default.AuditReply, cancellation);
    }

    /// <summary>Has the whole log checked, archives included.</summary>
    /// <param name="head">A hash that was kept elsewhere and must be that of a row; null when none was.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<AuditReport> VerifyAsync(string? head, CancellationToken cancellation) =>
        _client.SendAsync(HttpMethod.Get, "audit/verify" + Query([("head", head)]), null, AuditWireJson.Default.AuditReport, cancellation);

    /// <summary>The public keys that sign the log.</summary>
    public Task<AuditKeyReply> KeysAsync(CancellationToken cancellation) =>
        _client.SendAsync(HttpMethod.Get, "audit/keys", null, AuditWireJson.Default.AuditKeyReply, cancellation);

    /// <summary>The whole log, a line of JSON for each row, oldest first; this is recorded in the log too.</summary>
    /// <returns>To be read to its end and disposed by the caller.</returns>
    public Task<Stream> ExportAsync(CancellationToken cancellation) => _client.OpenAsync(HttpMethod.Get, "audit/export", null, cancellation);

    private static string Query(IEnumerable<(string Name, string? Value)> parameters)
    {
        var given = parameters.Where(parameter => parameter.Value is not null).Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value!)}").ToList();
        return given.Count == 0 ? "" : "?" + string.Join('&', given);
    }
}
