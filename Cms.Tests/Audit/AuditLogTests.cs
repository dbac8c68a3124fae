using Cms.Formats.Audit;
using Cms.Storage.Audit;
using Cms.Storage.Journals;
using Xunit;

namespace Cms.Tests.Audit;

/// <summary>What gets into the audit log, and that its rows hang together.</summary>
public sealed class AuditLogTests : IDisposable
{
    private readonly AuditPlace _place = new() { Options = new AuditOptions(TimeProvider.System) { RowsPerSignature = 10 } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_commit_has_a_row_that_says_who_what_and_where_from()
    {
        await using var journal = _place.Open();
        await AuditPlace.FillAsync(journal, 1);

        var row = Assert.Single(journal.Audit.Find(new AuditQuery()));
        Assert.Equal((1, AuditKinds.Commit, AuditEntry.Done, "uid:0"), (row.Sequence, row.Kind, row.Outcome, row.Principal));
        Assert.Equal(("192.0.2.7", "unix cms[1]", "network", 1L), (row.Address, row.Gateway, row.Module, row.Revision));
        Assert.Equal(("transaction-1", 1L, 1, "commit 1"), (row.Transaction, row.Commit, row.Changes, row.Detail));
        Assert.Equal(["lan.mtu"], row.Paths);
        Assert.Equal(AuditRow.NoHash, row.Previous);
        Assert.Equal(row.ComputeHash(), row.Hash);
        Assert.Equal(64, row.Content!.Length);
    }

    [Fact]
    public async Task Commits_and_other_entries_from_many_at_once_make_one_chain_that_is_signed()
    {
        await using var journal = _place.Open();
        await journal.BeginAuditAsync(Assert.Fail);
        var commits = Task.Run(() => AuditPlace.FillAsync(journal, 60), Token);
        var entries = Enumerable.Range(0, 100).Select(number => journal.Audit.RecordAsync(
            new AuditEntry(AuditKinds.Administration, AuditEntry.Begun, $"uid:{number}", "unix"), Token));
        await Task.WhenAll([commits, .. entries]);

        var report = Verify(journal.Audit.ReadAll(), AuditKey.FromPem(journal.Audit.PublicKeys));
        Assert.Empty(report.Problems);
        Assert.True(report.Signatures >= 160 / 11, $"{report.Signatures} signatures");
        Assert.InRange(report.Last - report.SignedUpTo, 0, 10);
        Assert.Equal(60, journal.Audit.ReadAll().Count(row => row.Kind == AuditKinds.Commit));
        Assert.Equal(100, journal.Audit.ReadAll().Count(row => row.Kind == AuditKinds.Administration));
    }

    [Fact]
    public async Task A_batch_that_is_taken_back_takes_its_rows_with_it_and_the_chain_goes_on()
    {
        await using var journal = _place.Open();
        await AuditPlace.FillAsync(journal, 3);

        // The second commit of the batch is one that there is already, so the first is taken back with it.
        await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync([AuditPlace.Commit(4), AuditPlace.Commit(2)], Token));
        await AuditPlace.FillAsync(journal, 2);

        Assert.Equal([1, 2, 3, 4, 5], journal.Audit.ReadAll().Select(row => row.Revision!.Value));
        Assert.Empty(Verify(journal.Audit.ReadAll()).Problems);
    }

    [Fact]
    public async Task Good_and_bad_batches_in_one_flush_leave_a_chain_without_the_bad_ones()
    {
        await using var journal = _place.Open();
        var batches = Enumerable.Range(1, 200).Select(number => AppendAsync(journal, number % 3 == 0 ? 1 : number - (number / 3))).ToList();
        var outcomes = await Task.WhenAll(batches);

        Assert.Contains(false, outcomes);
        Assert.Equal(outcomes.Count(isGood => isGood), journal.Audit.ReadAll().Count(row => row.Kind == AuditKinds.Commit));
        Assert.Empty(Verify(journal.Audit.ReadAll()).Problems);
    }

    [Fact]
    public async Task A_flush_that_fails_takes_the_rows_of_all_its_batches_back_and_the_chain_goes_on()
    {
        await using var journal = _place.Open();
        await AuditPlace.FillAsync(journal, 3);
        var connection = _place.Connect();
        var isFailing = true;
        SQLitePCL.raw.sqlite3_commit_hook(connection.Handle, _ => isFailing ? Fail(ref isFailing) : 0, null);
        await using (var writer = new SqliteWriter(new SqliteWriteConnection(connection), _place.JournalPath))
        {
            var chain = new AuditChain(writer.Connection, _place.Options, signer: null);
            Task RecordAsync(string principal) => writer.WriteAsync(() => chain.Append(new AuditEntry(AuditKinds.Administration, AuditEntry.Begun, principal, "unix")), Token);
            await Assert.ThrowsAsync<JournalException>(() => RecordAsync("uid:1"));
            await Task.WhenAll(RecordAsync("uid:2"), RecordAsync("uid:3"));
        }

        Assert.Equal(["uid:0", "uid:0", "uid:0", "uid:2", "uid:3"], journal.Audit.ReadAll().Select(row => row.Principal));
        Assert.Empty(Verify(journal.Audit.ReadAll()).Problems);
    }

