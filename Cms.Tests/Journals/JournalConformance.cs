using System.Text;
using Cms.Formats.Modules;
using Cms.Storage.Journals;
using Xunit;

namespace Cms.Tests.Journals;

/// <summary>What every journal must do, whatever it is kept in.</summary>
public abstract class JournalConformance
{
    private static readonly ModuleName Network = new("network");
    private static readonly ModuleName Other = new("ns", "network");
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeMilliseconds(86_400_123);

    /// <summary>Opens the one journal of this test; a second opening sees what the first wrote.</summary>
    private protected abstract IJournal Open();

    [Fact]
    public async Task Commits_are_read_back_in_order_after_an_opening()
    {
        Guid id;
        await using (var journal = Open())
        {
            id = journal.Id;
            Assert.Equal((1, Revision.None), (journal.Epoch, journal.LastRevision(Network)));
            await journal.AppendAsync([Commit(Network, 1, "r1"), Commit(Network, 2)], CancellationToken.None);
            await journal.AppendAsync([Commit(Network, 3)], CancellationToken.None);
            await journal.AppendAsync([Commit(Other, 1, "r1")], CancellationToken.None);
        }

        await using var again = Open();
        Assert.Equal((id, 2L), (again.Id, again.Epoch));
        Assert.Equal([Network, Other], again.Modules());
        Assert.Equal(new Revision(3), again.LastRevision(Network));
        Assert.Equal([2, 3], again.Read(Network, new(1), new(3)).Select(commit => commit.Revision.Value));
        Assert.Equal([1, 2], again.Read(Network, Revision.None, new(2)).Select(commit => commit.Revision.Value));
        Assert.Equal(Commit(Network, 3).Changes, again.Read(Network, new(2), new(3)).Single().Changes);
        Assert.Empty(again.Read(new ModuleName("none"), Revision.None, Revision.None));
        var beyond = Assert.Throws<JournalException>(() => again.Read(Network, new(1), new(4)).ToList());
        Assert.Contains("revision 4", beyond.Message, StringComparison.Ordinal);
        await again.AppendAsync([Commit(Network, 4)], CancellationToken.None);
        var ids = again.History(Network, 10).Concat(again.History(Other, 10)).Select(head => head.CommitId).ToList();
        Assert.Equal(5, ids.Distinct().Count());
        Assert.Equal(ids.Max(), again.History(Network, 1)[0].CommitId);
    }

    [Fact]
    public async Task Heads_keep_what_the_caller_said()
    {
        await using var journal = Open();
        var origin = new CommitOrigin("uid:0", "unix", "it's \u00e9 \0 \U0001F600", "id\0one");
        await journal.AppendAsync([new CommitRecord(Network, new(1), Time, origin, Commit(Network, 1).Changes)], CancellationToken.None);

        var head = Assert.Single(journal.History(Network, 10));
        Assert.Equal(new CommitHead(Network, new(1), head.CommitId, Time, origin, 2), head);
        Assert.Equal(head, journal.FindRequest(Network, "id\0one"));
        Assert.Null(journal.FindRequest(Network, "id\0two"));
        Assert.Null(journal.FindRequest(Other, "id\0one"));
    }

    [Fact]
    public async Task Commits_of_several_modules_are_appended_together_or_not_at_all()
    {
        await using var journal = Open();
        await journal.AppendAsync([Commit(Network, 1) with { TransactionId = "t1" }, Commit(Other, 1) with { TransactionId = "t1" }], CancellationToken.None);
        var heads = journal.FindTransaction("t1");
        Assert.Equal([(Network, "t1"), (Other, "t1")], heads.Select(head => (head.Module, head.TransactionId)));
        Assert.Equal(heads[0], journal.History(Network, 1)[0]);
        Assert.Empty(journal.FindTransaction("t2"));

        var forked = journal.AppendAsync([Commit(Network, 2) with { TransactionId = "t2" }, Commit(Other, 1) with { TransactionId = "t2" }], CancellationToken.None);
        await Assert.ThrowsAsync<JournalException>(() => forked);
        Assert.Empty(journal.FindTransaction("t2"));
        Assert.Equal(new Revision(1), journal.LastRevision(Network));
    }

    [Fact]
    public async Task Files_and_conflicts_are_kept()
    {
        await using var journal = Open();
        Assert.Null(journal.FindFile(Network));
        await journal.SetFileAsync(Network, new FileRecord("k", "n", new(1), new(2)), CancellationToken.None);
        await journal.SetFileAsync(Network, new FileRecord("k2", null, new(2), new(2)), CancellationToken.None);
        Assert.Equal(new FileRecord("k2", null, new(2), new(2)), journal.FindFile(Network));
        Assert.Empty(journal.Modules());
        await journal.AddConflictAsync(new FileConflict(Network, Time, new(3), ["a.b", "c"], "/kept"), CancellationToken.None);
        await journal.AddConflictAsync(new FileConflict(Other, Time, new(1), ["x"], "/kept2"), CancellationToken.None);
        var conflicts = journal.Conflicts(10);
        Assert.Equal((Other, Network), (conflicts[0].Module, conflicts[1].Module));
        Assert.Equal((Time, new Revision(3), "/kept"), (conflicts[1].Time, conflicts[1].Revision, conflicts[1].KeptText));
        Assert.Equal(["a.b", "c"], conflicts[1].Paths);
        Assert.Single(journal.Conflicts(1));
    }

