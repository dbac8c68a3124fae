namespace Cms.Cli.Output;

/// <summary>One line that says how far something is, once it has taken a second; each text takes the place of the one before.</summary>
/// <remarks>Any thread may call.</remarks>
/// <param name="show">Shows a text in the place of the one shown before; null where nobody looks.</param>
/// <param name="clock">Says how long it takes.</param>
internal sealed class ProgressLine(Action<string>? show, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly long _start = clock.GetTimestamp();
    private TimeSpan _next = Patience;
    private bool _isShown;

    /// <summary>Says how far it is, unless that was said a moment ago.</summary>
    public void Show(Progress progress)
    {
        if (show is null)
        {
            return;
        }

        lock (_gate)
        {
            var elapsed = clock.GetElapsedTime(_start);
            if (elapsed >= _next)
            {
                _next = elapsed + Interval;
                _isShown = true;
                show(progress.Format(elapsed));
            }
        }
    }

    /// <summary>Waits for something that does not say how far it is, and tells that it goes on.</summary>
    /// <param name="verb">What is being done: "committing".</param>
    /// <param name="work">What is waited for.</param>
    public async Task<T> WatchAsync<T>(string verb, Task<T> work)
    {
        if (show is not null)
        {
            await using var timer = clock.CreateTimer(_ => Show(new Progress(verb, 0, "")), null, Patience, Interval);
            await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await work;
    }

    /// <summary>Takes away what was shown; what is told later is shown again.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            if (_isShown)
            {
                show!("");
                _isShown = false;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();
}
