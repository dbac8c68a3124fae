// Invariants: all under _gate. A ticket is nowhere in here, only its hash. Each is of a caller who was let in by other means.
using System.Security.Cryptography;
using System.Text;
using Cms.Formats.Mapping;
using Cms.Gateways.Requests;

namespace Cms.Gateways.Authentication;

/// <summary>Tickets that open one watch each: for browsers, which can send no token with a WebSocket or an event source.</summary>
/// <remarks>
/// Any thread may call. A ticket is part of an address, which gets into histories and logs of proxies; so it is good once, for a few
/// seconds, for nothing but a watch, and by the same way, the Unix socket or TCP, that it was asked for.
/// </remarks>
/// <param name="clock">The time, which nobody sets.</param>
internal sealed class WatchTickets(IBootClock clock)
{
    /// <summary>How long a ticket is good.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    /// <summary>The most tickets that are good at the same time.</summary>
    public const int MostTickets = 10_000;

    /// <summary>The most of one principal.</summary>
    public const int MostOfOnePrincipal = 100;

    private const string Prefix = "cmsw_";
    private const int TicketSizeBytes = 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Ticket> _tickets = new(StringComparer.Ordinal);

    /// <summary>Makes a ticket.</summary>
    /// <param name="caller">Who may watch by it.</param>
    /// <param name="isLocal">Whether he came by the Unix socket.</param>
    /// <returns>The ticket, which is told once; null when too many are good.</returns>
    public string? TryIssue(Caller caller, bool isLocal)
    {
        var text = Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TicketSizeBytes));
        lock (_gate)
        {
            foreach (var (hash, _) in _tickets.Where(pair => pair.Value.Ends <= clock.Now).ToList())
            {
                _tickets.Remove(hash);
            }

            if (_tickets.Count >= MostTickets || _tickets.Values.Count(ticket => ticket.Caller.Principal.Name == caller.Principal.Name) >= MostOfOnePrincipal)
            {
                return null;
            }

            _tickets.Add(HashOf(text), new Ticket(caller, isLocal, clock.Now + Lifetime));
            return text;
        }
    }

    /// <summary>Takes a ticket, which is good for nothing from now on.</summary>
    /// <param name="text">What somebody shows.</param>
    /// <param name="isLocal">Whether he comes by the Unix socket.</param>
    /// <returns>Who may watch by it; null when it is none, was taken, or is out of date.</returns>
    public Caller? Take(string text, bool isLocal)
    {
        Ticket? ticket;
        lock (_gate)
        {
            _tickets.Remove(HashOf(text), out ticket);
        }

        return ticket is not null && ticket.Ends > clock.Now && ticket.IsLocal == isLocal && ticket.Caller.Proof?.Holds != false ? ticket.Caller : null;
    }

    // Tickets are random, so that a fast hash without salt hides them as well as a slow one.
    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed record Ticket(Caller Caller, bool IsLocal, TimeSpan Ends);
}
