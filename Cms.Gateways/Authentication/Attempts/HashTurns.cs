namespace Cms.Gateways.Authentication.Attempts;

/// <summary>Lets few slow hashes be computed at a time, so that wrong passwords do not take the processors from everybody else.</summary>
/// <remarks>Any thread may call. At most <see cref="MostWaiting"/> wait.</remarks>
internal sealed class HashTurns : IDisposable
{
    /// <summary>The most that wait for their turn.</summary>
    public const int MostWaiting = 64;

    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));
    private int _waiting;

    /// <summary>How many more could be computed at this moment.</summary>
    public int FreePlaces => _turns.CurrentCount;

    /// <summary>Does something when it is its turn, on a thread of the pool.</summary>
    /// <returns>What it found; null when too many wait already.</returns>
    public async ValueTask<T?> RunAsync<T>(Func<T> work, CancellationToken cancellation)
        where T : class
    {
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }

        try
        {
            await _turns.WaitAsync(cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        try
        {
            return work();
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();
}
