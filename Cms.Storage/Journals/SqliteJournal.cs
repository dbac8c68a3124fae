using Cms.Formats.Modules;
using Cms.Storage.Audit;
using Cms.Storage.Confirmations;
using Cms.Storage.Keys;
using Cms.Storage.Topics;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Journals;

/// <summary>The embedded journal: one SQLite file in WAL mode, flushed to disk at every group of commits.</summary>
/// <remarks>Its stores share one writer, <see cref="SqliteWriter"/>, and one reader of short answers, <see cref="SqliteQueries"/>.</remarks>
public sealed class SqliteJournal : IJournal
{
    private readonly SqliteWriter _writer;
    private readonly SqliteQueries _queries;
    private readonly SqliteAppender _appender;
    private readonly SqliteSnapshots _snapshots;
    private readonly SqliteRetention _retention;
    private readonly SqliteReader _reader;
    private readonly SqliteConfirmationStore _confirmations;
    private readonly SqliteAuditLog _audit;

    private SqliteJournal(string path, SqliteConnection connection, OpenedJournal opened, AuditOptions audit)
    {
        (Id, Epoch) = (opened.Id, opened.Epoch);
        _queries = new SqliteQueries(path);
        _reader = new SqliteReader(_queries, opened.LastUnverifiedEpoch, RemovedUpTo);
        _writer = new SqliteWriter(new SqliteWriteConnection(connection), path);
        _audit = new SqliteAuditLog(_writer, _queries, audit);
        _snapshots = new SqliteSnapshots(_writer, _queries);
        _retention = new SqliteRetention(_writer, _queries, _snapshots, _audit.Chain);
        _appender = new SqliteAppender(_writer.Connection, opened.Epoch, opened.LastCommitId, _snapshots.Note, _audit.Chain);
        Sealing = new SqliteHistorySealing(_writer, _queries, _appender, _snapshots);
        Messages = new SqliteMessageStore(_writer, _queries);
        _confirmations = new SqliteConfirmationStore(_writer, _queries);
        Keys = new SqliteKeyStore(_writer, _queries);
    }

    /// <inheritdoc/>
    public Guid Id { get; }

    /// <inheritdoc/>
    public long Epoch { get; }

    /// <inheritdoc/>
    public ISnapshotStore Snapshots => _snapshots;

    /// <inheritdoc/>
    public IHistoryRetention Retention => _retention;

    /// <inheritdoc/>
    public IHistorySealing Sealing { get; }

    /// <inheritdoc/>
    public IConfirmationStore Confirmations => _confirmations;

    /// <summary>Who did what; every commit of this journal is in it.</summary>
    public IAuditLog Audit => _audit;

    /// <summary>The messages of application topics.</summary>
    public IMessageStore Messages { get; }

    /// <summary>The wrapped data keys.</summary>
    public IKeyStore Keys { get; }

