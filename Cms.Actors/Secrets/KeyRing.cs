using System.Collections.Concurrent;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Secrets;
using Cms.Storage.Keys;

namespace Cms.Actors.Secrets;

/// <summary>The data keys of all modules, and the master key that wraps them.</summary>
/// <remarks>
/// Any thread may call. The master key is fetched when the first secret is sealed or unsealed, so that a node without secrets needs
/// none. While it cannot be had, modules are served as they are, sealed, and what needs a key is refused. What changes stored keys
/// takes its turn, so that none is wrapped by a master key that another is just replacing.
/// </remarks>
public sealed class KeyRing : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConcurrentDictionary<ModuleName, ModuleKeys> _modules = new();
    private readonly IKeyStore _store;
    private readonly MasterKeySource? _source;
    private readonly Func<bool, MasterKey> _loadMaster;
    private readonly List<MasterKey> _retired = [];
    private MasterKey? _master;
    private bool _hasStored;
    private bool _isUnsettled;

    internal KeyRing(IKeyStore store, MasterKeySource source)
        : this(store, source.Load)
    {
        _source = source;
        source.FinishReplacing(id => store.All().Any(key => key.MasterId == id));
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

    /// <summary>The modules of which not all that was ever sealed has the newest key, or which are not known to.</summary>
    internal IReadOnlyList<ModuleName> Rotated => [.. _modules.Where(pair => pair.Value.Count > 1).Select(pair => pair.Key)];

    /// <summary>The modules that have keys.</summary>
    internal IReadOnlyList<ModuleName> Modules => [.. _modules.Where(pair => pair.Value.HasAny).Select(pair => pair.Key)];

    /// <summary>The keys of a module, which may have none yet.</summary>
    public ModuleKeys Of(ModuleName module) => _modules.GetOrAdd(module, name => new ModuleKeys(this, name, []));

    /// <summary>The keys of another journal, a backup's, wrapped by the same master key. The caller disposes it before this one.</summary>
    internal KeyRing Of(IKeyStore store) => new(store, _ => Master().Copy());

    /// <summary>Replaces the master key by a new one: all data keys are wrapped anew, and what they sealed stays as it is.</summary>
    /// <returns>How many data keys were wrapped.</returns>
    /// <remarks>After a kill at any moment the next start finishes it, or undoes what had no effect yet.</remarks>
    /// <exception cref="RefusedException">The master key does not come from a file, cannot be had, or does not wrap all data keys.</exception>
    /// <exception cref="Storage.Journals.JournalException">Whether the keys are wrapped anew is not known; start the daemon again.</exception>
    public async Task<int> RotateMasterAsync()
    {
        await _turn.WaitAsync();
        try
        {
            Settle();
            var wrapped = WrapAnew();
            _isUnsettled = true;
            await _store.SaveAsync(wrapped, CancellationToken.None);
            Settle();
            return wrapped.Count;
        }
        catch (MasterKeyException missing)
        {
            throw new RefusedException(ErrorCode.Unavailable, missing.Message);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Wraps a new key and makes it durable.</summary>
    internal async Task<StoredKey> SaveAsync(DataKey key, ModuleName module, int version, CancellationToken stopWaiting)
    {
        await _turn.WaitAsync(stopWaiting);
        try
        {
            Settle();
            var stored = Master().Wrap(key, module, version);
            await _store.SaveAsync([stored], stopWaiting);
            return stored;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Destroys keys; what they sealed is unreadable then.</summary>
    internal async Task RemoveAsync(IReadOnlyList<StoredKey> keys)
    {
        await _turn.WaitAsync();
        try
        {
            await _store.RemoveAsync(keys, CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
    }

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

        _retired.ForEach(master => master.Dispose());
        _master?.Dispose();
        _turn.Dispose();
    }

    // The journal says by which of the two master keys data keys are wrapped. Until the file has that one, nothing else is wrapped,
    // since one of the two is gone at the next start.
    private void Settle()
    {
        if (!_isUnsettled)
        {
            return;
        }

        var stored = _store.All();
        _source!.FinishReplacing(id => stored.Any(key => key.MasterId == id));
        lock (_lock)
        {
            // Somebody may be unwrapping by it.
            _retired.AddRange(_master is null ? [] : [_master]);
            _master = null;
        }

        foreach (var keys in stored.GroupBy(key => key.Module))
        {
            Of(keys.Key).Replace([.. keys]);
        }

        _isUnsettled = false;
    }

    private List<StoredKey> WrapAnew()
    {
        var master = Master();
        if (_source?.FilePath is null)
        {
            throw new RefusedException(
                ErrorCode.InvalidArgument, "only a master key that is in a file is replaced by itself; one of a credential or a command is its owner's to replace");
        }

        var wrapped = new List<StoredKey>();
        using var next = _source.CreateNext();
        foreach (var stored in _store.All())
        {
            using var key = master.TryUnwrap(stored) ?? throw new MasterKeyException(
                $"data key {stored.Id} of module {stored.Module} is not wrapped by the master key that there is, but by the one of id {stored.MasterId}; nothing was changed");
            wrapped.Add(next.Wrap(key, stored.Module, stored.Version));
        }

        return wrapped;
    }
}
