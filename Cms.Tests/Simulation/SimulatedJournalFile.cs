using Cms.Formats.Modules;
using Cms.Storage.Journals;

namespace Cms.Tests.Simulation;

/// <summary>The journal of a machine: its log on the disk, and what its openings share.</summary>
/// <remarks>
/// One flush at a time; what comes meanwhile goes with the next one. What a flush that failed has left on the disk is covered
/// by a record without meaning before anybody hears of the failure: a machine that stops before that may find it there.
/// </remarks>
internal sealed class SimulatedJournalFile(SimulatedDisk disk, Faults? faults)
{
    private readonly Lock _lock = new();
    private readonly List<Write> _waiting = [];
    private JournalIndex _index = new();
    private JournalLog.Place _end;
    private (int Offset, int Size)? _flushing;
    private int _openings;
    private bool _isDead;

    /// <summary>Opens it once more; the first opening reads the log.</summary>
    /// <exception cref="JournalException">The disk failed.</exception>
    public SimulatedJournal Open(Guid idIfNew)
    {
        lock (_lock)
        {
            if (_openings == 0)
            {
                Recover();
            }

            var opened = new LogRecord.Opened(_index.Id ?? idIfNew, _index.Epoch + 1);
            try
            {
                // What was found is believed once the disk has confirmed it, and this record lies behind it.
                disk.Write(_end.Offset, JournalLog.Encode(opened, _end, out var end));
                disk.FlushNow();
                _end = end;
            }
            catch (IOException failure)
            {
                throw new JournalException($"the journal cannot be opened: {failure.Message}", failure);
            }

            _index.Apply(opened);
            _openings++;
            return new SimulatedJournal(this, opened.Id, opened.Epoch);
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _openings--;
        }
    }

    /// <summary>Ends the process that had it open.</summary>
    public void Kill()
    {
        _isDead = true;
        disk.Kill(_flushing);
    }

    /// <summary>Reads what is durable as far as the journal knows.</summary>
    public T Ask<T>(ModuleName? module, Func<JournalIndex, T> question)
    {
        lock (_lock)
        {
            CheckReadable(module);
            return question(_index);
        }
    }

    /// <summary>Throws when a read of this module is to fail now.</summary>
    public void CheckReadable(ModuleName? module)
    {
        if (faults is not null && ((module is { } name && faults.BadModule == name.Name) || faults.NextReadFails()))
        {
            throw new JournalException($"the journal cannot be read: the simulated disk failed at module {module}");
        }
    }

    /// <summary>Makes a record durable; <paramref name="toRecord"/> gets the id of its first commit.</summary>
    public Task WriteAsync(Func<long, LogRecord> toRecord)
    {
        lock (_lock)
        {
            var write = new Write(toRecord);
            _waiting.Add(write);
            if (_flushing is null)
            {
                Flush();
            }

            return write.Done.Task;
        }
    }

    private void Recover()
    {
        (_index, _end) = (new JournalIndex(), JournalLog.Place.Start);
        while (JournalLog.TryDecode(disk.Written, _end, out var end) is { } record)
        {
            _index.Apply(record);
            _end = end;
        }
    }

    private void Flush()
    {
        var (taken, refused) = (new List<(Write Write, LogRecord Record)>(), new List<(Write Write, string Why)>());
        var bytes = new List<byte>();
        var end = _end;
        var commitId = _index.LastCommitId;
        foreach (var write in _waiting)
        {
            if (TryPrepare(write, taken, commitId + 1, out var record) is { } why)
            {
                refused.Add((write, why));
                continue;
            }

            bytes.AddRange(JournalLog.Encode(record!, end, out end));
            taken.Add((write, record!));
            commitId += (record as LogRecord.Committed)?.Rows.Count ?? 0;
        }

        _waiting.Clear();
        refused.ForEach(each => each.Write.Fail(new IOException(each.Why)));
        _flushing = (_end.Offset, bytes.Count);
        try
        {
            disk.Write(_end.Offset, bytes.ToArray());
        }
        catch (IOException failure)
        {
            Finish(taken, end, failure);
            return;
        }

        disk.Flush(failure => Finish(taken, end, failure));
    }

    // Again and again: until it is done, nobody can say what is there.
    private void Settle(List<(Write Write, LogRecord Record)> written, IOException failure)
    {
        if (_isDead)
        {
            return;
        }

        var bytes = JournalLog.Encode(new LogRecord.Settled(), _end, out var end);
        try
        {
            _flushing = (_end.Offset, bytes.Length);
            disk.Write(_end.Offset, bytes);
        }
        catch (DiskFullException)
        {
            disk.Later(() => Settle(written, failure));
            return;
        }

        disk.Flush(again =>
        {
            if (again is not null)
            {
                Settle(written, failure);
                return;
            }

            _end = end;
            Answer(written, failure);
        });
    }

    private string? TryPrepare(Write write, List<(Write Write, LogRecord Record)> before, long commitId, out LogRecord? record)
    {
        record = null;
        try
        {
            record = write.ToRecord(commitId);
        }
        // Whatever is wrong with a record, even one that cannot be encoded, is its writer's trouble alone.
#pragma warning disable CA1031
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure.Message;
        }

        if (faults?.BadModule is { } bad && record.Modules.Any(module => module.Name == bad))
        {
            return $"the simulated disk failed at module {bad}";
        }

        return record is LogRecord.Committed committed
            ? _index.WhyNot([.. before.Select(each => each.Record).OfType<LogRecord.Committed>().SelectMany(each => each.Rows), .. committed.Rows])
            : null;
    }

    private void Finish(List<(Write Write, LogRecord Record)> written, JournalLog.Place end, IOException? failure)
    {
        lock (_lock)
        {
            if (failure is not null and not DiskFullException)
            {
                Settle(written, failure);
                return;
            }

            if (failure is null && !_isDead)
            {
                _end = end;
                written.ForEach(each => _index.Apply(each.Record));
            }

            Answer(written, failure);
        }
    }

    private void Answer(List<(Write Write, LogRecord Record)> written, IOException? failure)
    {
        if (_isDead)
        {
            return;
        }

        _flushing = null;
        written.ForEach(each => Answer(each.Write, failure));
        if (_waiting.Count > 0 && _flushing is null)
        {
            Flush();
        }
    }

    private void Answer(Write write, IOException? failure)
    {
        if (failure is not null)
        {
            write.Fail(failure);
        }
        else if (faults?.NextAnswerIsLost() == true)
        {
            write.Fail(new IOException("the answer of the simulated disk was lost"));
        }
        else
        {
            write.Done.SetResult();
        }
    }

    private sealed record Write(Func<long, LogRecord> ToRecord)
    {
        public TaskCompletionSource Done { get; } = new();

        public void Fail(IOException why) => Done.SetException(why is DiskFullException
            ? new JournalFullException("the simulated journal", why)
            : new JournalException($"the journal could not be written: {why.Message}"));
    }
}
