namespace Cms.Tests.Faults;

/// <summary>A directory of a <see cref="SimulatedDisk"/>: the names that are on the platter, and what was done to them since.</summary>
/// <remarks>
/// Changes of names in one directory reach the disk in order, as a journaling file system has it; a sync of the directory is the
/// only thing that makes them certain, as POSIX has it. Directories are independent of each other.
/// </remarks>
internal sealed class DiskDirectory
{
    private readonly List<Action<SortedDictionary<string, object>>> _changes = [];
    private SortedDictionary<string, object> _synced = new(StringComparer.Ordinal);

    /// <summary>What programs see: files, directories, and the targets of symbolic links as texts.</summary>
    public SortedDictionary<string, object> Entries { get; } = new(StringComparer.Ordinal);

    /// <summary>Names were changed, in one step.</summary>
    public void Change(Action<SortedDictionary<string, object>> change)
    {
        change(Entries);
        _changes.Add(change);
    }

    /// <summary>Every name is on the platter.</summary>
    public void Sync()
    {
        _synced = new SortedDictionary<string, object>(Entries, StringComparer.Ordinal);
        _changes.Clear();
    }

    /// <summary>The names that a power cut leaves.</summary>
    /// <param name="survival">How much; of torn names a prefix survives.</param>
    /// <param name="random">Decides how long the prefix is.</param>
    public SortedDictionary<string, object> AfterPowerCut(Survival survival, Random random)
    {
        var count = survival switch
        {
            Survival.Dropped => 0,
            Survival.Kept => _changes.Count,
            _ => random.Next(_changes.Count + 1),
        };
        var entries = new SortedDictionary<string, object>(_synced, StringComparer.Ordinal);
        foreach (var change in _changes.Take(count))
        {
            change(entries);
        }

        return entries;
    }
}
