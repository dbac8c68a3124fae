using Cms.Actors.Secrets;
using Cms.Formats.Modules;
using Cms.Storage.Journals;
using Cms.Storage.Keys;
using Xunit;

namespace Cms.Tests.Secrets;

/// <summary>The master key is replaced where the journal fails: no data key is lost, whichever of the two it is wrapped by then.</summary>
public sealed class KeyRingTests : IDisposable
{
    private static readonly ModuleName Module = new("wireless");
    private static readonly SectionId Section = new(1);
    private readonly string _directory = Directory.CreateTempSubdirectory("cms-keys-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private MasterKeySource Source => new("master.key", _directory, _ => null);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rotation_of_which_nobody_knows_whether_it_is_durable_loses_no_secret(bool isDurable)
    {
        var store = new UncertainStore();
        var secret = ConfigValue.FromText("correct horse");
        ConfigValue first;
        ConfigValue second;
        using (var ring = new KeyRing(store, Source))
        {
            first = await SealAsync(ring, Module, secret);
            store.Fails = isDurable;
            store.Loses = !isDurable;
            await Assert.ThrowsAsync<JournalException>(ring.RotateMasterAsync);
            (store.Fails, store.Loses) = (false, false);
            second = await SealAsync(ring, new ModuleName("other"), secret);
            Assert.Equal(2, await ring.RotateMasterAsync());
        }

        using var restarted = new KeyRing(store, Source);
        Assert.Equal(secret, restarted.Of(Module).Unseal(Section, "key", first).AsShown());
        Assert.Equal(secret, restarted.Of(new ModuleName("other")).Unseal(Section, "key", second).AsShown());
    }

    private static async Task<ConfigValue> SealAsync(KeyRing ring, ModuleName module, ConfigValue secret)
    {
        var keys = ring.Of(module);
        Assert.Null(keys.Prepare());
        await keys.SaveAsync(Token);
        return keys.Seal(Section, "key", secret);
    }

    // Answers an error after it has saved, or without having saved.
    private sealed class UncertainStore : IKeyStore
    {
        private readonly Dictionary<string, StoredKey> _keys = [];

        public bool Fails { get; set; }

        public bool Loses { get; set; }

        public IReadOnlyList<StoredKey> All() => [.. _keys.Values];

        public Task SaveAsync(IReadOnlyList<StoredKey> keys, CancellationToken stopWaiting)
        {
            foreach (var key in Loses ? [] : keys)
            {
                _keys[key.Id] = key;
            }

            return Fails || Loses ? throw new JournalException("the disk is gone") : Task.CompletedTask;
        }

        public Task RemoveAsync(IReadOnlyList<StoredKey> keys, CancellationToken stopWaiting)
        {
            keys.ToList().ForEach(key => _keys.Remove(key.Id));
            return Task.CompletedTask;
        }
    }
}
