using System.Globalization;
using Cms.Actors;
using Cms.Client.Wire;
using Cms.Formats.Audit;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Catalogue;
using Cms.Storage.Audit;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests about the audit log, for administrators of the node.</summary>
internal sealed class AuditEndpoints(Node node)
{
    private const int HashDigits = 64;

    private static readonly NumberParameter Before = NumberParameter.Revision("before", "Only rows with a lower number.");
    private static readonly NumberParameter Count = Standard.Count(AuditQuery.LargestCount, 100);
    private static readonly TextParameter Principal = new("principal", "Only of this principal, such as uid:0.");
    private static readonly TextParameter Module = new("module", "Only about this module.");
    private static readonly TextParameter Kind = new("kind", "Only of this kind, such as commit, refusal, denied or login.");
    private static readonly TextParameter Since = new("since", "Only from this time on, such as 2026-03-01T12:00:00Z.");
    private static readonly TextParameter Until = new("until", "Only before this time.");
    private static readonly TextParameter Head = new("head", "A hash that was kept elsewhere, 64 hexadecimal digits: a row has to have it.");

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        api.Get("/audit", "Rows of the audit log, newest first.", FindAsync)
            .Query(Before, Count, Principal, Module, Kind, Since, Until, Standard.Fields).Answers(AuditWireJson.Default.AuditReply);
        api.Get("/audit/verify", "Checks every row of the audit log, those in archives too: hashes, chain and signatures.", VerifyAsync)
            .Query(Head).Answers(AuditWireJson.Default.AuditReport).Refuses(ErrorCode.FileUnreadable);
        api.Get("/audit/export", "The whole audit log, oldest row first.", ExportAsync).AnswersLines(AuditJson.Default.AuditRow).Refuses(ErrorCode.StorageFull);
        api.Get("/audit/keys", "The public keys that sign the audit log.", KeysAsync).Answers(AuditWireJson.Default.AuditKeyReply);
    }

    private Task FindAsync(HttpContext context)
    {
        context.RequireNodeAdministrator();
        var query = new AuditQuery
        {
            Before = Before.Find(context),
            Count = Count.ReadInt(context),
            Principal = Principal.Find(context),
            Module = Module.Find(context),
            Kind = Kind.Find(context),
            Since = TimeOf(Since, context),
            Until = TimeOf(Until, context),
        };
        return Answers.WriteAsync(context, new AuditReply { Rows = node.Audit.Find(query) }, AuditWireJson.Default.AuditReply);
    }

    private Task VerifyAsync(HttpContext context)
    {
        context.RequireNodeAdministrator();
        var head = Head.Find(context);
        return head is null || (head.Length == HashDigits && head.All(char.IsAsciiHexDigit))
            ? Answers.WriteAsync(context, node.Audit.Verify(head), AuditWireJson.Default.AuditReport)
            : throw new RefusedException(ErrorCode.InvalidArgument, $"head '{head}' is no hash of a row: use the {HashDigits} hexadecimal digits that a verification prints");
    }

    private async Task ExportAsync(HttpContext context)
    {
        context.RequireNodeAdministrator();
        await AuditTrail.BeginAsync(context, AuditKinds.Export, "the audit log");
        context.Response.ContentType = MediaTypes.JsonLines;
        foreach (var row in node.Audit.ReadAll())
        {
            await context.Response.Body.WriteAsync(AuditJson.ToLine(row), context.RequestAborted);
        }
    }

    private Task KeysAsync(HttpContext context)
    {
        context.RequireNodeAdministrator();
        var keys = node.Audit.PublicKeys;
        IReadOnlyList<string> fingerprints = keys.Length == 0 ? [] : [.. AuditKey.FromPem(keys).Select(AuditKey.FingerprintOf)];
        return Answers.WriteAsync(context, new AuditKeyReply { Keys = keys, Fingerprints = fingerprints }, AuditWireJson.Default.AuditKeyReply);
    }

    // A time without a zone is UTC, as all that cms prints.
    private static DateTimeOffset? TimeOf(TextParameter parameter, HttpContext context) => parameter.Find(context) is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw new RefusedException(ErrorCode.InvalidArgument, $"{parameter.Name} '{text}' is no time: use one such as 2026-03-01T12:00:00Z");
}
