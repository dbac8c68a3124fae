// Invariants: one fetch at a time, under _turn. _held is replaced whole; readers take it once. The keys of before stay until others
// were had, at most MostAge. Whoever asks for a key that is not there causes at most one fetch in a Pause, so that made-up names of
// keys do not load the issuer.
using Cms.Formats.Mapping;
using Cms.Gateways.Authentication.Tokens;

namespace Cms.Gateways.Authentication.Issuers;

/// <summary>The keys of one issuer, as fresh as they have to be.</summary>
/// <remarks>Any thread may call. Times are those of the boot clock.</remarks>
internal sealed class IssuerKeys : IDisposable
{
    /// <summary>How long keys are used whose issuer does not answer any more.</summary>
    public static readonly TimeSpan MostAge = TimeSpan.FromDays(1);

    /// <summary>How long nobody asks again after a fetch that failed, or for a key that was not there.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly IKeySource _source;
    private readonly IBootClock _clock;
    private readonly Action<string> _tell;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private volatile Held? _held;
    private TimeSpan? _failed;
    private TimeSpan? _missed;
    private Task _refresh = Task.CompletedTask;

    /// <param name="source">Where they come from; disposed with this.</param>
    /// <param name="clock">The time.</param>
    /// <param name="tell">Told why keys could not be had.</param>
    public IssuerKeys(IKeySource source, IBootClock clock, Action<string> tell) => (_source, _clock, _tell) = (source, clock, tell);

    /// <summary>The keys that a token may be signed with.</summary>
    /// <param name="id">The name of the key that the token has, or null.</param>
    /// <param name="algorithm">By what it is signed.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The key, or null when the issuer has none that fits, or has several and the token names none; and whether the issuer's keys are known at all.</returns>
    public async ValueTask<(VerificationKey? Key, bool AreKnown)> FindAsync(string? id, SignatureAlgorithm algorithm, CancellationToken cancellation)
    {
        var held = _held;
        if (held is null || Age(held) > MostAge)
        {
            held = await FetchAsync(held, cancellation);
            return held is null || Age(held) > MostAge ? (null, false) : (Choose(held, id, algorithm), true);
        }

        if (Age(held) > _source.Freshness && _refresh.IsCompleted)
        {
            // Nobody waits for that: the keys of before are good meanwhile.
            _refresh = RefreshAsync(held);
        }

        return (Choose(held, id, algorithm) ?? Choose(await FetchMissedAsync(held, cancellation), id, algorithm), true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        _source.Dispose();
    }

    private async Task RefreshAsync(Held held)
    {
        try
        {
            await FetchAsync(held, _stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Nobody needs the keys any more.
        }
    }

    // A token that names no key can only mean the one key that there is.
    private static VerificationKey? Choose(Held held, string? id, SignatureAlgorithm algorithm)
    {
        var fitting = held.Keys.Where(key => key.IsFor(algorithm)).ToList();
        return fitting.Find(key => key.Id is not null && key.Id == id)
            ?? (fitting.Count == 1 && (id is null || fitting[0].Id is null) ? fitting[0] : null);
    }

    private TimeSpan Age(Held held) => _clock.Now - held.Since;

    private async Task<Held> FetchMissedAsync(Held seen, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (_held != seen || (_missed is { } missed && _clock.Now - missed < Pause))
            {
                return _held!;
            }

            _missed = _clock.Now;
            await ReplaceAsync();
            return _held!;
        }
        finally
        {
            _turn.Release();
        }
    }

    // What was seen tells those who waited that somebody else has fetched meanwhile.
    private async Task<Held?> FetchAsync(Held? seen, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (_held == seen && (_failed is not { } failed || _clock.Now - failed >= Pause))
            {
                await ReplaceAsync();
            }

            return _held;
        }
        finally
        {
            _turn.Release();
        }
    }

    // A caller that goes away does not end it: others wait for the same keys.
    private async Task ReplaceAsync()
    {
        try
        {
            _held = new Held(await _source.FetchAsync(_stopping.Token), _clock.Now);
            _failed = null;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The issuer was taken out of the settings meanwhile.
            _failed = _clock.Now;
        }
        catch (KeySourceException failure)
        {
            _failed = _clock.Now;
            _tell(failure.Message);
        }
    }

    private sealed record Held(IReadOnlyList<VerificationKey> Keys, TimeSpan Since);
}
