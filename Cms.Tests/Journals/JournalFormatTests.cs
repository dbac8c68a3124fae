using Cms.Formats.Modules;
using Cms.Storage.Journals;
using Xunit;

namespace Cms.Tests.Journals;

/// <summary>What the journal's file is on disk, so that every later version reads it.</summary>
public sealed class JournalFormatTests : IDisposable
{
    private static readonly ModuleName Module = new("network");
    private static readonly ModuleChange[] Changes = [new ModuleChange.SectionAdded(new(1), "t", null)];
    private readonly string _directory = Directory.CreateTempSubdirectory("cms-journal-").FullName;

    private string JournalPath => Path.Combine(_directory, "journal.db");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_checksum_of_a_row_never_changes()
    {
        var checksum = new RowChecksum();
        checksum.Add(0x0102030405060708);
        checksum.Add((string?)null);
        checksum.Add("n\u00e9tw\0rk");
        checksum.Add([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);

        Assert.Equal(0xF2C9D007, checksum.Value);
        Assert.Equal(0x29148A8C, RowChecksum.Of("123456789"u8));
    }

    [Fact]
    public async Task A_journal_of_format_1_is_read_and_goes_on_with_checksums()
    {
        await SqliteJournal.Open(JournalPath, Guid.Empty).DisposeAsync();
        Execute(
            """
            DROP TABLE commits;
            CREATE TABLE commits(
                module INTEGER NOT NULL, revision INTEGER NOT NULL, part INTEGER NOT NULL, part_count INTEGER NOT NULL,
                epoch INTEGER NOT NULL, commit_id INTEGER NOT NULL, transaction_id TEXT, request_id TEXT,
                time INTEGER NOT NULL, principal TEXT NOT NULL, gateway TEXT NOT NULL, message TEXT NOT NULL,
                change_count INTEGER NOT NULL, payload BLOB NOT NULL,
                PRIMARY KEY(module, revision, part)) WITHOUT ROWID;
            UPDATE meta SET value = 1 WHERE key = 'format';
            INSERT INTO modules(namespace, name) VALUES('', 'network');
            INSERT INTO commits VALUES(1, 1, 0, 1, 1, 1, NULL, 'r1', 86400000, 'uid:0', 'unix', 'first', 1, x'07080112030a0174');
            """);
        await using (var journal = SqliteJournal.Open(JournalPath, Guid.Empty))
        {
            Assert.Equal(Changes, journal.Read(Module, Revision.None, new(1)).Single().Changes);
            Assert.Equal("first", journal.FindRequest(Module, "r1")!.Origin.Message);
            await journal.AppendAsync([Commit(2)], CancellationToken.None);
        }

        await using var again = SqliteJournal.Open(JournalPath, Guid.Empty);
        Assert.Equal([1, 2], again.Read(Module, Revision.None, new(2)).Select(commit => commit.Revision.Value));
        Assert.Equal((2L, 1L, 1L), (Scalar("SELECT value FROM meta WHERE key = 'format'"), Scalar("SELECT COUNT(*) FROM commits WHERE checksum IS NULL"), Scalar("SELECT COUNT(*) FROM commits WHERE checksum IS NOT NULL")));

        // A later row has lost its checksum: that is damage, not age.
        Execute("UPDATE commits SET checksum = NULL, payload_checksum = NULL WHERE revision = 2");
        Assert.Throws<JournalException>(() => again.History(Module, 1));
    }

    [Fact]
    public async Task Heads_are_verified_without_their_payloads()
    {
        await using var journal = SqliteJournal.Open(JournalPath, Guid.Empty);
        await journal.AppendAsync([Commit(1)], CancellationToken.None);
        Execute("UPDATE commits SET payload = x'ff'");
        Assert.Single(journal.History(Module, 1));

        Execute("UPDATE commits SET principal = 'uid:7'");
        Assert.Contains("revision 1", Assert.Throws<JournalException>(() => journal.History(Module, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("cmsd repair", Assert.Throws<JournalException>(() => journal.FindRequest(Module, "r1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_makes_no_sense_is_a_clear_fault_with_the_path()
    {
        await using (var journal = SqliteJournal.Open(JournalPath, Guid.Empty))
        {
            foreach (var revision in Enumerable.Range(1, 2000))
            {
                await journal.AppendAsync([Commit(revision)], CancellationToken.None);
            }
        }

        await using (var file = File.OpenWrite(JournalPath))
        {
            // The first pages stay, so that the file opens.
            for (var page = 32; page < file.Length / 4096; page++)
            {
                file.Position = page * 4096L;
                await file.WriteAsync(new byte[] { 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee }, TestContext.Current.CancellationToken);
            }
        }

        await using var damaged = SqliteJournal.Open(JournalPath, Guid.Empty);
        var failure = Assert.Throws<JournalException>(() => damaged.Read(Module, Revision.None, new(2000)).ToList());
        Assert.Contains(JournalPath, failure.Message, StringComparison.Ordinal);
        Assert.Contains("cmsd check", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_file_can_give_pages_back()
    {
        await SqliteJournal.Open(JournalPath, Guid.Empty).DisposeAsync();
        Assert.Equal(2L, Scalar("PRAGMA auto_vacuum"));
    }

    private static CommitRecord Commit(int revision) => new(
        Module, new(revision), DateTimeOffset.UnixEpoch, new CommitOrigin("uid:0", "unix", "", $"r{revision}"), [new ModuleChange.SectionAdded(new(revision), "t", null)]);

    private void Execute(string sql) => new JournalSql(JournalPath).Execute(sql);

    private object? Scalar(string sql) => new JournalSql(JournalPath).Scalar(sql);
}
