using Cms.Formats.Modules;
using Cms.Storage.Journals;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Confirmations;

/// <summary>Confirmations in the journal's file.</summary>
/// <remarks>May be called from any thread, save <see cref="Insert"/>, which is called within batches of the journal's writer.</remarks>
internal sealed class SqliteConfirmationStore : IConfirmationStore
{
    /// <summary>The tables of this store.</summary>
    public const string Tables = """
        CREATE TABLE IF NOT EXISTS confirmations(
            id TEXT PRIMARY KEY, principal TEXT NOT NULL, time INTEGER NOT NULL, probe TEXT, boot_id TEXT NOT NULL, deadline_ms INTEGER NOT NULL,
            remaining_ms INTEGER NOT NULL, state INTEGER NOT NULL, result TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS confirmations_open ON confirmations(state) WHERE state = 0;
        CREATE TABLE IF NOT EXISTS confirmed_commits(
            module INTEGER NOT NULL, revision INTEGER NOT NULL, confirmation TEXT NOT NULL, PRIMARY KEY(module, revision)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS confirmed_commits_by_confirmation ON confirmed_commits(confirmation);
        """;

    /// <summary>How many ended ones are kept for people to look at.</summary>
    private const int KeptEnded = 1000;

    private const string Columns = "id, principal, time, probe, boot_id, deadline_ms, remaining_ms, state, result";

    private readonly SqliteWriter _writer;
    private readonly SqliteQueries _queries;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _insertCommit;
    private readonly SqliteCommand _setDeadline;
    private readonly SqliteCommand _end;
    private readonly SqliteCommand _forgetCommits;
    private readonly SqliteCommand _forget;

    public SqliteConfirmationStore(SqliteWriter writer, SqliteQueries queries)
    {
        (_writer, _queries) = (writer, queries);
        var connection = writer.Connection;
        _insert = connection.Prepare(
            $"INSERT OR IGNORE INTO confirmations({Columns}) VALUES($id, $principal, $time, $probe, $boot, $deadline, $remaining, 0, '')",
            "$id", "$principal", "$time", "$probe", "$boot", "$deadline", "$remaining");
        _insertCommit = connection.Prepare("INSERT INTO confirmed_commits VALUES($module, $revision, $id)", "$module", "$revision", "$id");
        _setDeadline = connection.Prepare(
            "UPDATE confirmations SET boot_id = $boot, deadline_ms = $deadline, remaining_ms = $remaining WHERE id = $id AND state = 0",
            "$id", "$boot", "$deadline", "$remaining");
        _end = connection.Prepare("UPDATE confirmations SET state = $state, result = $result WHERE id = $id AND state = 0", "$id", "$state", "$result");
        var old = $"SELECT id FROM confirmations WHERE state <> 0 ORDER BY rowid DESC LIMIT -1 OFFSET {KeptEnded}";
        _forgetCommits = connection.Prepare($"DELETE FROM confirmed_commits WHERE confirmation IN ({old})");
        _forget = connection.Prepare($"DELETE FROM confirmations WHERE id IN ({old})");
    }

    public IReadOnlyList<StoredConfirmation> Open() => WithCommits(_queries.Query($"SELECT {Columns} FROM confirmations WHERE state = 0 ORDER BY rowid", null, ToConfirmation));

    public IReadOnlyList<StoredConfirmation> Ended(int count) => WithCommits(_queries.Query(
        $"SELECT {Columns} FROM confirmations WHERE state <> 0 ORDER BY rowid DESC LIMIT $count", null, ToConfirmation, ("$count", count)));

    public StoredConfirmation? Find(string id) => WithCommits(_queries.Query(
        $"SELECT {Columns} FROM confirmations WHERE id = $id", null, ToConfirmation, ("$id", id))).SingleOrDefault();

    public string? FindByCommit(ModuleName module, Revision revision) => _queries.Query(
        $"SELECT confirmation FROM confirmed_commits WHERE module = {SqliteQueries.ModuleKey} AND revision = $revision",
        module,
        row => row.GetString(0),
        ("$revision", revision.Value)).SingleOrDefault();

    public Revision? NeededState(ModuleName module) => _queries.Query(
        $"""
        SELECT MIN(revision) FROM confirmed_commits
        WHERE module = {SqliteQueries.ModuleKey} AND confirmation IN (SELECT id FROM confirmations WHERE state = 0)
        """,
        module,
        row => row.IsDBNull(0) ? (Revision?)null : new Revision(row.GetInt64(0) - 1))[0];

    public Task SetDeadlinesAsync(IReadOnlyDictionary<string, BootDeadline> deadlines, CancellationToken stopWaiting) => _writer.WriteAsync(
        () =>
        {
            foreach (var (id, deadline) in deadlines)
            {
                Run(_setDeadline, ("$id", id), ("$boot", deadline.BootId), ("$deadline", Milliseconds(deadline.At)), ("$remaining", Milliseconds(deadline.Remaining)));
            }
        },
        stopWaiting);

    public Task EndAsync(string id, ConfirmationState state, string result, CancellationToken stopWaiting) => _writer.WriteAsync(
        () =>
        {
            Run(_end, ("$id", id), ("$state", (int)state), ("$result", result));
            Run(_forgetCommits);
            Run(_forget);
        },
        stopWaiting);

    /// <summary>Opens a confirmation with its first commit, or adds a commit to one of the same transaction.</summary>
    public void Insert(ConfirmationTerms terms, ModuleName module, Revision revision)
    {
        Run(
            _insert,
            ("$id", terms.Id),
            ("$principal", terms.Principal),
            ("$time", terms.Time.ToUnixTimeMilliseconds()),
            ("$probe", (object?)terms.Probe ?? DBNull.Value),
            ("$boot", terms.Deadline.BootId),
            ("$deadline", Milliseconds(terms.Deadline.At)),
            ("$remaining", Milliseconds(terms.Deadline.Remaining)));
        Run(_insertCommit, ("$module", _writer.Connection.KeyOf(module)), ("$revision", revision.Value), ("$id", terms.Id));
    }

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;

    private static void Run(SqliteCommand command, params (string Name, object Value)[] parameters)
    {
        foreach (var (name, value) in parameters)
        {
            command.Parameters[name].Value = value;
        }

        command.ExecuteNonQuery();
    }

    private List<StoredConfirmation> WithCommits(List<StoredConfirmation> confirmations) =>
        confirmations.ConvertAll(confirmation => confirmation with { Commits = CommitsOf(confirmation.Terms.Id) });

    private List<ConfirmedCommit> CommitsOf(string id) => _queries.Query(
        """
        SELECT namespace, name, revision FROM confirmed_commits JOIN modules ON modules.id = confirmed_commits.module
        WHERE confirmation = $id ORDER BY namespace, name, revision
        """,
        null,
        row => new ConfirmedCommit(new ModuleName(row.GetString(0), row.GetString(1)), new Revision(row.GetInt64(2))),
        ("$id", id));

    private static StoredConfirmation ToConfirmation(SqliteDataReader row) => new(
        new ConfirmationTerms(
            row.GetString(0),
            row.GetString(1),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)),
            row.IsDBNull(3) ? null : row.GetString(3),
            new BootDeadline(row.GetString(4), TimeSpan.FromMilliseconds(row.GetInt64(5)), TimeSpan.FromMilliseconds(row.GetInt64(6)))),
        (ConfirmationState)row.GetInt32(7),
        row.GetString(8),
        []);
}
