using System.Collections.Concurrent;
using Cms.Actors.Access;

namespace Cms.Gateways.Watching;

/// <summary>Those who watch, to be told when the rules change, so that who may not hear anything any more is ended at once.</summary>
/// <remarks>Any thread may call.</remarks>
internal sealed class RunningWatches
{
    private readonly ConcurrentDictionary<Entry, bool> _all = [];

    /// <param name="access">The rules.</param>
    public RunningWatches(AccessDirectory access) => access.Renewed += LookAgain;

    /// <summary>Adds one.</summary>
    /// <param name="lookAgain">Called when rights may have changed, by any thread; returns at once.</param>
    /// <returns>Takes it out when disposed.</returns>
    public IDisposable Enter(Action lookAgain)
    {
        var entry = new Entry(this, lookAgain);
        _all[entry] = true;
        return entry;
    }

    /// <summary>Has every watch look at its rights.</summary>
    public void LookAgain()
    {
        foreach (var (entry, _) in _all)
        {
            entry.LookAgain();
        }
    }

    private sealed class Entry(RunningWatches watches, Action lookAgain) : IDisposable
    {
        public Action LookAgain => lookAgain;

        public void Dispose() => watches._all.TryRemove(this, out _);
    }
}
