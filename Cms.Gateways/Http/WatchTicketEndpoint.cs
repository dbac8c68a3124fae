using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Cms.Gateways.Authentication;
using Cms.Gateways.Http.Catalogue;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The request for a ticket, by which a browser opens a watch.</summary>
/// <param name="authenticator">Keeps the tickets.</param>
internal sealed class WatchTicketEndpoint(Authenticator authenticator)
{
    /// <summary>The ticket, where an operation takes one.</summary>
    public static readonly TextParameter Ticket = new("ticket", "A ticket of POST /watch-tickets, for browsers, which can send no Authorization here.");

    /// <summary>The ticket that a request shows, or null.</summary>
    public static string? TicketOf(HttpContext context) =>
        context.Request.QueryString.HasValue && context.GetEndpoint()?.Metadata.GetMetadata<Operation>() is { } operation && operation.QueryParameters.Contains(Ticket)
            ? Ticket.Find(context)
            : null;

    /// <summary>Describes the request.</summary>
    public void AddTo(OperationCatalogue api) =>
        api.Post("/watch-tickets", "Makes a ticket, which opens one watch of this caller within seconds.", IssueAsync).Answers(WireJson.Default.WatchTicketReply).IsNotKept();

    /// <summary>Makes a ticket.</summary>
    public Task IssueAsync(HttpContext context)
    {
        if (authenticator.Tickets.TryIssue(context.Caller(), isLocal: context.Connection.RemoteIpAddress is null) is not { } ticket)
        {
            throw new RefusedException(ErrorCode.Busy, $"{WatchTickets.MostOfOnePrincipal} tickets of this caller, or {WatchTickets.MostTickets} in all, wait to be used: open watches by them, or wait until they are out of date");
        }

        context.Response.Headers.CacheControl = "no-store";
        return Answers.WriteAsync(context, new() { Ticket = ticket, Seconds = (int)WatchTickets.Lifetime.TotalSeconds }, WireJson.Default.WatchTicketReply);
    }
}
