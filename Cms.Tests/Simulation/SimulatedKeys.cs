using Cms.Storage.Keys;

namespace Cms.Tests.Simulation;

/// <summary>Data keys that outlast the daemon: no simulated fault reaches them.</summary>
internal sealed class SimulatedKeys : IKeyStore
{
    private readonly Dictionary<string, StoredKey> _keys = [];

    public IReadOnlyList<StoredKey> All() => [.. _keys.Values.OrderBy(key => key.Module.ToString(), StringComparer.Ordinal).ThenBy(key => key.Version)];

    public Task SaveAsync(IReadOnlyList<StoredKey> keys, CancellationToken stopWaiting)
    {
        foreach (var key in keys)
        {
            _keys[key.Id] = key;
        }

        return Task.CompletedTask;
    }

    public Task RemoveAsync(IReadOnlyList<StoredKey> keys, CancellationToken stopWaiting)
    {
        foreach (var key in keys)
        {
            _keys.Remove(key.Id);
        }

        return Task.CompletedTask;
    }
}
