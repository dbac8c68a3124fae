using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Secrets;
using Cms.Storage.Journals;
using Cms.Storage.Keys;

namespace Cms.Actors.Secrets;

/// <summary>The data keys of one module: the newest seals, all unseal.</summary>
/// <remarks>Any thread may call. A key is unwrapped when it is first needed and kept in memory until the node stops.</remarks>
public sealed class ModuleKeys : IDisposable
{
    private readonly Lock _lock = new();
    private readonly KeyRing _ring;
    private readonly ModuleName _module;
    private readonly List<StoredKey> _stored;
    private readonly Dictionary<string, DataKey> _keys = new(StringComparer.Ordinal);
    private DataKey? _unsaved;
    private volatile bool _hasAny;

    internal ModuleKeys(KeyRing ring, ModuleName module, IEnumerable<StoredKey> stored)
    {
        (_ring, _module, _stored) = (ring, module, [.. stored]);
        _hasAny = _stored.Count > 0;
    }

    /// <summary>Whether anything of the module was ever sealed.</summary>
    public bool HasAny => _hasAny;

    /// <summary>How many keys are stored.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _stored.Count;
            }
        }
    }

    /// <summary>A module with the plain text of its secrets, marked so that it is not shown; what cannot be unsealed stays sealed.</summary>
    /// <param name="sealedView">Must not change while the result is in use.</param>
    public IModuleView Unseal(IModuleView sealedView) => HasAny ? new UnsealingView(sealedView, Unseal) : sealedView;

    /// <summary>A module with the plain text of those secrets that somebody may see.</summary>
    /// <param name="sealedView">Must not change while the result is in use.</param>
    /// <param name="maySee">Whether he may see an option of a section.</param>
    public IModuleView Reveal(IModuleView sealedView, Func<SectionView, string, bool> maySee) => !HasAny ? sealedView : new UnsealingView(
        sealedView, Unseal, (section, option) => sealedView.FindSection(section) is { } found && maySee(found, option), isShown: true);

    /// <summary>A module as its text file shows it: sealed, but for sections whose type the schema has in a plain file.</summary>
    /// <param name="sealedView">With the schema that held at its revision; must not change while the result is in use.</param>
    internal IModuleView ForFile(IModuleView sealedView)
    {
        if (!HasAny || SchemaTable.ReadNewest(sealedView) is not { } newest || SchemaReader.TryRead(newest.Text.Span, out _) is not { HasPlainFiles: true } schema)
        {
            return sealedView;
        }

        return new UnsealingView(
            sealedView, Unseal, (section, _) => sealedView.FindSection(section) is { } found && schema.FindType(found.Type) is { IsPlainFile: true }, isShown: true);
    }

    /// <summary>Unseals a value at its place, see <see cref="SecretUnsealer"/>.</summary>
    internal ConfigValue Unseal(SectionId section, string option, ConfigValue value)
    {
        var place = new SecretPlace(_module, section, option);
        if (!value.IsList)
        {
            return UnsealText(place, value.Encoding.Span, isElement: false)?.AsSecret() ?? value;
        }

        var elements = new List<ConfigValue>(value.Count);
        foreach (var text in value.Elements())
        {
            var plain = SealedText.IsSealed(text.Span) ? UnsealText(place, text.Span, isElement: true) : ConfigValue.FromBytes(text.Span);
            if (plain is null)
            {
                return value;
            }

            elements.Add(plain);
        }

        // What a hand edit put beside sealed numbers is a text, and then the others are texts as well.
        return (elements.TrueForAll(element => element.ElementType == elements[0].ElementType)
            ? ConfigValue.FromEncodings(elements[0].ElementType, elements.ConvertAll(element => element.Encoding))
            : ConfigValue.FromElements(elements.ConvertAll(element => element.GetBytes()))).AsSecret();
    }

    /// <summary>Makes sure that there is a key to seal with; a new one is saved by <see cref="SaveAsync"/>.</summary>
    /// <returns>Null, or why there is none.</returns>
    internal Refusal? Prepare()
    {
        lock (_lock)
        {
            return _stored.Count == 0 && _unsaved is null ? Renew()
                : TryFindNewest() is not null ? null
                : new Refusal(
                    ErrorCode.Unavailable,
                    $"the newest data key of module {_module} cannot be unwrapped: set master_key to the key that wraps it (id {_stored[^1].MasterId}), and look at what cms status says");
        }
    }

    /// <summary>Whether all that was ever sealed can be unsealed.</summary>
    /// <returns>Null, or which key is missing.</returns>
    internal Refusal? CheckAll()
    {
        lock (_lock)
        {
            try
            {
                return _stored.Find(stored => Find(stored.Id) is null) is { } missing
                    ? new Refusal(ErrorCode.Unavailable, $"data key {missing.Id} of module {_module} cannot be unwrapped: set master_key to the key that wraps it (id {missing.MasterId}); nothing was changed")
                    : null;
            }
            catch (MasterKeyException missing)
            {
                return new Refusal(ErrorCode.Unavailable, $"{missing.Message}; nothing was changed");
            }
        }
    }

    /// <summary>Has a new key seal from now on, once <see cref="SaveAsync"/> has saved it.</summary>
    /// <returns>Null, or why there is none.</returns>
    internal Refusal? Renew()
    {
        lock (_lock)
        {
            try
            {
                // A key that nothing can be wrapped by later would seal what nobody unseals.
                _ = _ring.Master();
                if (_unsaved is null)
                {
                    _unsaved = DataKey.Create();
                    _keys.Add(_unsaved.Id, _unsaved);
                    _hasAny = true;
                }

                return null;
            }
            catch (MasterKeyException missing)
            {
                return new Refusal(ErrorCode.Unavailable, $"secrets of module {_module} cannot be sealed: {missing.Message}");
            }
        }
    }

    /// <summary>Seals a value for a place; <see cref="Prepare"/> has said that it can be done.</summary>
    internal ConfigValue Seal(SectionId section, string option, ConfigValue value)
    {
        lock (_lock)
        {
            return TryFindNewest()!.Seal(new SecretPlace(_module, section, option), value);
        }
    }

    /// <summary>Whether a sealed value, or an element of it, was sealed by another key than the newest.</summary>
    internal bool IsOld(ConfigValue value)
    {
        lock (_lock)
        {
            var newest = _unsaved?.Id ?? (_stored.Count == 0 ? null : _stored[^1].Id);
            return value.Elements().Any(text => SealedText.IsSealed(text.Span) && DataKey.IdOf(text.Span) != newest);
        }
    }

    /// <summary>Makes a new key durable, before anything that it sealed is.</summary>
    internal async Task SaveAsync(CancellationToken stopWaiting)
    {
        DataKey? unsaved;
        int version;
        lock (_lock)
        {
            (unsaved, version) = (_unsaved, _stored.Count == 0 ? 1 : _stored[^1].Version + 1);
        }

        if (unsaved is null)
        {
            return;
        }

        var stored = await _ring.SaveAsync(unsaved, _module, version, stopWaiting);
        lock (_lock)
        {
            // Two may have saved it at the same time.
            if (_unsaved == unsaved)
            {
                _stored.Add(stored);
                _unsaved = null;
            }
        }
    }

    /// <summary>Takes over keys that were wrapped anew.</summary>
    internal void Replace(IReadOnlyList<StoredKey> wrapped)
    {
        lock (_lock)
        {
            foreach (var stored in wrapped)
            {
                _stored[_stored.FindIndex(key => key.Id == stored.Id)] = stored;
            }
        }
    }

    /// <summary>Destroys all keys but the newest.</summary>
    internal async Task ForgetOldAsync()
    {
        List<StoredKey> old;
        lock (_lock)
        {
            old = _stored[..^1];
        }

        await _ring.RemoveAsync(old);
        lock (_lock)
        {
            foreach (var key in old)
            {
                _stored.RemoveAll(stored => stored.Id == key.Id);
                if (_keys.Remove(key.Id, out var known))
                {
                    known.Dispose();
                }
            }
        }
    }

    /// <summary>As <see cref="SaveAsync"/>, but a full disk is a refusal.</summary>
    internal async Task<Refusal?> TrySaveAsync(CancellationToken stopWaiting)
    {
        try
        {
            await SaveAsync(stopWaiting);
            return null;
        }
        catch (JournalFullException noRoom)
        {
            return new Refusal(ErrorCode.StorageFull, noRoom.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var key in _keys.Values)
            {
                key.Dispose();
            }

            _keys.Clear();
        }
    }

    private DataKey? TryFindNewest()
    {
        try
        {
            return _unsaved ?? (_stored.Count == 0 ? null : Find(_stored[^1].Id));
        }
        catch (MasterKeyException)
        {
            return null;
        }
    }

    private ConfigValue? UnsealText(SecretPlace place, ReadOnlySpan<byte> text, bool isElement)
    {
        if (DataKey.IdOf(text) is not { } id)
        {
            return null;
        }

        lock (_lock)
        {
            try
            {
                return Find(id)?.TryUnseal(place, text, isElement);
            }
            catch (MasterKeyException)
            {
                // It stays sealed for now; who needs to seal is told why.
                return null;
            }
        }
    }

    private DataKey? Find(string id)
    {
        if (_keys.TryGetValue(id, out var known))
        {
            return known;
        }

        if (_stored.Find(key => key.Id == id) is not { } stored || _ring.Master().TryUnwrap(stored) is not { } key)
        {
            return null;
        }

        _keys.Add(id, key);
        return key;
    }
}
