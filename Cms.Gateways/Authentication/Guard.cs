using System.Globalization;
using System.Net;
using Cms.Formats.Access;
using Cms.Formats.Refusals;
using Cms.Formats.Segments;
using Cms.Gateways.Http;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Cms.Gateways.Authentication;

/// <summary>Stands before all requests: who is not known goes no further.</summary>
/// <param name="authenticator">Knows who is who.</param>
/// <param name="daemonUserId">The uid that the daemon runs under, an administrator.</param>
internal sealed class Guard(Authenticator authenticator, uint daemonUserId)
{
    /// <summary>By which way callers come who do not come by the Unix socket.</summary>
    public const string TcpGateway = "http";

    private static readonly Principal Nobody = new("nobody");

    /// <summary>Whether nobody vouches for a principal: all whom nobody vouches for are called the same, and nothing is counted together for them.</summary>
    public static bool IsNobody(Principal principal) => principal.Name == Nobody.Name;

    /// <summary>The caller of a request; one whom nobody vouches for has been answered when this returns null.</summary>
    public async ValueTask<Caller?> AdmitAsync(HttpContext context)
    {
        var peer = UnixPeer.Find(context, daemonUserId);
        if (IsOpen(context))
        {
            return peer ?? new Caller(Nobody with { Address = AddressOf(context) }, TcpGateway);
        }

        var (caller, refused) = await FindAsync(context, peer);
        if (refused is not null)
        {
            await RefuseAsync(context, refused);
        }

        return caller;
    }

    private async ValueTask<(Caller? Caller, Finding? Refused)> FindAsync(HttpContext context, Caller? peer)
    {
        try
        {
            return await authenticator.FindAsync(context, peer);
        }
        catch (Exception fault) when (fault is SegmentException or SnapshotTooOldException)
        {
            return (null, Finding.Later(ErrorCode.Unavailable, $"module {AccessScope.RulesModule} cannot be read now: {fault.Message}"));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Who asked has gone, and hears nothing.
            return (null, null);
        }
    }

    /// <summary>Whether a request is carried out for everybody.</summary>
    public static bool IsOpen(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<Operation>() is { IsOpen: true };

    /// <summary>Turns somebody away.</summary>
    public static async Task RefuseAsync(HttpContext context, Finding refused)
    {
        if (refused.Refusal!.Code == ErrorCode.Unauthenticated)
        {
            // RFC 6750: a request that showed nothing is only told how.
            context.Response.Headers[HeaderNames.WWWAuthenticate] = context.Request.Headers.Authorization.Count == 0 ? "Bearer realm=\"cms\"" : "Bearer realm=\"cms\", error=\"invalid_token\"";
        }

        if (refused.RetryAfter is { } wait)
        {
            context.Response.Headers[HeaderNames.RetryAfter] = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        if (refused.Claimed is { } claimed)
        {
            await AuditTrail.FailedAsync(context, claimed, refused.Refusal.Code);
        }

        await Answers.RefuseAsync(context, refused.Refusal);
    }

    /// <summary>Where a request comes from; null on this machine's Unix socket.</summary>
    public static IPAddress? AddressOf(HttpContext context) =>
        context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : context.Connection.RemoteIpAddress;
}