    /// <summary>Opens the journal, creating it when it is missing; an unfinished transaction of a killed process is undone by SQLite.</summary>
    /// <param name="path">The database file; its directory must exist and not be on a network file system.</param>
    /// <param name="idIfNew">The id a new journal gets.</param>
    /// <param name="audit">How the audit log is kept; null for that of a copy, which is neither signed nor archived.</param>
    /// <exception cref="JournalException">The file cannot be opened, is damaged, or is of a later format.</exception>
    public static SqliteJournal Open(string path, Guid idIfNew, AuditOptions? audit = null)
    {
        SqliteLibrary.Bind();
        CreatePrivate(path);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            return new SqliteJournal(path, connection, SqliteSchema.Open(connection, idIfNew), audit ?? new AuditOptions(TimeProvider.System));
        }
        catch (SqliteException failure)
        {
            connection.Dispose();
            throw failure.SqliteErrorCode == SqliteErrors.Full ? new JournalFullException(path, failure)
                : failure.SqliteErrorCode is SqliteErrors.Corrupt or SqliteErrors.NotADatabase
                ? JournalException.Damaged(path, $"the journal cannot be opened: {failure.Message}", failure)
                : new JournalException($"{path}: the journal cannot be opened: {failure.Message}", failure);
        }
    }

    // SQLite gives its log the access bits of the database, which it would make readable for all.
    private static void CreatePrivate(string path)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }

    /// <summary>Copies the whole journal as of one moment into a new file, while commits go on.</summary>
    /// <param name="path">Must not be there.</param>
    /// <returns>Each module with the revision that the copy has.</returns>
    /// <exception cref="JournalException">The copy could not be made; what there is of it is the caller's to remove.</exception>
    public IReadOnlyDictionary<ModuleName, Revision> CopyTo(string path)
    {
        CreatePrivate(path);
        try
        {
            _ = _queries.Stream("VACUUM INTO $path", null, row => row.FieldCount, ("$path", path)).ToList();
        }
        catch (JournalException failure) when (failure.InnerException is SqliteException { SqliteErrorCode: SqliteErrors.Full or SqliteErrors.InputOutput } && DiskRoom.IsFull(Path.GetDirectoryName(path)!))
        {
            throw new JournalFullException(path, failure.InnerException);
        }

        using var copy = new SqliteQueries(path);
        return copy.Query(
            "SELECT namespace, name, (SELECT MAX(revision) FROM commits WHERE module = modules.id) FROM modules WHERE EXISTS (SELECT 1 FROM commits WHERE module = modules.id)",
            null,
            row => (Module: new ModuleName(row.GetString(0), row.GetString(1)), Revision: new Revision(row.GetInt64(2)))).ToDictionary(module => module.Module, module => module.Revision);
    }

    private Revision RemovedUpTo(ModuleName module) => _retention.RemovedUpTo(module);

    /// <inheritdoc/>
    public IReadOnlyList<ModuleName> Modules() => _reader.Modules();

    /// <inheritdoc/>
    public Revision LastRevision(ModuleName module) => _reader.LastRevision(module);

    /// <inheritdoc/>
    public IEnumerable<JournaledCommit> Read(ModuleName module, Revision after, Revision upTo) => _reader.Read(module, after, upTo);

    /// <inheritdoc/>
    public IReadOnlyList<CommitHead> History(ModuleName module, int count) => _reader.History(module, count);

    /// <inheritdoc/>
    public IReadOnlyList<CommitHead> Heads(ModuleName module, Revision after, Revision upTo, int count) => _reader.Heads(module, after, upTo, count);

    /// <inheritdoc/>
    public CommitHead? FindRequest(ModuleName module, string requestId) => _reader.FindRequest(module, requestId);

    /// <inheritdoc/>
    public IReadOnlyList<CommitHead> FindTransaction(string transactionId) => _reader.FindTransaction(transactionId);

    /// <inheritdoc/>
    public CommitHead? FindLastRequest(ModuleName module, string prefix) => _reader.FindLastRequest(module, prefix);

    /// <inheritdoc/>
    public FileRecord? FindFile(ModuleName module) => _reader.FindFile(module);

    /// <inheritdoc/>
    public IReadOnlyList<FileConflict> Conflicts(int count) => _reader.Conflicts(count);

    /// <inheritdoc/>
    public Task AppendAsync(IReadOnlyList<CommitRecord> commits, CancellationToken stopWaiting)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(commits.Count, JournalLimits.MaxBatch);
        return _writer.WriteAsync(
            () =>
            {
                foreach (var commit in commits)
                {
                    _appender.Insert(commit);
                    if (commit.Confirmation is { } terms)
                    {
                        _confirmations.Insert(terms, commit.Module, commit.Revision);
                    }
                }
            },
            stopWaiting);
    }

    /// <inheritdoc/>
    public Task SetFileAsync(ModuleName module, FileRecord file, CancellationToken stopWaiting) =>
        _writer.WriteAsync(() => _appender.SetFile(module, file), stopWaiting);

    /// <inheritdoc/>
    public Task AddConflictAsync(FileConflict conflict, CancellationToken stopWaiting) =>
        _writer.WriteAsync(() => _appender.AddConflict(conflict), stopWaiting);

    /// <summary>Records that the journal was opened by its owner; from then on the audit log signs by time, and its end is recorded too.</summary>
    /// <param name="failed">Told what the audit log could not do in the background, which it tries again.</param>
    /// <exception cref="JournalException">It could not be recorded.</exception>
    public Task BeginAuditAsync(Action<string> failed) => _audit.BeginAsync(failed);

    /// <summary>Finishes what was handed in, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await _audit.DisposeAsync();
        await _writer.DisposeAsync();
        _queries.Dispose();
        _snapshots.Dispose();
    }
}
