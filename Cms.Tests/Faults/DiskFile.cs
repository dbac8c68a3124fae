namespace Cms.Tests.Faults;

/// <summary>How much of a file that was not synced a power cut leaves.</summary>
internal enum Survival
{
    /// <summary>Nothing: the file is as it was last synced.</summary>
    Dropped,

    /// <summary>Everything.</summary>
    Kept,

    /// <summary>Any of the contents that each sector of 512 bytes has had since the last sync.</summary>
    TornSectors,

    /// <summary>The same for pages of 4,096 bytes.</summary>
    TornPages,
}

/// <summary>A file of a <see cref="SimulatedDisk"/>: what is on the platter, and what was done since.</summary>
/// <remarks>
/// Sizes are metadata and reach the disk in order, so that a prefix of the changes of size survives. Bytes reach it sector by
/// sector in any order; a sector then holds what it held at some moment since the last sync. What a truncation cut off does not
/// come back behind it, and what follows a truncation is not there without it.
/// </remarks>
internal sealed class DiskFile(byte[] content, uint mode)
{
    private readonly List<Change> _changes = [];

    // Longer than the file, so that it need not be copied at every sync; zero behind the file's end.
    private byte[] _synced = content;
    private int _syncedSize = content.Length;

    /// <summary>The access bits; they reach the disk at once, since nothing under test leans on them.</summary>
    public uint Mode { get; set; } = mode;

    /// <summary>Bytes were written.</summary>
    public void Write(long offset, ReadOnlyMemory<byte> data) => _changes.Add(new Change(offset, data, offset + data.Length, MayShrink: false));

    /// <summary>The file was cut or made longer.</summary>
    public void Resize(long size) => _changes.Add(new Change(0, default, size, MayShrink: true));

    /// <summary>The file was made longer if it was shorter.</summary>
    public void Extend(long size) => _changes.Add(new Change(0, default, size, MayShrink: false));

    /// <summary>Everything done so far is on the platter.</summary>
    public void Sync()
    {
        var sizes = Sizes();
        if (sizes.Max() > _synced.Length)
        {
            Array.Resize(ref _synced, (int)sizes.Max() * 2);
        }

        ApplyAll(_synced, sizes);
        _syncedSize = (int)sizes[^1];
        _changes.Clear();
    }

    /// <summary>What programs see.</summary>
    public byte[] Content
    {
        get
        {
            var sizes = Sizes();
            var content = Synced(sizes.Max());
            ApplyAll(content, sizes);
            return content[..(int)sizes[^1]];
        }
    }

    /// <summary>What a power cut leaves.</summary>
    public byte[] AfterPowerCut(Survival survival, Random random) => survival switch
    {
        Survival.Dropped => Synced(_syncedSize),
        Survival.Kept => Content,
        Survival.TornSectors => Torn(512, random),
        _ => Torn(4096, random),
    };

    private byte[] Torn(int sectorSize, Random random)
    {
        var sizes = Sizes();
        var survivingSizes = random.Next(_changes.Count + 1);

        // Bytes that were written behind a later cut cannot be there before the cut is.
        var end = survivingSizes;
        while (end < _changes.Count && sizes[end + 1] >= sizes[end])
        {
            end++;
        }

        var content = Synced(sizes[..(end + 1)].Max());
        var versions = new Dictionary<long, int>();
        for (var index = 0; index < end; index++)
        {
            var change = _changes[index];
            change.ApplyTo(content, sectorSize, sector => Survives(versions, sector, index, end, random));
            ClearBehind(content, sizes, index);
        }

        return content[..(int)sizes[survivingSizes]];
    }

    // The last change that a sector has seen when it goes to the disk is drawn once, among all that may have.
    private static bool Survives(Dictionary<long, int> versions, long sector, int change, int end, Random random)
    {
        if (!versions.TryGetValue(sector, out var last))
        {
            versions.Add(sector, last = random.Next(2) == 0 ? end : random.Next(-1, end));
        }

        return change <= last;
    }

    private byte[] Synced(long size)
    {
        var content = new byte[size];
        _synced.AsSpan(0, _syncedSize).CopyTo(content);
        return content;
    }

    private void ApplyAll(byte[] content, long[] sizes)
    {
        for (var index = 0; index < _changes.Count; index++)
        {
            _changes[index].ApplyTo(content, int.MaxValue, _ => true);
            ClearBehind(content, sizes, index);
        }
    }

    // What was cut off reads as zeros when the file grows again.
    private static void ClearBehind(byte[] content, long[] sizes, int change)
    {
        if (sizes[change + 1] < sizes[change])
        {
            content.AsSpan((int)sizes[change + 1]).Clear();
        }
    }

    // The size before all changes, and after each.
    private long[] Sizes()
    {
        var sizes = new long[_changes.Count + 1];
        sizes[0] = _syncedSize;
        for (var index = 0; index < _changes.Count; index++)
        {
            var change = _changes[index];
            sizes[index + 1] = change.MayShrink ? change.Size : Math.Max(sizes[index], change.Size);
        }

        return sizes;
    }

    private sealed record Change(long Offset, ReadOnlyMemory<byte> Data, long Size, bool MayShrink)
    {
        public void ApplyTo(byte[] content, int sectorSize, Func<long, bool> survives)
        {
            for (var at = Offset; at < Offset + Data.Length;)
            {
                var sector = at / sectorSize;
                var next = Math.Min((sector + 1) * sectorSize, Offset + Data.Length);
                if (survives(sector))
                {
                    Data.Span[(int)(at - Offset)..(int)(next - Offset)].CopyTo(content.AsSpan((int)at));
                }

                at = next;
            }
        }
    }
}
