using Cms.Formats.Audit;
using Cms.Storage.Audit;
using Cms.Storage.Journals;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Cms.Tests.Audit;

/// <summary>Old rows go to archives, the chain goes on over them, and nothing is lost or doubled by a failure between two steps.</summary>
public sealed class AuditRotationTests : IDisposable
{
    private const int Rows = 2400;

    private readonly AuditPlace _place = new() { Options = new AuditOptions(TimeProvider.System) { Rows = 400, RowsPerSignature = 10 } };

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Old_rows_go_to_an_archive_and_everything_is_read_as_before()
    {
        await FillAsync();
        var before = await ReadAsync();
        await RotateAsync();

        var archive = Assert.Single(new AuditArchives(_place.State).List());
        Assert.Equal(1, archive.First);
        Assert.Equal(before, (await ReadAsync()).SkipLast(1));
        Assert.Contains($"rows 1 to {archive.Last}", (await ReadAsync())[^1], StringComparison.Ordinal);
        Assert.InRange(await CountAsync(), 190, 230);

        var verifier = new AuditVerifier();
        AuditArchives.Read(archive).ToList().ForEach(verifier.Add);
        Assert.Empty(verifier.Report().Problems);
        Assert.Equal(archive.Last, verifier.Report().SignedUpTo);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(archive.Path));
        await AssertIntactAsync();
    }

    [Fact]
    public async Task Rows_are_found_in_archives_behind_those_in_the_journal()
    {
        await FillAsync();
        var all = await ReadAsync();
        await RotateAsync();
        await RotateAsync(rows: 100);
        Assert.Equal(2, new AuditArchives(_place.State).List().Count);
        await using var journal = _place.Open();
        var found = journal.Audit.Find(new AuditQuery { Count = AuditQuery.LargestCount });
        Assert.Equal(journal.Audit.ReadAll().Reverse().Select(row => row.Sequence), found.Select(row => row.Sequence));
        Assert.True(found.Count > all.Count);
        Assert.Equal([12, 11, 10], journal.Audit.Find(new AuditQuery { Before = 13, Count = 3 }).Select(row => row.Sequence));
        Assert.Equal([3, 2, 1], journal.Audit.Find(new AuditQuery { Before = 4, Count = 10 }).Select(row => row.Sequence));
        var middle = found[found.Count / 2];
        Assert.All(journal.Audit.Find(new AuditQuery { Kind = AuditKinds.Signature, Until = middle.Time, Count = 500 }), row => Assert.True(row.Kind == AuditKinds.Signature && row.Time < middle.Time));
        Assert.Equal(found.Count(row => row.Kind == AuditKinds.Signature), journal.Audit.Find(new AuditQuery { Kind = AuditKinds.Signature, Count = AuditQuery.LargestCount }).Count);
        Assert.Equal(found.Take(300).Select(row => row.Sequence), journal.Audit.Find(new AuditQuery { Count = 300 }).Select(row => row.Sequence));
        Assert.Empty(journal.Audit.Find(new AuditQuery { Principal = "nobody", Count = 10 }));
    }

    [Theory]
    [InlineData("OLD.sequence = 1", 0)]
    [InlineData("OLD.sequence = 1500", 1000)]
    [InlineData("(SELECT COUNT(*) FROM audit WHERE kind = 'archive') > 0", 2000)]
    public async Task A_removal_that_is_cut_short_goes_on_at_the_next_start(string failsAt, int leastRemoved)
    {
        await FillAsync();
        var before = await ReadAsync();
        _place.Execute($"CREATE TRIGGER cut BEFORE DELETE ON audit WHEN {failsAt} BEGIN SELECT RAISE(FAIL, 'cut short'); END");
        await Assert.ThrowsAsync<JournalException>(RotateAsync);

        Assert.Equal(leastRemoved, Rows - await CountAsync());
        Assert.Equal(before, await ReadAsync());
        await AssertIntactAsync();

        _place.Execute("DROP TRIGGER cut");
        await RotateAsync();
        Assert.Single(new AuditArchives(_place.State).List());
        Assert.Equal(before, (await ReadAsync()).SkipLast(1));
        await AssertIntactAsync();
    }

    [Fact]
    public async Task An_archive_that_was_changed_before_its_rows_are_removed_has_them_stay()
    {
        await FillAsync();
        _place.Execute("CREATE TRIGGER cut BEFORE DELETE ON audit BEGIN SELECT RAISE(FAIL, 'cut short'); END");
        await Assert.ThrowsAsync<JournalException>(RotateAsync);
        _place.Execute("DROP TRIGGER cut");
        var archive = Assert.Single(new AuditArchives(_place.State).List());
        await File.WriteAllTextAsync(archive.Path, (await File.ReadAllTextAsync(archive.Path, TestContext.Current.CancellationToken)).Replace("commit 77\"", "commit 78\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        Assert.Contains("is not what the journal has", (await Assert.ThrowsAsync<JournalException>(RotateAsync)).Message, StringComparison.Ordinal);
        Assert.Equal(Rows, await CountAsync());
        await AssertIntactAsync();
    }

    [Fact]
    public async Task A_changed_or_missing_archive_is_found_and_one_that_is_removed_on_purpose_is_none()
    {
        await FillAsync();
        await RotateAsync();
        await FillAsync();
        await RotateAsync();
        var archives = new AuditArchives(_place.State).List();
        Assert.Equal(2, archives.Count);
        var second = await File.ReadAllTextAsync(archives[1].Path, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(archives[1].Path, second.Replace("commit 2500\"", "commit 2501\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.NotEmpty((await VerifyAsync()).Problems);
        await File.WriteAllTextAsync(archives[1].Path, second, TestContext.Current.CancellationToken);
        await AssertIntactAsync();

        File.Move(archives[0].Path, archives[0].Path + ".away");
        Assert.NotEmpty((await VerifyAsync()).Problems);
        File.Move(archives[0].Path + ".away", archives[0].Path);

        await RotateAsync(archivesKept: 1);
        Assert.Equal(archives[1].Path, Assert.Single(new AuditArchives(_place.State).List()).Path);
        await AssertIntactAsync();
    }

    [Fact]
    public async Task Rows_older_than_asked_go_to_an_archive()
    {
        await using (var journal = _place.Open())
        {
            await AuditPlace.FillAsync(journal, 100);
        }

        await RotateAsync(rows: 1_000_000);
        Assert.Empty(new AuditArchives(_place.State).List());
        await RotateAsync(rows: 1_000_000, days: 30);
        Assert.Single(new AuditArchives(_place.State).List());
        await AssertIntactAsync();
    }

    // Without a beginning, so that nothing is done in the background.
    private async Task FillAsync()
    {
        await using var journal = _place.Open();
        var last = journal.LastRevision(AuditPlace.Module).Value;
        while (await CountAsync() is var count && count < Rows)
        {
            var commits = Enumerable.Range(1, (int)Math.Min(50, Math.Max(1, (Rows - count) * 10 / 12))).Select(next => AuditPlace.Commit(last + next)).ToList();
            await journal.AppendAsync(commits, CancellationToken.None);
            last += commits.Count;
        }
    }

    private async Task RotateAsync() => await RotateAsync(archivesKept: 0);

    private async Task RotateAsync(int archivesKept = 0, int rows = 400, int days = 0)
    {
        var options = _place.Options with { Directory = _place.State, Archives = archivesKept, Rows = rows, Days = days };
        var connection = _place.Connect();
        await using var writer = new SqliteWriter(new SqliteWriteConnection(connection), _place.JournalPath);
        using var queries = new SqliteQueries(_place.JournalPath);
        using var signer = AuditSigner.Open(_place.State);
        var rotation = new AuditRotation(writer, queries, new AuditChain(writer.Connection, options, signer), new AuditArchives(_place.State), options);
        await rotation.RunAsync(CancellationToken.None);
    }

    private async Task<IReadOnlyList<string>> ReadAsync()
    {
        await using var journal = _place.Open();
        return [.. journal.Audit.ReadAll().Select(row => System.Text.Encoding.UTF8.GetString(AuditJson.ToLine(row)))];
    }

    private async Task<AuditReport> VerifyAsync()
    {
        await using var journal = _place.Open();
        return journal.Audit.Verify(null);
    }

    private async Task AssertIntactAsync() => Assert.Empty((await VerifyAsync()).Problems);

    private async Task<int> CountAsync()
    {
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _place.JournalPath, Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM audit";
        return (int)(long)(await command.ExecuteScalarAsync())!;
    }
}
