using Cms.Client.Wire;
using Cms.Formats.Audit;
using Cms.Formats.Refusals;
using Cms.Gateways.Requests;
using Cms.Storage.Audit;
using Cms.Storage.Journals;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Cms.Gateways.Http;

/// <summary>Records in the audit log what requests ask for, with who asks: the guard hands it to every request.</summary>
/// <param name="audit">The log.</param>
/// <param name="log">Told of refusals that could not be recorded.</param>
internal sealed class AuditTrail(IAuditLog audit, ILogger log)
{
    private readonly ILogger _log = log;

    private const string Nobody = "(nobody)";
    private const string UnixGateway = "unix";
    private const string TcpGateway = "http";

    /// <summary>Hands it to every request; to be called before the guard is mapped.</summary>
    public void AttachTo(IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Features.Set(this);
        return next(context);
    });

    /// <summary>Records an act before it is done; the caller goes on only when this returns.</summary>
    /// <param name="context">The request.</param>
    /// <param name="kind">One of <see cref="AuditKinds"/>.</param>
    /// <param name="detail">What is done, without any value.</param>
    /// <param name="module">The module concerned, or null.</param>
    /// <exception cref="JournalException">It may not be recorded, so it is not to be done; nothing happened.</exception>
    public static Task BeginAsync(HttpContext context, string kind, string detail, string? module = null) =>
        Of(context).RecordAsync(context, kind, AuditEntry.Begun, detail, module);

    /// <summary>Records what was done.</summary>
    /// <inheritdoc cref="BeginAsync"/>
    public static Task DoneAsync(HttpContext context, string kind, string detail, string? module = null) =>
        Of(context).RecordAsync(context, kind, AuditEntry.Done, detail, module);

    /// <summary>Records an act of somebody whom the request does not name as its caller, such as one who fails to log in.</summary>
    /// <param name="context">The request.</param>
    /// <param name="entry">What happened; where from is taken from the request.</param>
    /// <exception cref="JournalException">It may not be recorded.</exception>
    public static Task RecordAsync(HttpContext context, AuditEntry entry) => Of(context).WriteAsync(entry with { Address = AddressOf(context) });

    /// <summary>Records that somebody has shown something for himself that does not hold; the refusal that follows is not recorded again.</summary>
    /// <param name="context">The request.</param>
    /// <param name="claimed">Who he says he is.</param>
    /// <param name="code">Why he is refused.</param>
    public static async Task FailedAsync(HttpContext context, string claimed, ErrorCode code)
    {
        var trail = Of(context);
        context.Features.Set<AuditTrail>(null);
        try
        {
            await trail.WriteAsync(new AuditEntry(AuditKinds.LoginFailed, ErrorCodes.Of(code).Name, claimed, GatewayOf(context)) { Address = AddressOf(context) });
        }
        catch (JournalException failure)
        {
            Log.RefusalNotRecorded(trail._log, AuditKinds.LoginFailed, failure.Message);
        }
    }

    /// <summary>The gateway of requests that no caller is known for.</summary>
    public static string GatewayOf(HttpContext context) =>
        context.Features.Get<Caller>()?.Gateway ?? (context.Connection.RemoteIpAddress is null ? UnixGateway : TcpGateway);

    /// <summary>Where a request comes from; null for this machine.</summary>
    public static string? AddressOf(HttpContext context) =>
        (context.Features.Get<Caller>() is { } caller ? caller.Principal.Address : context.Connection.RemoteIpAddress)?.ToString();

    /// <summary>Records that a request was refused, if it would have changed something or its caller may not ask for it, or so often.</summary>
    /// <remarks>A refusal that cannot be recorded stays one: nothing was done.</remarks>
    public async Task RefusedAsync(HttpContext context, Problem problem)
    {
        var code = ErrorCodes.FromName(problem.Code);
        var kind = code is ErrorCode.Denied or ErrorCode.Unauthenticated ? AuditKinds.Denied : AuditKinds.Refusal;
        if (kind == AuditKinds.Refusal && code != ErrorCode.TooManyRequests && IsReading(context.Request.Method))
        {
            return;
        }

        try
        {
            await WriteAsync(new AuditEntry(kind, problem.Code, PrincipalOf(context), GatewayOf(context))
            {
                Address = AddressOf(context),
                Module = context.Request.RouteValues["module"] as string,
                Transaction = context.Request.RouteValues["transaction"] as string,
                Paths = problem.Paths ?? [],
                Detail = $"{context.Request.Method} {context.Request.Path}",
            });
        }
        catch (JournalException failure)
        {
            Log.RefusalNotRecorded(_log, kind, failure.Message);
        }
    }

    private static bool IsReading(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static AuditTrail Of(HttpContext context) => context.Features.Get<AuditTrail>()!;

    private static string PrincipalOf(HttpContext context) => context.Features.Get<Caller>()?.Principal.Name ?? Nobody;

    // Whoever goes away does not take what he did with him.
    private Task WriteAsync(AuditEntry entry) => audit.RecordAsync(entry, CancellationToken.None);

    private Task RecordAsync(HttpContext context, string kind, string outcome, string detail, string? module) =>
        WriteAsync(new AuditEntry(kind, outcome, PrincipalOf(context), GatewayOf(context)) { Address = AddressOf(context), Module = module, Detail = detail });
}
