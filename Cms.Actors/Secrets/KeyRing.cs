using System.Collections.Concurrent;
using Cms.Formats.Modules;
using Cms.Storage.Keys;

namespace Cms.Actors.Secrets;

/// <summary>The data keys of all modules, and the master key that wraps them.</summary>
/// <remarks>
/// Any thread may call. The master key is fetched when the first secret is sealed or unsealed, so that a node without secrets needs
/// none. While it cannot be had, modules are served as they are, sealed, and what needs a key is refused.
/// </remarks>
public sealed class KeyRing : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<ModuleName, ModuleKeys> _modules = new();
    private readonly IKeyStore _store;
    private readonly Func<bool, MasterKey> _loadMaster;
    private MasterKey? _master;
    private bool _hasStored;

    internal KeyRing(IKeyStore store, MasterKeySource source)
        : this(store, source.Load)
    {
    }

    private KeyRing(IKeyStore store, Func<bool, MasterKey> loadMaster)
    {
        (_store, _loadMaster) = (store, loadMaster);
        foreach (var keys in store.All().GroupBy(key => key.Module))
        {
            _hasStored = true;
            _modules[keys.Key] = new ModuleKeys(this, keys.Key, keys);
        }
    }

    /// <summary>The keys of a module, which may have none yet.</summary>
    public ModuleKeys Of(ModuleName module) => _modules.GetOrAdd(module, name => new ModuleKeys(this, name, []));

    /// <summary>The keys of another journal, a backup's, wrapped by the same master key. The caller disposes it before this one.</summary>
    internal KeyRing Of(IKeyStore store) => new(store, _ => Master().Copy());

    /// <summary>Makes keys durable.</summary>
    internal Task SaveAsync(IReadOnlyList<StoredKey> keys, CancellationToken stopWaiting) => _store.SaveAsync(keys, stopWaiting);

    /// <summary>The master key.</summary>
    /// <exception cref="MasterKeyException">It cannot be had.</exception>
    internal MasterKey Master()
    {
        lock (_lock)
        {
            // A new key where data keys are wrapped by an old one would be of no use and hide that the old one is gone.
            _master ??= _loadMaster(!_hasStored);
            _hasStored = true;
            return _master;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var keys in _modules.Values)
        {
            keys.Dispose();
        }

        _master?.Dispose();
    }
}