    [Fact]
    public async Task A_bad_append_fails_alone_and_as_a_whole()
    {
        await using var journal = Open();
        await journal.AppendAsync([Commit(Network, 1, "r1")], CancellationToken.None);
        var good = Enumerable.Range(1, 50).Select(number => journal.AppendAsync([Commit(new($"m{number}"), 1)], CancellationToken.None)).ToList();
        var twice = journal.AppendAsync([Commit(Network, 2), Commit(Network, 1)], CancellationToken.None);
        var request = journal.AppendAsync([Commit(new("fresh"), 1, "r"), Commit(new("fresh"), 2, "r")], CancellationToken.None);
        good.AddRange(Enumerable.Range(51, 50).Select(number => journal.AppendAsync([Commit(new($"m{number}"), 1)], CancellationToken.None)));

        await Assert.ThrowsAsync<JournalException>(() => twice);
        await Assert.ThrowsAsync<JournalException>(() => request);
        await Task.WhenAll(good);
        Assert.Equal(new Revision(1), journal.LastRevision(Network));
        Assert.Equal(Revision.None, journal.LastRevision(new("fresh")));
        Assert.Equal(101, journal.Modules().Count);
        await journal.AppendAsync([Commit(new("fresh"), 1, "r")], CancellationToken.None);
        Assert.Equal(new Revision(1), journal.FindRequest(new("fresh"), "r")!.Revision);
    }

    [Fact]
    public async Task An_append_that_cannot_even_be_encoded_fails_alone()
    {
        await using var journal = Open();
        var bad = journal.AppendAsync([Commit(Network, 1) with { Changes = [new Unknown()] }], CancellationToken.None);
        await Assert.ThrowsAnyAsync<Exception>(() => bad.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        await journal.AppendAsync([Commit(Network, 1)], CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Many_tasks_append_to_many_modules_at_once()
    {
        await using var journal = Open();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(number => Task.Run(async () =>
        {
            for (var revision = 1; revision <= 8; revision++)
            {
                await journal.AppendAsync([Commit(new($"m{number}"), revision)], CancellationToken.None);
                Assert.Equal(new Revision(revision), journal.LastRevision(new($"m{number}")));
            }
        })));
        var ids = journal.Modules().SelectMany(module => journal.History(module, 100)).Select(head => head.CommitId).ToList();
        Assert.Equal((512, 512), (ids.Count, ids.Distinct().Count()));
    }

    [Fact]
    public async Task A_payload_of_many_parts_comes_back_whole()
    {
        await using var journal = Open();
        var value = ConfigValue.FromBytes(Encoding.ASCII.GetBytes(new string('v', 900_000)));
        var changes = Enumerable.Range(0, 5).Select(number => (ModuleChange)new ModuleChange.OptionSet(new(1), $"o{number}", value)).ToList();
        await journal.AppendAsync([Commit(Network, 1, "big") with { Changes = changes }, Commit(Network, 2)], CancellationToken.None);

        var read = journal.Read(Network, Revision.None, new(2)).ToList();
        Assert.Equal(changes, read[0].Changes);
        Assert.Equal(2, read.Count);
        Assert.Equal(5, journal.FindRequest(Network, "big")!.ChangeCount);
        Assert.Equal(2, journal.History(Network, 10).Count);
    }

    [Fact]
    public async Task Two_openings_of_one_journal_cannot_fork_a_module()
    {
        await using var one = Open();
        await using var two = Open();
        Assert.Equal((one.Id, 1L, 2L), (two.Id, one.Epoch, two.Epoch));
        await one.AppendAsync([Commit(Network, 1)], CancellationToken.None);
        await Assert.ThrowsAsync<JournalException>(() => two.AppendAsync([Commit(Network, 1)], CancellationToken.None));
        await two.AppendAsync([Commit(Network, 2)], CancellationToken.None);
        Assert.Equal(new Revision(2), one.LastRevision(Network));
    }

    private protected static CommitRecord Commit(ModuleName module, long revision, string? requestId = null) => new(
        module,
        new Revision(revision),
        Time,
        new CommitOrigin("uid:0", "unix", "", requestId),
        [new ModuleChange.SectionAdded(new(revision), "t", null), new ModuleChange.OptionSet(new(revision), "o", ConfigValue.FromInt(revision))]);

    private sealed record Unknown : ModuleChange;
}
