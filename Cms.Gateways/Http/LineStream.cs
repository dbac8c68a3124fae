using System.Buffers;
using Cms.Gateways.Limits;
using Cms.Gateways.Watching;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>An answer that goes on: lines that are sent as they come, and a sign of life when none comes.</summary>
/// <remarks>One caller at a time; any thread may end it.</remarks>
internal sealed class LineStream : IBeating, IDisposable
{
    private readonly HttpContext _context;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _heartbeat;
    private readonly CancellationTokenSource _ending;
    private readonly Heartbeats.Seat _seat;

    // Guards what the timer touches.
    private readonly Lock _lock = new();
    private CancellationTokenSource _silence;
    private long _sent;
    private bool _isOver;

    /// <param name="context">The request; nothing of the answer has been sent.</param>
    /// <param name="service">Has the timer, and knows when the daemon stops.</param>
    /// <param name="heartbeat">The longest silence.</param>
    /// <param name="contentType">What is sent.</param>
    public LineStream(HttpContext context, WatchService service, TimeSpan heartbeat, string contentType)
    {
        (_context, _clock, _heartbeat) = (context, service.Clock, heartbeat);
        _ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, service.Stopping);
        _silence = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        _sent = _clock.GetTimestamp();
        context.Response.ContentType = contentType;
        _seat = service.Heartbeats.Enter(this, heartbeat);
    }

    /// <summary>Ends when the caller has gone, the daemon stops, or the stream was ended.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>Whether the caller is still there.</summary>
    public bool IsHeard => !_context.RequestAborted.IsCancellationRequested;

    /// <summary>Sends lines now, as many at once as fit into the connection's buffer.</summary>
    /// <param name="lines">Each with its line break; made one by one, as the caller takes them.</param>
    /// <returns>How many there were.</returns>
    public async Task<int> SendAsync(params IEnumerable<byte[]> lines)
    {
        var (writer, count, room) = (_context.Response.BodyWriter, 0, PatientWriter.PieceBytes);
        foreach (var line in lines)
        {
            count++;
            for (var rest = line.AsMemory(); rest.Length > 0;)
            {
                var piece = Math.Min(rest.Length, room);
                writer.Write(rest.Span[..piece]);
                (rest, room) = (rest[piece..], room - piece);
                if (room == 0)
                {
                    await writer.FlushAsync(_context.RequestAborted);
                    room = PatientWriter.PieceBytes;
                }
            }
        }

        await writer.FlushAsync(_context.RequestAborted);
        Volatile.Write(ref _sent, _clock.GetTimestamp());
        return count;
    }

    /// <summary>Waits for something to send, and sends a sign of life whenever it takes too long.</summary>
    /// <param name="wait">Answers false when nothing will come any more.</param>
    /// <param name="sign">What is sent as a sign of life.</param>
    /// <exception cref="OperationCanceledException">See <see cref="Ending"/>.</exception>
    public async Task<bool> WaitAsync(Func<CancellationToken, ValueTask<bool>> wait, byte[] sign)
    {
        while (true)
        {
            try
            {
                return await wait(_silence.Token);
            }
            catch (OperationCanceledException) when (!_ending.IsCancellationRequested)
            {
                lock (_lock)
                {
                    _silence.Dispose();
                    _silence = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
                }

                await SendAsync(sign);
            }
        }
    }

    /// <inheritdoc/>
    public TimeSpan Beat()
    {
        var left = _heartbeat - _clock.GetElapsedTime(Volatile.Read(ref _sent));
        if (left > TimeSpan.Zero)
        {
            return left;
        }

        lock (_lock)
        {
            // Whoever waits goes on in a task of his own.
            if (!_isOver)
            {
                _silence.Cancel();
            }
        }

        return _heartbeat;
    }

    /// <summary>Has the stream end.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (!_isOver)
            {
                _ending.Cancel();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _seat.Dispose();
        lock (_lock)
        {
            _isOver = true;
            _silence.Dispose();
            _ending.Dispose();
        }
    }
}
