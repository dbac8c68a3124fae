using Cms.Actors;
using Cms.Actors.Confirmations;
using Cms.Client.Wire;
using Cms.Formats.Audit;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Requests;
using Cms.Storage.Confirmations;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests about commits that wait for a confirmation.</summary>
internal sealed class ConfirmationEndpoints(Node node)
{
    private const int MaxEnded = 100;

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        var info = WireJson.Default.ConfirmationInfo;
        api.Get("/confirmations", "The commits that wait for a confirmation, then the newest whose wait has ended.", ListAsync).Answers(WireJson.Default.IReadOnlyListConfirmationInfo);
        api.Post("/confirmations/confirm", "Lets the only commit that waits stand.", ConfirmAsync).Answers(info).Refuses(ErrorCode.NotFound, ErrorCode.Conflict);
        api.Post("/confirmations/extend", "Has the only commit that waits wait longer.", ExtendAsync)
            .Takes(WireJson.Default.ExtendRequest).Answers(info).Refuses(ErrorCode.NotFound, ErrorCode.Conflict);
        api.Post("/confirmations/{confirmation}/confirm", "Lets a commit stand.", ConfirmAsync).Answers(info).Refuses(ErrorCode.Conflict);
        api.Post("/confirmations/{confirmation}/extend", "Has a commit wait longer.", ExtendAsync).Takes(WireJson.Default.ExtendRequest).Answers(info).Refuses(ErrorCode.Conflict);
    }

    /// <summary>The open ones, and the newest that have ended.</summary>
    public Task ListAsync(HttpContext context) => Answers.WriteAsync(
        context, [.. node.Confirmations.List(MaxEnded).Where(report => OwnerOf(context) is not { } owner || report.Stored.Terms.Principal == owner).Select(ReplyMapper.ToInfo)], WireJson.Default.IReadOnlyListConfirmationInfo);

    /// <summary>Lets commits stand.</summary>
    public async Task ConfirmAsync(HttpContext context)
    {
        var id = node.Confirmations.Identify(IdOf(context), OwnerOf(context));
        await AuditTrail.BeginAsync(context, AuditKinds.Administration, $"confirm {id}");
        await Answers.WriteAsync(context, ReplyMapper.ToInfo(await node.Confirmations.ConfirmAsync(id, OwnerOf(context))), WireJson.Default.ConfirmationInfo);
    }

    /// <summary>Has a confirmation wait longer.</summary>
    public async Task ExtendAsync(HttpContext context)
    {
        var request = await Answers.ReadAsync(context, WireJson.Default.ExtendRequest);
        var id = node.Confirmations.Identify(IdOf(context), OwnerOf(context));
        await AuditTrail.BeginAsync(context, AuditKinds.Administration, $"extend confirmation {id} to {request.Seconds} s");
        await Answers.WriteAsync(context, ReplyMapper.ToInfo(await node.Confirmations.ExtendAsync(id, OwnerOf(context), request.Seconds)), WireJson.Default.ConfirmationInfo);
    }

    /// <summary>The terms that a request asks for, or null.</summary>
    /// <exception cref="RefusedException">They have a probe, which the daemon carries out with its own rights, and the caller is not above the rules.</exception>
    public static ConfirmationTerms? Begin(Node node, HttpContext context, ConfirmRequest? request) => request is null
        ? null
        : request.Probe is not null && !context.Scope().IsEverything
        ? throw new RefusedException(ErrorCode.Denied, "a probe is run by the daemon with all its rights, so only uid 0 and the daemon's own uid may give one, on the Unix socket; nothing was changed")
        : node.Confirmations.Begin(new ConfirmationRequest(request.Seconds, request.Probe), context.Caller().Principal.Name);

    /// <summary>Has a commit made, under terms if there are any.</summary>
    public static Task<T> CommitAsync<T>(Node node, ConfirmationTerms? terms, Func<CancellationToken, Task<T>> commit, CancellationToken stopWaiting) =>
        terms is null ? commit(stopWaiting) : node.Confirmations.CommitAsync(terms, () => commit(CancellationToken.None), stopWaiting);

    // Who is no administrator has to do with his own commits only.
    private static string? OwnerOf(HttpContext context) => context.Scope().IsNodeAdministrator ? null : context.Caller().Principal.Name;

    private static string? IdOf(HttpContext context) => (string?)context.Request.RouteValues["confirmation"];
}
