using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Journals;

/// <summary>The one loop that writes to the journal's file, for all stores that are in it.</summary>
/// <remarks>
/// It takes every batch that waits, puts each under a savepoint of its own so that a bad one fails alone, and makes
/// them durable with one flush; while the disk works the next group gathers. Any thread may hand in batches.
/// </remarks>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private readonly Channel<Write> _writes = Channel.CreateBounded<Write>(
        new BoundedChannelOptions(JournalLimits.MaxWaiting) { SingleReader = true });

    private readonly string _path;
    private readonly Task _loop;

    /// <param name="connection">Becomes this writer's own.</param>
    /// <param name="path">The file, for messages.</param>
    public SqliteWriter(SqliteWriteConnection connection, string path)
    {
        _path = path;
        Connection = connection;
        _loop = Task.Run(WriteLoopAsync);
    }

    /// <summary>Where batches write; only a batch that is being run may use it, save to prepare statements before the first one.</summary>
    public SqliteWriteConnection Connection { get; }

    /// <summary>Has a batch run by the loop, all of it or nothing.</summary>
    /// <param name="batch">Called once, by the loop; its exception takes it back alone.</param>
    /// <param name="stopWaiting">Ends the wait only; a batch handed in is run.</param>
    /// <returns>When it completes, what the batch wrote survives a power cut.</returns>
    /// <exception cref="JournalFullException">The disk is full; nothing of it is durable.</exception>
    /// <exception cref="JournalException">Whether it is durable is not known.</exception>
    public async Task WriteAsync(Action batch, CancellationToken stopWaiting)
    {
        var write = new Write(batch);
        await _writes.Writer.WriteAsync(write, stopWaiting);
        await write.Done.Task.WaitAsync(stopWaiting);
    }

    /// <summary>Finishes what was handed in, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _loop;
        Connection.Dispose();
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
        var isCommitting = false;
        var start = Stopwatch.GetTimestamp();
        try
        {
            Connection.Begin();
            var failures = group.ConvertAll(write => Connection.TryWrite(write.Batch));
            isCommitting = true;
            Connection.Commit();
            JournalMeter.FlushDuration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
            JournalMeter.Batches.Add(group.Count);
            for (var index = 0; index < group.Count; index++)
            {
                Complete(group[index], failures[index]);
            }
        }
        catch (SqliteException failure)
        {
            JournalMeter.Failures.Add(1);
            TakeBack();
            var isUnknown = isCommitting && !IsBeforeTheLog(failure);
            if (isUnknown)
            {
                Settle();
            }

            FlushApart(group, isUnknown ? new UnknownOutcome(failure) : failure);
        }
    }

    // What a COMMIT that failed has left in the log, the next opening of the file would find, after everybody was told that it is
    // not there. A commit without meaning is written over it; when that fails too, the next group does it.
    private void Settle()
    {
        try
        {
            Connection.Begin();
            Connection.CountSettling();
            Connection.Commit();
        }
        catch (SqliteException)
        {
            TakeBack();
        }
    }

    // No room for all of them: those that fit go in one by one, so that nobody pays for another's size.
    private void FlushApart(List<Write> group, Exception failure)
    {
        if (group.Count == 1 || !IsFull(failure))
        {
            group.ForEach(write => Complete(write, failure));
            return;
        }

        foreach (var write in group)
        {
            Flush([write]);
        }
    }

    // A transaction that cannot be taken back now makes the next BEGIN fail, and is taken back then.
    private void TakeBack()
    {
        try
        {
            Connection.TakeBack();
        }
        catch (SqliteException)
        {
            // The callers have been told of the failure that led here.
        }
    }

    private void Complete(Write write, Exception? failure)
    {
        if (failure is null)
        {
            write.Done.SetResult();
        }
        else
        {
            write.Done.SetException(IsFull(failure)
                ? new JournalFullException(_path, failure)
                : new JournalException($"the journal could not be written: {failure.Message}", failure));
        }
    }

    // A write to the log that fails leaves a last frame that is not whole, and without a whole one nothing is committed. Any
    // other failure of a COMMIT may have come after that frame.
    private static bool IsBeforeTheLog(SqliteException failure) =>
        failure.SqliteErrorCode == SqliteErrors.Full || failure.SqliteExtendedErrorCode == SqliteErrors.InputOutputWrite;

    private bool IsFull(Exception failure) => failure is SqliteException { SqliteErrorCode: SqliteErrors.Full }
        || (failure is SqliteException { SqliteErrorCode: SqliteErrors.InputOutput } && DiskRoom.IsFull(Path.GetDirectoryName(_path)!));

    /// <summary>A COMMIT that failed at a point where it may have been durable already.</summary>
    private sealed class UnknownOutcome(SqliteException failure) : Exception(failure.Message, failure);

    private sealed record Write(Action Batch)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
