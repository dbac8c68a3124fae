using Cms.Formats.Modules;
using Cms.Storage.Journals;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Cms.Tests.Journals;

public sealed class SqliteJournalTests : JournalConformance, IDisposable
{
    private static readonly ModuleName Module = new("network");
    private readonly string _directory = Directory.CreateTempSubdirectory("cms-journal-").FullName;

    private string JournalPath => Path.Combine(_directory, "journal.db");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("DELETE FROM commits WHERE revision = 2", "revision 2")]
    [InlineData("DELETE FROM commits WHERE revision = 1", "revision 1")]
    [InlineData("UPDATE commits SET payload = x'ff' WHERE revision = 2", "revision 2")]
    [InlineData("UPDATE commits SET part_count = 2 WHERE revision = 3", "revision 3")]
    [InlineData("UPDATE commits SET part = 1 WHERE revision = 2", "revision 2")]
    [InlineData("DELETE FROM commits WHERE revision = 3", "revision 3")]
    [InlineData("UPDATE commits SET message = 'other' WHERE revision = 1", "revision 1")]
    [InlineData("UPDATE commits SET time = time + 1 WHERE revision = 3", "revision 3")]
    [InlineData("UPDATE commits SET checksum = NULL, payload_checksum = NULL WHERE revision = 2", "revision 2")]
    [InlineData("UPDATE commits SET payload = substr(payload, 1, length(payload) - 1) || x'31' WHERE revision = 2", "revision 2")]
    public async Task A_row_that_is_missing_or_damaged_is_named(string damage, string named)
    {
        await using var journal = Open();
        await journal.AppendAsync([Commit(Module, 1), Commit(Module, 2), Commit(Module, 3)], CancellationToken.None);
        Execute(damage);

        var failure = Assert.Throws<JournalException>(() => journal.Read(Module, Revision.None, new(3)).ToList());
        Assert.Contains("module network", failure.Message, StringComparison.Ordinal);
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_later_format_is_refused()
    {
        await Open().DisposeAsync();
        Execute("UPDATE meta SET value = 99 WHERE key = 'format'");

        Assert.Contains("99", Assert.Throws<JournalException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_journal_is_refused()
    {
        File.WriteAllText(JournalPath, new string('x', 5000));

        Assert.Contains(JournalPath, Assert.Throws<JournalException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_module_first_seen_in_a_transaction_that_ended_by_itself_is_born_again()
    {
        await using var journal = Open();
        var connection = new SqliteConnection($"Data Source={JournalPath};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        using var writing = new SqliteWriteConnection(connection);
        var appender = new SqliteAppender(writing, epoch: 1, lastCommitId: 0);
        writing.Begin();
        appender.Insert(Commit(Module, 1));
        using (var rollback = connection.CreateCommand())
        {
            rollback.CommandText = "ROLLBACK";
            await rollback.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        writing.TakeBack();
        writing.Begin();
        appender.Insert(Commit(Module, 1));
        writing.Commit();

        Assert.Equal([Module], journal.Modules());
    }

    [Fact]
    public async Task What_a_commit_that_failed_may_have_left_is_written_over()
    {
        await using (Open())
        {
            var connection = new SqliteConnection($"Data Source={JournalPath};Pooling=False");
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            var isFailing = true;
            SQLitePCL.raw.sqlite3_commit_hook(connection.Handle, _ => isFailing ? Fail(ref isFailing) : 0, null);
            await using var writer = new SqliteWriter(new SqliteWriteConnection(connection), JournalPath);
            await Assert.ThrowsAsync<JournalException>(() => writer.WriteAsync(() => writer.Connection.KeyOf(Module), CancellationToken.None));
        }

        Execute("UPDATE meta SET value = 2 WHERE key = 'settled' AND value = 1");
    }

    // A hook that answers with something else than 0 makes the COMMIT fail.
    private static int Fail(ref bool isFailing)
    {
        isFailing = false;
        return 1;
    }

    private protected override IJournal Open() => SqliteJournal.Open(JournalPath, new Guid("6f1c2a52-7f0e-4c5b-9d43-0a8b7c6d5e4f"));

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={JournalPath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Only constants of this file come here.
        command.CommandText = sql;
#pragma warning restore CA2100
        Assert.True(command.ExecuteNonQuery() > 0);
    }
}
