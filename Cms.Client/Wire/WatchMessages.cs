namespace Cms.Client.Wire;

/// <summary>Which commits a watch is to tell.</summary>
public sealed record WatchRequest
{
    /// <summary><c>module[.section[.option]]</c>, each part with <c>*</c> and <c>?</c>; at least one.</summary>
    public required IReadOnlyList<string> Patterns { get; init; }

    /// <summary>Where to go on: a revision of the one module that the patterns name, 0 for the beginning, or a position; null for now.</summary>
    public string? Since { get; init; }

    /// <summary>Whether changes say what was there before.</summary>
    public bool Old { get; init; }

    /// <summary>How long the daemon may be silent, in milliseconds, 100 to 3,600,000.</summary>
    public int HeartbeatMs { get; init; } = DefaultHeartbeatMs;

    /// <summary>What <see cref="HeartbeatMs"/> is unless it is asked for otherwise.</summary>
    public const int DefaultHeartbeatMs = 15_000;
}

/// <summary>One line of a watch.</summary>
public sealed record WatchLine
{
    /// <summary>The first line: where the watch begins.</summary>
    public const string Start = "start";

    /// <summary>A commit is durable and readers see it.</summary>
    public const string Commit = "commit";

    /// <summary>A commit is about to be made; only as a part of <see cref="ValidationLine"/>.</summary>
    public const string Pending = "pending";

    /// <summary>Commits after a revision are not kept any more; the watch goes on behind them.</summary>
    public const string Lost = "lost";

    /// <summary>The daemon is alive and has nothing to tell.</summary>
    public const string Alive = "alive";

    /// <summary>The last line: the daemon stops.</summary>
    public const string End = "end";

    /// <summary>The last line: the daemon cannot go on, see <see cref="Problem"/>.</summary>
    public const string Failed = "failed";

    /// <summary>On a WebSocket: what comes next is from the journal, since the client was slower than the commits; nothing is left out.</summary>
    public const string Behind = "behind";

    /// <summary>On a WebSocket: the subscription has ended, as the client asked.</summary>
    public const string Unsubscribed = "unsubscribed";

    /// <summary>On a WebSocket: what the client sent was not carried out, see <see cref="Problem"/>; everything else goes on.</summary>
    public const string Refused = "refused";

    /// <summary>On a WebSocket: the answer to a ping.</summary>
    public const string Pong = "pong";

    /// <summary>On a WebSocket: the subscription that this is about.</summary>
    public string? Subscription { get; init; }

    /// <summary>On a WebSocket: the number of the commit or loss among those of its subscription, from 1 on; what is acknowledged.</summary>
    public long? Sequence { get; init; }

    /// <summary>One of the constants here; lines of another kind are to be passed over.</summary>
    public required string Kind { get; init; }

    /// <summary>The position that the watch begins at; <see cref="WatchRequest.Since"/> takes it.</summary>
    public string? Position { get; init; }

    /// <summary>The module concerned.</summary>
    public string? Module { get; init; }

    /// <summary>The revision that the commit made.</summary>
    public long? Revision { get; init; }

    /// <summary>The wall clock when it was decided, a label only.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Who asked.</summary>
    public string? Principal { get; init; }

    /// <summary>By which way.</summary>
    public string? Gateway { get; init; }

    /// <summary>The program that asked and its process id at that time, such as <c>cms[4242]</c>; absent when no process asked.</summary>
    public string? Process { get; init; }

    /// <summary>The caller's text.</summary>
    public string? Message { get; init; }

    /// <summary>The commit over several modules that this is a part of.</summary>
    public string? Transaction { get; init; }

    /// <summary>How many changes the commit has.</summary>
    public int? ChangeCount { get; init; }

    /// <summary>False when the commit is too large for a line and has more changes that may match; the request for commits has them.</summary>
    public bool? IsComplete { get; init; }

    /// <summary>The changes that match, in order.</summary>
    public IReadOnlyList<WireChange>? Changes { get; init; }

    /// <summary>The last revision told before the lost ones.</summary>
    public long? After { get; init; }

    /// <summary>The first revision that will be told after the lost ones.</summary>
    public long? Next { get; init; }

    /// <summary>Why the daemon cannot go on.</summary>
    public Problem? Problem { get; init; }
}
