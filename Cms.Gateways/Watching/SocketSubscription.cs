using System.Text;
using System.Text.Json;
using Cms.Actors.Topics;
using Cms.Client.Wire;
using Cms.Gateways.Requests;

namespace Cms.Gateways.Watching;

/// <summary>One of the subscriptions of a WebSocket: what it hears, how many lines it was sent, and how many it has acknowledged.</summary>
/// <remarks>One thread at a time takes from it; any may say that there is more, acknowledge, or end it.</remarks>
/// <param name="name">What the client calls it.</param>
/// <param name="window">How many lines may be on their way; null for no bound.</param>
/// <param name="withOld">Whether the client wants to know what was there before.</param>
/// <param name="rights">What the client may hear.</param>
/// <param name="ready">Called when there may be something to send.</param>
internal sealed class SocketSubscription(string name, int? window, bool withOld, WatchRights rights, Action<SocketSubscription> ready) : IDisposable
{
    // {"subscription":"NAME" ; what follows is the same for all who hear the same.
    private readonly byte[] _head = Encoding.UTF8.GetBytes($"{{\"subscription\":\"{JsonEncodedText.Encode(name)}\"");
    private TopicSubscription? _source;
    private long _sent;
    private long _acknowledged;
    private int _isQueued;
    private volatile bool _isOpen;
    private volatile bool _isOver;

    // The modules that it hears from the journal; null when there was never one.
    private HashSet<string>? _behind;

    /// <summary>What the client calls it.</summary>
    public string Name => name;

    /// <summary>Whether it was ended.</summary>
    public bool IsOver => _isOver;

    /// <summary>The number of the last line that was sent.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Whether there is something to send, and room for it.</summary>
    public bool IsReady => _isOpen && !_isOver && Room > 0 && _source is { IsReady: true };

    private int Room => window is { } bound ? (int)(bound - (Sent - Volatile.Read(ref _acknowledged))) : WatchBounds.MaxPage;

    /// <summary>Takes its source, which calls <see cref="Tell"/>.</summary>
    public void Begin(TopicSubscription source) => Volatile.Write(ref _source, source);

    /// <summary>Begins to send what comes.</summary>
    public void Open()
    {
        _isOpen = true;
        Tell();
    }

    /// <summary>There may be something to send.</summary>
    public void Tell()
    {
        if (IsReady && Interlocked.Exchange(ref _isQueued, 1) == 0)
        {
            ready(this);
        }
    }

    /// <summary>The client has dealt with all lines up to a number.</summary>
    /// <returns>False when it was not sent so many.</returns>
    public bool Acknowledge(long sequence)
    {
        if (sequence < 0 || sequence > Sent)
        {
            return false;
        }

        // The receiving side alone acknowledges.
        Volatile.Write(ref _acknowledged, Math.Max(_acknowledged, sequence));
        Tell();
        return true;
    }

    /// <summary>Takes what may be sent now. What comes meanwhile queues it again.</summary>
    /// <exception cref="Cms.Storage.Journals.JournalException">The journal cannot be read.</exception>
    public async ValueTask<IReadOnlyList<TopicEvent>> TakeAsync()
    {
        Volatile.Write(ref _isQueued, 0);
        return IsReady ? await _source!.TakeAsync(Math.Min(Room, WatchBounds.MaxPage), CancellationToken.None) : [];
    }

    /// <summary>The lines of events that were taken, made when it is their turn to be sent; none once it was ended.</summary>
    public IEnumerable<SocketText> LinesOf(IReadOnlyList<TopicEvent> events)
    {
        if (!_isOver && NoteBehind(events[0].Module.ToString(), _source!.IsBehind) && rights.Hears(events[0].Module))
        {
            yield return ToText(new() { Kind = WatchLine.Behind, Subscription = name, Module = events[0].Module.ToString() });
        }

        foreach (var happened in events)
        {
            if (_isOver)
            {
                yield break;
            }

            if (rights.Filter(happened) is { } heard)
            {
                yield return Line(heard);
            }
        }
    }

    /// <summary>A line about the subscription itself.</summary>
    public static SocketText ToText(WatchLine line) => new(default, JsonSerializer.SerializeToUtf8Bytes(line, WireJson.Default.WatchLine));

    /// <inheritdoc/>
    public void Dispose()
    {
        _isOver = true;
        _source?.Dispose();
    }

    // Whether it has fallen behind just now.
    private bool NoteBehind(string module, bool isBehind)
    {
        if (isBehind)
        {
            return (_behind ??= []).Add(module);
        }

        _behind?.Remove(module);
        return false;
    }

    private SocketText Line(TopicEvent happened)
    {
        var sequence = Sent + 1;
        Volatile.Write(ref _sent, sequence);
        var head = new byte[_head.Length + ",\"sequence\":,".Length + 20];
        _head.CopyTo(head, 0);
        var used = _head.Length;
        used += Encoding.UTF8.GetBytes(",\"sequence\":", head.AsSpan(used));
        sequence.TryFormat(head.AsSpan(used), out var digits, default, System.Globalization.CultureInfo.InvariantCulture);
        used += digits;
        head[used++] = (byte)',';

        // The line is {...} and a line break.
        var line = EventMapper.ToLine(happened, withOld);
        return new(head.AsMemory(0, used), line.AsMemory(1..^1));
    }
}