    [Fact]
    public async Task What_cannot_be_audited_does_not_happen()
    {
        await using var journal = _place.Open();
        await AuditPlace.FillAsync(journal, 2);
        _place.Execute("CREATE TRIGGER deaf BEFORE INSERT ON audit BEGIN SELECT RAISE(FAIL, 'no audit'); END");

        await Assert.ThrowsAsync<JournalException>(() => AuditPlace.FillAsync(journal, 1));
        await Assert.ThrowsAsync<JournalException>(() => journal.Audit.RecordAsync(new AuditEntry(AuditKinds.Backup, AuditEntry.Begun, "uid:0", "unix"), Token));

        Assert.Equal(2, journal.LastRevision(AuditPlace.Module).Value);
        _place.Execute("DROP TRIGGER deaf");
        await AuditPlace.FillAsync(journal, 1);
        Assert.Equal([1, 2, 3], journal.Audit.ReadAll().Select(row => row.Sequence));
        Assert.Empty(Verify(journal.Audit.ReadAll()).Problems);
    }

    [Fact]
    public async Task The_chain_goes_on_over_openings_with_the_same_key()
    {
        for (var opening = 0; opening < 3; opening++)
        {
            await using var journal = _place.Open();
            await journal.BeginAuditAsync(Assert.Fail);
            await AuditPlace.FillAsync(journal, 3);
        }

        await using var last = _place.Open();
        var report = Verify(last.Audit.ReadAll(), AuditKey.FromPem(last.Audit.PublicKeys));
        Assert.Empty(report.Problems);
        Assert.Equal(report.Last, report.SignedUpTo);
        Assert.Single(report.Keys);
        Assert.Equal(3, last.Audit.ReadAll().Count(row => row.Kind == AuditKinds.Stop));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_place.State, AuditSigner.KeyFile)));
    }

    [Fact]
    public async Task Texts_from_outside_stay_one_line_and_bounded()
    {
        await using var journal = _place.Open();
        await journal.Audit.RecordAsync(
            new AuditEntry(AuditKinds.Administration, AuditEntry.Begun, "user:\u0000a\nb\ud800", "unix\r") { Detail = new string('x', 5000), Paths = [.. Enumerable.Range(0, 50).Select(number => $"p\n{number}")] },
            Token);

        var row = Assert.Single(journal.Audit.Find(new AuditQuery()));
        Assert.Equal(("user: a b ", "unix ", AuditEntry.MaxText), (row.Principal, row.Gateway, row.Detail.Length));
        Assert.Equal(TouchedPaths.MaxPaths, row.Paths.Count);
        Assert.Equal("p 0", row.Paths[0]);
        Assert.Equal(row.ComputeHash(), row.Hash);
    }

    [Fact]
    public async Task A_storm_of_refusals_is_a_few_rows_and_none_is_lost()
    {
        await using (var journal = _place.Open())
        {
            await journal.BeginAuditAsync(Assert.Fail);
            await Task.WhenAll(Enumerable.Range(0, 5000).Select(number => journal.Audit.RecordAsync(
                new AuditEntry(AuditKinds.LoginFailed, "unauthenticated", number % 2 == 0 ? "user:anna" : $"user:{number}", "http") { Address = "192.0.2.9" }, Token)));
        }

        await using var again = _place.Open();
        var rows = again.Audit.ReadAll().Where(row => row.Kind == AuditKinds.LoginFailed).ToList();
        Assert.InRange(rows.Count, AuditRepeats.MaxTold, 2 * (AuditRepeats.MaxTold + 1));
        Assert.Equal(5000, rows.Sum(row => row.Count));
        Assert.Equal(2500, rows.Where(row => row.Principal == "user:anna").Sum(row => row.Count));
    }

    [Fact]
    public async Task Rows_are_found_by_who_what_where_and_when()
    {
        await using var journal = _place.Open();
        await journal.AppendAsync([AuditPlace.Commit(1, "uid:5"), AuditPlace.Commit(2, "uid:6"), AuditPlace.Commit(3, "uid:5")], Token);
        await journal.Audit.RecordAsync(new AuditEntry(AuditKinds.Backup, AuditEntry.Begun, "uid:5", "unix"), Token);
        long[] Found(AuditQuery query) => [.. journal.Audit.Find(query).Select(row => row.Sequence)];

        Assert.Equal([4, 3, 1], Found(new AuditQuery { Principal = "uid:5" }));
        Assert.Equal([3, 1], Found(new AuditQuery { Principal = "uid:5", Module = "network" }));
        Assert.Equal([4], Found(new AuditQuery { Kind = AuditKinds.Backup }));
        Assert.Equal([3, 2], Found(new AuditQuery { Before = 4, Count = 2 }));
        var second = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_002);
        Assert.Equal([2], Found(new AuditQuery { Since = second, Until = second.AddMilliseconds(1) }));
    }

    // A hook that answers with something else than 0 makes the COMMIT fail.
    private static int Fail(ref bool isFailing)
    {
        isFailing = false;
        return 1;
    }

    private static async Task<bool> AppendAsync(SqliteJournal journal, int revision)
    {
        try
        {
            await journal.AppendAsync([AuditPlace.Commit(revision) with { TransactionId = null, Origin = new CommitOrigin("uid:0", "unix", "", null) }], Token);
            return true;
        }
        catch (JournalException)
        {
            return false;
        }
    }

    private static AuditReport Verify(IEnumerable<AuditRow> rows, IEnumerable<string>? keys = null)
    {
        var verifier = new AuditVerifier(keys);
        foreach (var row in rows)
        {
            verifier.Add(row);
        }

        return verifier.Report();
    }
}
