using Cms.Formats.Modules;
using Cms.Storage.Journals;
using Cms.Tests.Segments;
using Xunit;

namespace Cms.Tests.Journals;

/// <summary>Snapshots and retention: the journal gets shorter, and no state that is kept is another one.</summary>
public sealed class SnapshotTests : IDisposable
{
    private static readonly ModuleName Module = new("network");
    private readonly string _directory = Directory.CreateTempSubdirectory("cms-journal-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string JournalPath => Path.Combine(_directory, "journal.db");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_module_comes_back_from_its_parts_exactly()
    {
        var history = new RandomHistory(11) { TablePercent = 40, Scale = 30 };
        for (var round = 0; round < 60; round++)
        {
            history.ReplayTo(new(round * 3), 20);
            ViewAssert.Same(history.Model, SnapshotCodec.Decode(SnapshotCodec.Encode(history.Model)), $"revision {round * 3}");
        }
    }

    [Fact]
    public void A_damaged_snapshot_is_refused_and_nothing_else_happens()
    {
        var random = new Random(5);
        var history = new RandomHistory(4) { TablePercent = 30 };
        history.ReplayTo(new(40), 10);
        var whole = SnapshotCodec.Encode(history.Model).Single();
        for (var round = 0; round < 3000; round++)
        {
            var bytes = whole[..random.Next(whole.Length)];
            for (var count = bytes.Length == 0 ? 0 : random.Next(4); count > 0; count--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                _ = SnapshotCodec.Decode([bytes]);
            }
            catch (JournalException refused)
            {
                Assert.NotEmpty(refused.Message);
            }
        }
    }

    [Fact]
    public async Task A_large_module_has_many_parts_and_is_read_back_whole()
    {
        await using var journal = Open();
        var model = new ModuleModel();
        var value = ConfigValue.FromBytes(new byte[300_000]);
        ModuleChange[] changes = [new ModuleChange.SectionAdded(new(1), "t", "a"), .. Enumerable.Range(0, 20).Select(number => new ModuleChange.OptionSet(new(1), $"o{number}", value))];
        model.Apply(new(1), changes);
        await AppendAsync(journal, 1, changes);
        Assert.True(journal.Snapshots.IsDue(Module));
        await journal.Snapshots.WriteAsync(Module, model, Token);

        Assert.False(journal.Snapshots.IsDue(Module));
        Assert.InRange((long)Scalar("SELECT COUNT(*) FROM snapshots")!, 4, 10);
        ViewAssert.Same(model, journal.Snapshots.Read(Module, new(1)), "the snapshot");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Every_state_that_is_kept_is_as_it_was_whatever_is_removed(int seed)
    {
        var random = new Random(seed);
        var history = new RandomHistory(seed) { TablePercent = 30 };
        var states = new Dictionary<Revision, ModuleModel>();
        var journal = Open();
        for (var step = 0; step < 120; step++)
        {
            switch (random.Next(8))
            {
                case 0:
                    await journal.Snapshots.WriteAsync(Module, history.Model, Token);
                    break;
                case 1:
                    await journal.Retention.RemoveAsync(Module, new(random.NextInt64(history.Model.Revision.Value + 1)), Token);
                    break;
                case 2:
                    await journal.DisposeAsync();
                    journal = Open();
                    break;
                default:
                    for (var count = random.Next(1, 6); count > 0; count--)
                    {
                        var changes = history.NextCommit(8);
                        await AppendAsync(journal, history.Model.Revision.Value, changes);
                        states.Add(history.Model.Revision, history.Model.Clone());
                    }

                    break;
            }

            Compare(journal, states, history.Model.Revision, random, $"seed {seed}, step {step}");
        }

        // Not one seed may pass because nothing was ever removed.
        Assert.NotEqual(Revision.None, journal.Retention.RemovedUpTo(Module));
        await journal.DisposeAsync();
    }

    [Fact]
    public async Task A_damaged_snapshot_is_passed_over_and_told()
    {
        await using var journal = Open();
        var history = await FillAsync(journal, 30, snapshotEvery: 10);
        Execute("UPDATE snapshots SET payload = substr(payload, 1, length(payload) - 1) || x'00' WHERE revision = 30");
        Execute("DELETE FROM snapshots WHERE revision = 20");
        Execute("UPDATE snapshots SET is_last = 0 WHERE revision = 10");
        var told = new List<JournalException>();

        ViewAssert.Same(history.Model, JournaledState.At(journal, Module, new(30), told.Add), "without any snapshot");
        Assert.Contains("revision 30", Assert.Single(told).Message, StringComparison.Ordinal);

        // What a process that was killed has left is no snapshot, and goes with the next one.
        Assert.Equal([new Revision(30)], journal.Snapshots.List(Module));
        await AppendAsync(journal, 31, history.NextCommit(4));
        await journal.Snapshots.WriteAsync(Module, history.Model, Token);
        Assert.Equal(0L, Scalar("SELECT COUNT(*) FROM snapshots WHERE revision = 10"));
    }

    [Fact]
    public async Task No_single_damage_of_a_snapshot_takes_the_module()
    {
        await using var journal = Open();
        var history = await FillAsync(journal, 30, snapshotEvery: 10);
        await journal.Retention.RemoveAsync(Module, new(30), Token);
        Assert.Equal(new(20), journal.Retention.RemovedUpTo(Module));
        foreach (var revision in new[] { 20, 30 })
        {
            Execute($"UPDATE snapshots SET checksum = checksum + 1 WHERE revision = {revision}");
            ViewAssert.Same(history.Model, JournaledState.At(journal, Module, new(30)), $"snapshot {revision} is damaged");
            Execute($"UPDATE snapshots SET checksum = checksum - 1 WHERE revision = {revision}");
        }

        // A snapshot that is damaged covers nothing.
        await AppendAsync(journal, 31, history.NextCommit(4));
        await journal.Snapshots.WriteAsync(Module, history.Model, Token);
        Execute("UPDATE snapshots SET checksum = checksum + 1 WHERE revision = 30");
        await Assert.ThrowsAsync<JournalException>(() => journal.Retention.RemoveAsync(Module, new(30), Token));
        Assert.Equal(new(20), journal.Retention.RemovedUpTo(Module));
    }

    [Fact]
    public async Task Commits_go_on_while_others_are_removed_and_pages_come_back()
    {
        await using var journal = Open();
        var ballast = ConfigValue.FromBytes(new byte[200_000]);
        await AppendAsync(journal, 1, [new ModuleChange.SectionAdded(new(1), "t", "a")]);
        for (var revision = 2; revision <= 60; revision++)
        {
            await AppendAsync(journal, revision, [new ModuleChange.OptionSet(new(1), "o", ballast)]);
        }

        foreach (var revision in new[] { 59, 60 })
        {
            await journal.Snapshots.WriteAsync(Module, JournaledState.At(journal, Module, new(revision)), Token);
        }

        var removing = journal.Retention.RemoveAsync(Module, new(60), Token);
        for (var revision = 61; !removing.IsCompleted; revision++)
        {
            await AppendAsync(journal, revision, [new ModuleChange.OptionSet(new(1), "o", ConfigValue.FromInt(revision))]);
        }

        await removing;
        Assert.Equal(new(59), journal.Retention.RemovedUpTo(Module));
        Assert.InRange((long)Scalar("PRAGMA freelist_count")!, 0, 256 + 64);
        Assert.InRange((long)Scalar("PRAGMA page_count")!, 1, 1000);
        Assert.Throws<HistoryRemovedException>(() => journal.Read(Module, new(58), new(60)).ToList());
        Assert.Throws<HistoryRemovedException>(() => JournaledState.At(journal, Module, new(58)));
        Execute("DELETE FROM commits WHERE revision = 60");
        Assert.IsType<JournalException>(Record.Exception(() => journal.Read(Module, new(59), new(60)).ToList()));
    }

    [Fact]
    public async Task Commits_before_a_time_are_found()
    {
        await using var journal = Open();
        await FillAsync(journal, 5, snapshotEvery: 10);
        Assert.Equal(new(0), journal.Retention.NewestBefore(Module, TimeOf(1)));
        Assert.Equal(new(2), journal.Retention.NewestBefore(Module, TimeOf(3)));
        Assert.Equal(new(5), journal.Retention.NewestBefore(Module, TimeOf(6)));
        Assert.Equal(new(0), journal.Retention.NewestBefore(new("none"), TimeOf(6)));
    }

    private static void Compare(SqliteJournal journal, Dictionary<Revision, ModuleModel> states, Revision newest, Random random, string context)
    {
        if (newest == Revision.None)
        {
            return;
        }

        ViewAssert.Same(states[newest], JournaledState.At(journal, Module, newest), $"{context}, the newest");
        var removed = journal.Retention.RemovedUpTo(Module);
        var revision = new Revision(random.NextInt64(1, newest.Value + 1));
        if (revision >= removed)
        {
            ViewAssert.Same(states[revision], JournaledState.At(journal, Module, revision), $"{context}, revision {revision}");
        }
        else
        {
            Assert.Throws<HistoryRemovedException>(() => JournaledState.At(journal, Module, revision));
        }
    }

    private static async Task<RandomHistory> FillAsync(SqliteJournal journal, int commits, int snapshotEvery)
    {
        var history = new RandomHistory(9) { TablePercent = 30 };
        for (var revision = 1; revision <= commits; revision++)
        {
            await AppendAsync(journal, revision, history.NextCommit(6));
            if (revision % snapshotEvery == 0)
            {
                await journal.Snapshots.WriteAsync(Module, history.Model, Token);
            }
        }

        return history;
    }

    private static DateTimeOffset TimeOf(long revision) => DateTimeOffset.UnixEpoch + TimeSpan.FromDays(revision);

    private static Task AppendAsync(SqliteJournal journal, long revision, IReadOnlyList<ModuleChange> changes) => journal.AppendAsync(
        [new CommitRecord(Module, new(revision), TimeOf(revision), new CommitOrigin("uid:0", "unix", "", null), changes)], Token);

    private SqliteJournal Open() => SqliteJournal.Open(JournalPath, Guid.Empty);

    private void Execute(string sql) => Assert.True(new JournalSql(JournalPath).Execute(sql) > 0);

    private object? Scalar(string sql) => new JournalSql(JournalPath).Scalar(sql);
}
