using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Client.Watching;

/// <summary>One watch of a <see cref="WatchConnection"/>: what it was told and nobody has taken yet, and how far it was taken.</summary>
/// <remarks>
/// The connection tells, one caller at a time takes. With every connection it begins anew where it was taken last; what the connection
/// before had told and nobody has taken is dropped, since it is told again. So no more than a window waits here.
/// </remarks>
/// <param name="name">What the daemon calls it on the connection.</param>
/// <param name="request">What is watched.</param>
internal sealed class SharedWatch(string name, WatchRequest request)
{
    /// <summary>How many lines may be on their way or wait here.</summary>
    public const int Window = 256;

    private readonly Lock _lock = new();
    private readonly HeardPosition _heard = new();
    private Channel<WatchLine> _lines = NewLines();
    private object? _connection;

    /// <summary>What the daemon calls it on the connection.</summary>
    public string Name => name;

    /// <summary>Whether it has begun once.</summary>
    public bool HasBegun
    {
        get
        {
            lock (_lock)
            {
                return _heard.Current is not null;
            }
        }
    }

    /// <summary>Begins on a connection, where it was taken last.</summary>
    public WatchSocketRequest Begin(object connection)
    {
        lock (_lock)
        {
            _connection = connection;
            _lines.Writer.TryComplete();
            _lines = NewLines();
            return new WatchSocketRequest
            {
                Op = WatchSocketRequest.Subscribe,
                Subscription = name,
                Patterns = request.Patterns,
                Since = _heard.Current?.ToString() ?? request.Since,
                Old = request.Old,
                Window = Window,
            };
        }
    }

    /// <summary>Says that lines were taken; null when the connection that told them is another one.</summary>
    public WatchSocketRequest? Acknowledge(object connection, object lines, long sequence)
    {
        lock (_lock)
        {
            return connection == _connection && lines == _lines
                ? new() { Op = WatchSocketRequest.Acknowledge, Subscription = name, Sequence = sequence }
                : null;
        }
    }

    /// <summary>A line came.</summary>
    public void Tell(WatchLine line)
    {
        lock (_lock)
        {
            _lines.Writer.TryWrite(line);
        }
    }

    /// <summary>Nothing comes any more.</summary>
    public void Fail(Exception why)
    {
        lock (_lock)
        {
            _lines.Writer.TryComplete(why);
        }
    }

    /// <summary>Takes what comes.</summary>
    /// <param name="acknowledge">Called with what <see cref="Acknowledge"/> wants, when all lines up to a number are taken.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RefusedException">The daemon refuses.</exception>
    public async IAsyncEnumerable<WatchLine> ReadAllAsync(Func<object, long, Task> acknowledge, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            var lines = Current();

            // What an earlier connection has told and nobody has taken stays in its channel, and is not waited for again.
            while (await lines.Reader.WaitToReadAsync(cancellation) && lines == Current())
            {
                while (Take(lines) is { } line)
                {
                    yield return line;
                    if (line.Sequence is { } sequence && sequence % (Window / 2) == 0)
                    {
                        await acknowledge(lines, sequence);
                    }
                }
            }
        }
    }

    private static Channel<WatchLine> NewLines() => Channel.CreateUnbounded<WatchLine>(new UnboundedChannelOptions { SingleReader = true });

    private Channel<WatchLine> Current()
    {
        lock (_lock)
        {
            return _lines;
        }
    }

    // What an earlier connection has told is not taken any more.
    private WatchLine? Take(Channel<WatchLine> lines)
    {
        lock (_lock)
        {
            if (lines != _lines || !lines.Reader.TryRead(out var line))
            {
                return null;
            }

            _heard.Note(line);
            return line;
        }
    }
}
