namespace Cms.Client.Wire;

/// <summary>What a client sends on the WebSocket on which it watches; each is answered by a <see cref="WatchLine"/> or by none.</summary>
public sealed record WatchSocketRequest
{
    /// <summary>Begins a subscription; answered by <see cref="WatchLine.Start"/> or <see cref="WatchLine.Refused"/>.</summary>
    public const string Subscribe = "subscribe";

    /// <summary>Ends a subscription; answered by <see cref="WatchLine.Unsubscribed"/>, after which nothing comes for it.</summary>
    public const string Unsubscribe = "unsubscribe";

    /// <summary>Says that all lines of a subscription up to <see cref="Sequence"/> are dealt with.</summary>
    public const string Acknowledge = "ack";

    /// <summary>Asks for a sign of life, for clients that cannot send pings of the protocol; answered by <see cref="WatchLine.Pong"/>.</summary>
    public const string Ping = "ping";

    /// <summary>The subprotocol, which a client may name in its handshake.</summary>
    public const string Subprotocol = "cms.watch.v1";

    /// <summary>One of the constants here.</summary>
    public required string Op { get; init; }

    /// <summary>What the client calls the subscription, 1 to 128 characters; not in use on this connection.</summary>
    public string? Subscription { get; init; }

    /// <summary>For subscribe: <c>module[.section[.option]]</c>, each part with <c>*</c> and <c>?</c>; at least one.</summary>
    public IReadOnlyList<string>? Patterns { get; init; }

    /// <summary>For subscribe: where to go on, see <see cref="WatchRequest.Since"/>.</summary>
    public string? Since { get; init; }

    /// <summary>For subscribe: whether changes say what was there before.</summary>
    public bool Old { get; init; }

    /// <summary>For subscribe: how many lines may be on their way without an acknowledgement, 1 to 10,000; absent for no bound.</summary>
    public int? Window { get; init; }

    /// <summary>For ack: the number of the last line that is dealt with.</summary>
    public long? Sequence { get; init; }
}

/// <summary>What opens one watch.</summary>
public sealed record WatchTicketReply
{
    /// <summary>The value of the query parameter <c>ticket</c>; nobody is told it again.</summary>
    public required string Ticket { get; init; }

    /// <summary>How long it is good, in seconds.</summary>
    public required int Seconds { get; init; }

    /// <summary>Tickets are not printed.</summary>
    public override string ToString() => nameof(WatchTicketReply);
}
