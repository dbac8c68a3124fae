using System.Threading.Channels;
using Cms.Formats.Modules;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Journals;

/// <summary>The embedded journal: one SQLite file in WAL mode, flushed to disk at every group of commits.</summary>
/// <remarks>
/// One loop writes. It takes every append that waits, puts each under a savepoint of its own so that a bad one
/// fails alone, and makes them durable with one flush; while the disk works the next group gathers.
/// </remarks>
public sealed class SqliteJournal : IJournal
{
    private readonly SqliteConnection _connection;
    private readonly SqliteAppender _appender;
    private readonly SqliteReader _reader;
    private readonly Channel<Write> _writes = Channel.CreateBounded<Write>(
        new BoundedChannelOptions(JournalLimits.MaxWaiting) { SingleReader = true });

    private readonly Task _loop;

    private SqliteJournal(string path, SqliteConnection connection, (Guid Id, long Epoch, long LastCommitId) opened)
    {
        (Id, Epoch) = (opened.Id, opened.Epoch);
        _connection = connection;
        _appender = new SqliteAppender(connection, opened.Epoch, opened.LastCommitId);
        _reader = new SqliteReader(path);
        _loop = Task.Run(WriteLoopAsync);
    }

    /// <inheritdoc/>
    public Guid Id { get; }

    /// <inheritdoc/>
    public long Epoch { get; }

    /// <summary>Opens the journal, creating it when it is missing; an unfinished transaction of a killed process is undone by SQLite.</summary>
    /// <param name="path">The database file; its directory must exist and not be on a network file system.</param>
    /// <param name="idIfNew">The id a new journal gets.</param>
    /// <exception cref="JournalException">The file cannot be opened, is damaged, or is of a later format.</exception>
    public static SqliteJournal Open(string path, Guid idIfNew)
    {
        SqliteLibrary.Bind();
        CreatePrivate(path);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            return new SqliteJournal(path, connection, SqliteSchema.Open(connection, idIfNew));
        }
        catch (SqliteException failure)
        {
            connection.Dispose();
            throw new JournalException($"{path}: the journal cannot be opened: {failure.Message}", failure);
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

    /// <inheritdoc/>
    public IReadOnlyList<ModuleName> Modules() => _reader.Modules();

    /// <inheritdoc/>
    public Revision LastRevision(ModuleName module) => _reader.LastRevision(module);

    /// <inheritdoc/>
    public IEnumerable<JournaledCommit> Read(ModuleName module, Revision after, Revision upTo) => _reader.Read(module, after, upTo);

    /// <inheritdoc/>
    public IReadOnlyList<CommitHead> History(ModuleName module, int count) => _reader.History(module, count);

    /// <inheritdoc/>
    public CommitHead? FindRequest(ModuleName module, string requestId) => _reader.FindRequest(module, requestId);

    /// <inheritdoc/>
    public FileRecord? FindFile(ModuleName module) => _reader.FindFile(module);

    /// <inheritdoc/>
    public IReadOnlyList<FileConflict> Conflicts(int count) => _reader.Conflicts(count);

    /// <inheritdoc/>
    public Task AppendAsync(IReadOnlyList<CommitRecord> commits, CancellationToken stopWaiting)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(commits.Count, JournalLimits.MaxBatch);
        return WriteAsync(
            appender =>
            {
                foreach (var commit in commits)
                {
                    appender.Insert(commit);
                }
            },
            stopWaiting);
    }

    /// <inheritdoc/>
    public Task SetFileAsync(ModuleName module, FileRecord file, CancellationToken stopWaiting) =>
        WriteAsync(appender => appender.SetFile(module, file), stopWaiting);

    /// <inheritdoc/>
    public Task AddConflictAsync(FileConflict conflict, CancellationToken stopWaiting) =>
        WriteAsync(appender => appender.AddConflict(conflict), stopWaiting);

    /// <summary>Finishes what was handed in, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _loop;
        _appender.Dispose();
        _reader.Dispose();
        await _connection.DisposeAsync();
    }

    private async Task WriteAsync(Action<SqliteAppender> action, CancellationToken stopWaiting)
    {
        var write = new Write(action);
        await _writes.Writer.WriteAsync(write, stopWaiting);
        await write.Done.Task.WaitAsync(stopWaiting);
    }

    private async Task WriteLoopAsync()
    {
        var group = new List<Write>();
        while (await _writes.Reader.WaitToReadAsync())
        {
            while (group.Count < JournalLimits.MaxBatch && _writes.Reader.TryRead(out var write))
            {
                group.Add(write);
            }

            Flush(group);
            group.Clear();
        }
    }

    private void Flush(List<Write> group)
    {
        try
        {
            _appender.Begin();
            var failures = group.ConvertAll(write => _appender.TryWrite(write.Action));
            _appender.Commit();
            for (var index = 0; index < group.Count; index++)
            {
                Complete(group[index], failures[index]);
            }
        }
        catch (SqliteException failure)
        {
            group.ForEach(write => Complete(write, failure));
            TakeBack();
        }
    }

    // A transaction that cannot be taken back now makes the next BEGIN fail, and is taken back then.
    private void TakeBack()
    {
        try
        {
            _appender.TakeBack();
        }
        catch (SqliteException)
        {
            // The callers have been told of the failure that led here.
        }
    }

    private static void Complete(Write write, Exception? failure)
    {
        if (failure is null)
        {
            write.Done.SetResult();
        }
        else
        {
            write.Done.SetException(new JournalException($"the journal could not be written: {failure.Message}", failure));
        }
    }

    private sealed record Write(Action<SqliteAppender> Action)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
