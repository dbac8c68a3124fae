namespace Cms.Tests.Simulation;

/// <summary>One file on a disk: what was written lies in memory, by sectors, until a flush makes it durable.</summary>
/// <remarks>
/// A killed process leaves what it wrote. A power cut leaves what was flushed, and of the rest any sectors. Without faults
/// and clock it flushes at once, for tests of what is kept on it.
/// </remarks>
internal sealed class SimulatedDisk(Faults? faults, SimulatedClock? clock)
{
    private const int SectorSize = 512;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly SortedSet<int> _unflushed = [];
    private byte[] _written = new byte[16 * SectorSize];
    private byte[] _durable = new byte[16 * SectorSize];
    private int _flushes;

    /// <summary>What a process reads.</summary>
    public ReadOnlySpan<byte> Written => _written;

    /// <summary>What a power cut now would leave at the least.</summary>
    public ReadOnlySpan<byte> Durable => _durable;

    /// <summary>Counts the changes of what is durable.</summary>
    public int DurableVersion { get; private set; }

    /// <summary>The first byte that became different among the durable ones since <see cref="ForgetChanges"/>.</summary>
    public int FirstChangedByte { get; private set; } = int.MaxValue;

    public void ForgetChanges() => FirstChangedByte = int.MaxValue;

    /// <exception cref="DiskFullException">Nothing was written.</exception>
    public void Write(int offset, ReadOnlySpan<byte> bytes)
    {
        if (faults is { IsFull: true })
        {
            throw new DiskFullException();
        }

        while (offset + bytes.Length > _written.Length)
        {
            Array.Resize(ref _written, _written.Length * 2);
            Array.Resize(ref _durable, _durable.Length * 2);
        }

        bytes.CopyTo(_written.AsSpan(offset));
        for (var sector = offset / SectorSize; sector * SectorSize < offset + bytes.Length; sector++)
        {
            _unflushed.Add(sector);
        }
    }

    /// <summary>Makes durable what was written; <paramref name="done"/> hears how it went, unless the machine stops before.</summary>
    public void Flush(Action<IOException?> done)
    {
        var flush = _flushes;
        if (clock is null || faults is null)
        {
            Keep(_unflushed.ToList());
            done(null);
            return;
        }

        var sectors = _unflushed.ToList();
        var fails = faults.NextFlushFails();
        clock.After(faults.NextLatency(), () =>
        {
            if (flush == _flushes)
            {
                Finish(sectors, fails, done);
            }
        });
    }

    /// <summary>Has something done after a while, unless the machine stops before.</summary>
    public void Later(Action action)
    {
        var flush = _flushes;
        clock!.After(RetryDelay, () =>
        {
            if (flush == _flushes)
            {
                action();
            }
        });
    }

    /// <summary>The same, at once.</summary>
    /// <exception cref="IOException">It failed; some of it may be durable.</exception>
    public void FlushNow() => Finish(_unflushed.ToList(), faults?.NextFlushFails() == true, failure =>
    {
        if (failure is not null)
        {
            throw failure;
        }
    });

    /// <summary>Ends the process that writes; a write that it had not flushed may have been cut short.</summary>
    /// <param name="lastWrite">Where its last unfinished write began and how long it was.</param>
    public void Kill((int Offset, int Size)? lastWrite)
    {
        _flushes++;
        if (lastWrite is var (offset, size) && faults!.NextTornSize(size) is var kept && kept < size)
        {
            _written.AsSpan(offset + kept, size - kept).Clear();
        }
    }

    /// <summary>Takes the power away.</summary>
    public void CutPower()
    {
        _flushes++;
        Keep([.. _unflushed.Where(_ => faults!.NextSectorSurvives())]);
        _unflushed.Clear();
        _durable.CopyTo(_written, 0);
    }

    private void Finish(List<int> sectors, bool fails, Action<IOException?> done)
    {
        Keep(fails ? [.. sectors.Where(_ => faults!.NextSectorSurvives())] : sectors);
        done(fails ? new IOException("the simulated disk failed to flush") : null);
    }

    private void Keep(List<int> sectors)
    {
        foreach (var sector in sectors)
        {
            var start = sector * SectorSize;
            var written = _written.AsSpan(start, SectorSize);
            var durable = _durable.AsSpan(start, SectorSize);
            var same = written.CommonPrefixLength(durable);
            if (same < SectorSize)
            {
                FirstChangedByte = Math.Min(FirstChangedByte, start + same);
            }

            written.CopyTo(durable);
            _unflushed.Remove(sector);
        }

        DurableVersion++;
    }
}
