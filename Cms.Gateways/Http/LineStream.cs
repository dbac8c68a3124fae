using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Cms.Gateways.Http;

/// <summary>An answer that goes on: lines that are sent as they come, and a sign of life when none comes.</summary>
/// <remarks>One caller at a time.</remarks>
internal sealed class LineStream : IDisposable
{
    private readonly HttpContext _context;
    private readonly TimeSpan _heartbeat;
    private readonly CancellationTokenSource _ending;
    private CancellationTokenSource _silence;

    /// <param name="context">The request; nothing of the answer has been sent.</param>
    /// <param name="heartbeat">The longest silence.</param>
    /// <param name="stopping">The daemon stops.</param>
    public LineStream(HttpContext context, TimeSpan heartbeat, CancellationToken stopping)
    {
        (_context, _heartbeat) = (context, heartbeat);
        _ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        _silence = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        context.Response.ContentType = "application/x-ndjson";

        // Who reads slowly costs a position and no memory, and is not cut off for it.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    /// <summary>Ends when the caller has gone or the daemon stops.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>Whether the caller is still there.</summary>
    public bool IsHeard => !_context.RequestAborted.IsCancellationRequested;

    /// <summary>Sends lines now.</summary>
    /// <param name="lines">Each with its line break.</param>
    public async Task SendAsync(params IReadOnlyList<byte[]> lines)
    {
        foreach (var line in lines)
        {
            await _context.Response.BodyWriter.WriteAsync(line, _context.RequestAborted);
        }

        await _context.Response.BodyWriter.FlushAsync(_context.RequestAborted);
    }

    /// <summary>Waits for something to send, and sends a sign of life whenever it takes too long.</summary>
    /// <param name="wait">Answers false when nothing will come any more.</param>
    /// <param name="sign">What is sent as a sign of life.</param>
    /// <exception cref="OperationCanceledException">See <see cref="Ending"/>.</exception>
    public async Task<bool> WaitAsync(Func<CancellationToken, ValueTask<bool>> wait, byte[] sign)
    {
        while (true)
        {
            _silence.CancelAfter(_heartbeat);
            try
            {
                return await wait(_silence.Token);
            }
            catch (OperationCanceledException) when (!_ending.IsCancellationRequested)
            {
                _silence.Dispose();
                _silence = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
                await SendAsync(sign);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _silence.Dispose();
        _ending.Dispose();
    }
}
