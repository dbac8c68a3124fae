using System.Runtime.CompilerServices;
using System.Text.Json;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Client.Watching;

/// <summary>Hears of commits and goes on by itself, where it was, when the daemon was away.</summary>
/// <param name="request">What is watched; its position is where the first connection begins.</param>
/// <param name="open">Sends the request and returns the body of the answer.</param>
/// <param name="clock">The time.</param>
internal sealed class Watch(WatchRequest request, Func<WatchRequest, CancellationToken, Task<Stream>> open, TimeProvider clock)
{
    /// <summary>A daemon that is silent for this many heartbeats is taken for gone.</summary>
    private const int MostSilentBeats = 3;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    private readonly HeardPosition _heard = new();
    private TimeSpan _delay = FirstDelay;

    /// <summary>How far this watch has heard; null before the first line.</summary>
    public JournalPosition? Position => _heard.Current;

    /// <summary>Every line but signs of life, until the wait is ended.</summary>
    /// <exception cref="RefusedException">The daemon refuses, or none answers the first time.</exception>
    public async IAsyncEnumerable<WatchLine> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            await using var lines = await ConnectAsync(cancellation);
            while (lines is not null && await NextAsync(lines, cancellation) is { } line)
            {
                _heard.Note(line);
                _delay = FirstDelay;
                if (line.Kind != WatchLine.Alive)
                {
                    yield return line;
                }
            }

            // Nobody tells when a daemon is back.
            await Task.Delay(_delay, clock, cancellation);
            _delay = _delay * 2 < LongestDelay ? _delay * 2 : LongestDelay;
        }
    }

    // A daemon that is not there is waited for, once one has been there.
    private async Task<LineReader<WatchLine>?> ConnectAsync(CancellationToken cancellation)
    {
        try
        {
            return new LineReader<WatchLine>(await open(request with { Since = Position?.ToString() ?? request.Since }, cancellation), WireJson.Default.WatchLine);
        }
        catch (RefusedException refused) when (Position is not null && refused.Refusal.Code is ErrorCode.Unavailable or ErrorCode.UnknownOutcome or ErrorCode.Busy)
        {
            return null;
        }
    }

    private async Task<WatchLine?> NextAsync(LineReader<WatchLine> lines, CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silence.CancelAfter(TimeSpan.FromMilliseconds((double)request.HeartbeatMs * MostSilentBeats));
        try
        {
            var line = await lines.ReadAsync(silence.Token);
            return line is { Kind: WatchLine.End or WatchLine.Failed } ? null : line;
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException or JsonException || (cut is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // What was cut off is asked for again from the last position.
            return null;
        }
    }
}
