using Cms.Formats.Modules;
using Cms.Storage.Audit;
using Cms.Storage.Journals;
using Microsoft.Data.Sqlite;

namespace Cms.Tests.Audit;

/// <summary>A state directory with a journal whose audit log is signed.</summary>
internal sealed class AuditPlace : IDisposable
{
    public static readonly ModuleName Module = new("network");

    private readonly string _directory = Directory.CreateTempSubdirectory("cms-audit-").FullName;

    public string State => _directory;

    public string JournalPath => Path.Combine(_directory, "journal.db");

    public AuditOptions Options { get; init; } = new(TimeProvider.System);

    public SqliteJournal Open() => SqliteJournal.Open(JournalPath, new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), Options with { Directory = _directory });

    /// <summary>A commit of one option.</summary>
    public static CommitRecord Commit(long revision, string principal = "uid:0") => new(
        Module,
        new Revision(revision),
        DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000 + revision),
        new CommitOrigin(principal, "unix cms[1]", $"commit {revision}", $"request-{revision}") { Address = "192.0.2.7" },
        [new ModuleChange.OptionSet(new SectionId(1), "mtu", ConfigValue.FromText($"{revision}"))])
    {
        Paths = ["lan.mtu"],
        TransactionId = $"transaction-{revision}",
    };

    /// <summary>Writes commits from the one after the last on.</summary>
    public static async Task FillAsync(SqliteJournal journal, int count)
    {
        var last = journal.LastRevision(Module).Value;
        for (var index = 1; index <= count; index++)
        {
            await journal.AppendAsync([Commit(last + index)], CancellationToken.None);
        }
    }

    /// <summary>Does to the file what only somebody at the disk can.</summary>
    public int Execute(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteNonQuery();
    }

    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = JournalPath, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
