// Invariants:
// - The path leads to a whole segment at every moment: a new file is built beside it, the old one is marked, the new one
//   is renamed over it, and then who waits at the old one is woken.
// - Project is only asked for what TryReserve has granted, so it does not run out of space.
// One thread at a time; the owner of the module sees to it that there is one writer in all processes.
using System.Diagnostics.CodeAnalysis;
using Cms.Formats.Modules;
using Cms.Formats.Segments.Layout;
using Cms.Formats.Segments.Writing;

namespace Cms.Formats.Segments;

/// <summary>Projects the commits of one module into its segment.</summary>
/// <remarks>
/// One thread at a time. For each commit: <see cref="TryReserve"/>, then make the commit durable elsewhere, then
/// <see cref="Project"/>. Nothing is flushed to a disk: a segment does not outlive the machine's boot, the journal does.
/// </remarks>
public sealed class SegmentWriter : IDisposable
{
    private const string NextSuffix = ".next";

    // What a compaction leaves free in the index, so that not every commit has to look whether its keys are new.
    private const int SlotsToSpare = 64;

    // Whoever wants keys that meet under all of these seeds has to try more keys than he can.
    private const ulong MostSalts = 8;

    /// <summary>A file that would have to grow is copied instead when at least this share of its blocks is free, so that copying costs at most four times what it gains.</summary>
    private const int GrowingWastePercent = 25;

    /// <summary>A module that nobody writes is worth a copy when this share is free.</summary>
    private const int IdleWastePercent = 5;

    /// <summary>Fewer free bytes than this are no waste.</summary>
    private const long LeastWaste = 1 << 20;

    private readonly string _path;
    private SegmentOptions _options;
    private SegmentFile _file;
    private PlantedFault _fault;
    private Action? _beforeStore;

    private SegmentWriter(string path, SegmentOptions options, SegmentFile file)
    {
        _path = path;
        _options = options;
        _file = file;
    }

    /// <summary>The most bytes that the segment grows to, beside what its options say; what it has already stays.</summary>
    public long LimitBytes { get; set; } = long.MaxValue;

    /// <summary>The journal whose projection this is.</summary>
    public Guid JournalId => _file.Memory.JournalId;

    /// <summary>The newest revision that readers see.</summary>
    public Revision Revision => _file.Visible;

    /// <summary>The number of the Unix group whose members may read the file; null for none.</summary>
    public uint? Group => _options.Group;

    /// <summary>The module as readers see it now. Costs nothing but what is asked of it; use it before the next commits.</summary>
    public IModuleView View => _file.View;

    /// <summary>What the segment takes.</summary>
    /// <remarks>Any thread; from another one than the writer's it is only about right.</remarks>
    public SegmentStatistics Statistics => new(
        _file.Memory.Region.Size,
        _file.Memory.Region.Limit,
        _file.Blocks.Top,
        _file.Blocks.BytesInUse,
        _file.Retention.Bytes,
        _file.Blocks.FreeBytes,
        _file.Memory.BucketCount * IndexLayout.BucketSize,
        _file.Index.SlotsUsed,
        _file.Index.SlotsAllowed);

    /// <summary>The blocks of each size, smallest first.</summary>
    /// <remarks>Any thread; from another one than the writer's it is only about right.</remarks>
    public IReadOnlyList<SizeClassUse> SizeClassUse() => _file.Blocks.SizeClassUse();

    /// <summary>Whether so much of the file is free blocks that <see cref="TryCompact"/> would give back what it costs.</summary>
    public bool IsWorthCompacting => IsWasteful(IdleWastePercent);

    /// <summary>For tests of the tests.</summary>
    internal PlantedFault Fault
    {
        set
        {
            _fault = value;
            _file.Fault = value;
        }
    }

    /// <summary>For tests: runs before every store into the file.</summary>
    internal Action? BeforeStore
    {
        set
        {
            _beforeStore = value;
            _file.Memory.Region.BeforeStore = value;
        }
    }

    /// <summary>Makes an empty segment at revision 0 and puts it in the place of whatever the path leads to.</summary>
    /// <param name="path">The file; its directory must exist.</param>
    /// <param name="journalId">The journal to be projected; the hash seed is made from it, so it should be random.</param>
    /// <param name="options">Settings.</param>
    /// <exception cref="SegmentException"><see cref="SegmentError.Full"/>: the device has no room; the path is as before.</exception>
    public static SegmentWriter Create(string path, Guid journalId, SegmentOptions options) =>
        Create(path, journalId, options, EmptyModuleView.Instance);

    /// <summary>Makes a segment that shows what a view shows, at the view's revision, and then puts it in place.</summary>
    /// <param name="path">The file; its directory must exist.</param>
    /// <param name="journalId">The journal to be projected.</param>
    /// <param name="options">Settings.</param>
    /// <param name="initial">The state to begin with, read once.</param>
    /// <exception cref="SegmentException"><see cref="SegmentError.Full"/>: it does not fit; the path is as before.</exception>
    public static SegmentWriter Create(string path, Guid journalId, SegmentOptions options, IModuleView initial)
    {
        options.Validate();
        var file = Build(path, journalId, options, initial, options.InitialEntries, out _)
            ?? throw new SegmentException(SegmentError.Full, path, "There is no room for the segment.");
        Replace(path, file, MarkOld(path));
        return new(path, options, file);
    }

    /// <summary>Takes a segment away. Its memory is given back when the last reader that has it mapped lets go.</summary>
    /// <remarks>Readers find no segment until there is a new one at the path.</remarks>
    public static void Remove(string path)
    {
        var old = MarkOld(path);
        File.Delete(path);
        if (old is not null)
        {
            SegmentFile.WakeWaiters(old);
            old.Dispose();
        }
    }

    /// <summary>Goes on with a segment that an earlier writer left, at its last visible revision.</summary>
    /// <param name="path">The file.</param>
    /// <param name="journalId">The journal that it must be a projection of.</param>
    /// <param name="options">Settings; a file made with another maximum size is not kept. The group is the file's own: see <see cref="Group"/>.</param>
    /// <param name="whyNot">A sentence for people when this returns null.</param>
    /// <returns>Null when the segment must be built anew from the journal; the file is then as good for readers as before.</returns>
    public static SegmentWriter? TryReopen(string path, Guid journalId, SegmentOptions options, out string? whyNot) =>
        TryReopen(path, journalId, options, null, out whyNot);

    /// <summary>The same for tests, which look in before every store.</summary>
    internal static SegmentWriter? TryReopen(string path, Guid journalId, SegmentOptions options, Action? beforeStore, out string? whyNot)
    {
        options.Validate();
        SegmentMemory? memory = null;
        try
        {
            memory = SegmentMemory.Open(path, writable: true, options.Budget);
            memory.Region.BeforeStore = beforeStore;
            whyNot = WhyNotKept(memory, path, journalId, options);
            if (whyNot is null && TryFindGroup(memory, out var group))
            {
                options = options with { Group = group };
                var file = new SegmentFile(memory, options);
                SegmentRecovery.Run(file);
                Announce(memory, EpochAfter(memory));
                return new(path, options, file);
            }

            whyNot ??= $"{path}: The segment has other access bits.";
        }
        catch (SegmentException exception)
        {
            whyNot = exception.Message;
        }
        catch (SnapshotTooOldException)
        {
            whyNot = $"{path}: The segment has another writer.";
        }

        memory?.Dispose();
        return null;
    }

    /// <summary>Makes sure that these changes can be projected as the next commit; may move the module into a new file.</summary>
    /// <param name="changes">The changes in order.</param>
    /// <param name="refusal">Why not, when this returns false; what readers see is not changed then.</param>
    /// <remarks>
    /// When there is no room to be had any more, past revisions are given up. Then options are set as long as free blocks of
    /// their sizes are there, and the last of the room is for changes that only remove, so that a full module can be emptied.
    /// </remarks>
    public bool TryReserve(IReadOnlyCollection<ModuleChange> changes, [NotNullWhen(false)] out SegmentRefusal? refusal)
    {
        refusal = null;
        var spare = Spare;
        var rough = SpaceEstimate.Rough(_file.Index.SlotsUsed, changes);
        if (rough is var (bytes, keys) && HasSlots(keys) && _file.Blocks.HasRoom(bytes + spare))
        {
            return true;
        }

        var need = SpaceEstimate.Of(_file.View, changes);
        if (TryMakeRoom(need, rough?.Bytes ?? 0, spare, out refusal))
        {
            return true;
        }

        return HasSlots(need.Keys) && FitsWithoutGrowing(changes, need.Bytes, spare);
    }

    /// <summary>Makes sure that all of these commits can be projected one after the other.</summary>
    /// <param name="commits">The changes of each, in order.</param>
    /// <param name="refusal">Why not, when this returns false; some of them may still fit by themselves.</param>
    public bool TryReserveAll(IReadOnlyList<IReadOnlyCollection<ModuleChange>> commits, [NotNullWhen(false)] out SegmentRefusal? refusal) =>
        commits.Count == 1 ? TryReserve(commits[0], out refusal) : TryMakeRoom(SpaceEstimate.Of(_file.View, commits), 0, Spare, out refusal);

    /// <summary>Moves the module into a new file without free blocks; readers go over by themselves.</summary>
    /// <returns>False when there is no room for another file; nothing is changed then.</returns>
    /// <remarks>Takes the time of a copy, about half a second a million entries. Past revisions cannot be read in the new file.</remarks>
    public bool TryCompact() => TryMove(_options, _file.Index.SlotsUsed + SlotsToSpare, 0, out _);

    /// <summary>Moves the module into a new file that the members of a group may read, or nobody but the owner.</summary>
    /// <param name="group">The number of the group; null for none.</param>
    /// <param name="reserved">What <see cref="TryReserveAll"/> was granted and is still to be projected: the new file has room for it too.</param>
    /// <returns>False when there is no room for another file; nothing is changed then.</returns>
    /// <exception cref="SegmentException"><see cref="SegmentError.Denied"/>: this process may not give files to the group; nothing is changed.</exception>
    /// <remarks>Who has the old file open keeps it, and sees in it nothing that comes later; nothing of the past is in the new one.</remarks>
    public bool TryShare(uint? group, IReadOnlyList<IReadOnlyCollection<ModuleChange>> reserved)
    {
        var need = SpaceEstimate.Of(_file.View, reserved);
        return TryMove(_options with { Group = group }, _file.Index.SlotsUsed + need.Keys + SlotsToSpare, need.Bytes + Spare, out _);
    }

    /// <summary>Applies a commit and shows it to all readers by one store.</summary>
    /// <param name="revision">The one behind <see cref="Revision"/>; one that is visible already is passed over.</param>
    /// <param name="changes">The commit's changes in order, as decided on <see cref="View"/>.</param>
    /// <exception cref="SegmentException">
    /// The changes do not fit the state, or there was no space because none was reserved. Nothing became visible; this
    /// object takes no further commit, open the file anew.
    /// </exception>
    public void Project(Revision revision, IReadOnlyList<ModuleChange> changes)
    {
        if (revision <= Revision)
        {
            return;
        }

        if (revision != Revision.Next || revision.Value > BlockLayout.MaximumRevision)
        {
            throw new ArgumentOutOfRangeException(nameof(revision), revision, $"Revision {Revision.Next} is next.");
        }

        _file.Project(revision, changes);
    }

    /// <summary>Tells readers to look whether the path leads elsewhere, for instance because the module went.</summary>
    public void MarkSuperseded()
    {
        _file.Memory.Region.Write(HeaderLayout.MarkOffset, HeaderLayout.MarkSuperseded);
        _file.WakeWaiters();
    }

    /// <summary>Lets go of the file, which stays as it is for readers and for <see cref="TryReopen(string, Guid, SegmentOptions, out string?)"/>.</summary>
    public void Dispose() => _file.Dispose();

    private static string? WhyNotKept(SegmentMemory memory, string path, Guid journalId, SegmentOptions options)
    {
        if (memory.JournalId != journalId)
        {
            return $"{path}: The segment belongs to another journal.";
        }

        if (memory.Mark == HeaderLayout.MarkBuilding)
        {
            return $"{path}: The segment was never finished.";
        }

        if (!SegmentRecovery.IsWorthTrying(memory))
        {
            return $"{path}: The words of the segment's header are out of bounds.";
        }

        if (!BootId.IsOf(memory))
        {
            return $"{path}: The machine was restarted since the segment was written.";
        }

        return memory.Region.Size == options.MaximumBytes ? null : $"{path}: The segment has another maximum size.";
    }

    private static bool TryFindGroup(SegmentMemory memory, out uint? group)
    {
        const uint OwnerOnly = 0x180;
        const uint GroupReads = 0x1a0;
        var status = memory.Region.Status;
        group = status.Permissions == GroupReads ? status.Group : null;
        return status.Permissions is OwnerOnly or GroupReads;
    }

    private static long BucketsFor(long entries) =>
        (entries * 100 / (IndexLayout.MaximumLoadPercent * IndexLayout.SlotsInBucket)) + 1;

    private static SegmentFile? Build(string path, Guid journalId, SegmentOptions options, IModuleView state, long entries, out bool isDeviceFull)
    {
        var next = path + NextSuffix;
        isDeviceFull = false;
        var buckets = BucketsFor(entries);
        for (ulong salt = 0; ;)
        {
            var memory = SegmentMemory.Create(next, journalId, salt, options, buckets);
            if (memory is null)
            {
                isDeviceFull = buckets * IndexLayout.BucketSize < options.MaximumBytes / 2;
                return null;
            }

            var file = new SegmentFile(memory, options);
            if (TryFill(file, state))
            {
                return file;
            }

            isDeviceFull = file.Blocks.IsDeviceFull;
            var isTooSmall = file.Index.SlotsUsed > file.Index.SlotsAllowed;
            var isCrowded = file.Index.IsCrowded;
            file.Dispose();
            File.Delete(next);
            if (isTooSmall)
            {
                buckets *= 2;
            }
            else if (isCrowded && salt < MostSalts)
            {
                salt++;
            }
            else
            {
                return null;
            }
        }
    }

    // Keys that meet too often under one seed do not under another.
    private static bool TryFill(SegmentFile file, IModuleView state)
    {
        try
        {
            file.CopyFrom(state);
            return file.Index.SlotsUsed <= file.Index.SlotsAllowed && !file.Index.IsCrowded;
        }
        catch (SegmentException exception) when (exception.Error == SegmentError.Full)
        {
            return false;
        }
    }

    // A cold start marks the file that it replaces, if that is a segment.
    private static SegmentMemory? MarkOld(string path)
    {
        try
        {
            var old = SegmentMemory.Open(path, writable: true);
            old.Region.Write(HeaderLayout.MarkOffset, HeaderLayout.MarkSuperseded);
            return old;
        }
        catch (SegmentException exception)
        {
            if (exception.Error == SegmentError.UnsupportedVersion)
            {
                SegmentMemory.MarkForeign(path);
            }

            return null;
        }
    }

    private static void Replace(string path, SegmentFile file, SegmentMemory? old)
    {
        var epoch = old is null ? 1 : EpochAfter(old);
        Announce(file.Memory, epoch);
        File.Move(path + NextSuffix, path, overwrite: true);
        if (old is not null)
        {
            SegmentFile.WakeWaiters(old);
            old.Dispose();
        }
    }

    private static ulong EpochAfter(SegmentMemory memory) => unchecked(memory.Region.Read(HeaderLayout.EpochOffset) + 1);

    // From here on the file is one that readers may use and that this boot's writers may keep.
    private static void Announce(SegmentMemory memory, ulong epoch)
    {
        BootId.Store(memory);
        memory.Region.Write(HeaderLayout.EpochOffset, epoch);
        memory.Region.Write(HeaderLayout.MarkOffset, HeaderLayout.MarkLive);
    }

    // Room that only removals may use.
    private long Spare => 2 * SpaceEstimate.ForRemoving(_file.Index.SlotsUsed);

    private bool TryMakeRoom(SpaceEstimate need, long rough, long spare, [NotNullWhen(false)] out SegmentRefusal? refusal)
    {
        refusal = null;
        var bytes = need.Bytes + spare;
        var entries = _file.Index.SlotsUsed + need.Keys;
        var fitsIndex = HasSlots(need.Keys);
        var wouldGrow = !_file.Blocks.HasRoom(bytes);
        if ((wouldGrow || !fitsIndex) && Statistics.AllocatedBytes + bytes > LimitBytes)
        {
            refusal = new(SegmentError.Full, Statistics.AllocatedBytes + bytes, LimitBytes, IsDeviceFull: false);
            return false;
        }

        if (fitsIndex && wouldGrow && IsWasteful(GrowingWastePercent) && TryMove(_options, entries + SlotsToSpare, bytes, out _))
        {
            return true;
        }

        if (fitsIndex && (_file.Blocks.TryReserve(Math.Max(bytes, rough + spare)) || _file.Blocks.TryReserve(bytes)))
        {
            return true;
        }

        var least = HeaderLayout.HeaderSize + (BucketsFor(entries) * IndexLayout.BucketSize) + _file.Blocks.BytesInUse - _file.Retention.Bytes + bytes;
        var isWorthCopying = !fitsIndex || _file.Blocks.Top + bytes > _options.MaximumBytes;
        var isDeviceFull = !isWorthCopying;
        var roomy = fitsIndex ? entries : Math.Max(entries, _file.Index.SlotsUsed * 3 / 2);
        if (isWorthCopying && least <= _options.MaximumBytes
            && (TryMove(_options, roomy, bytes, out isDeviceFull) || (roomy > entries && TryMove(_options, entries, bytes, out isDeviceFull))))
        {
            return true;
        }

        refusal = new(SegmentError.Full, least, _options.MaximumBytes, isDeviceFull);
        return false;
    }

    private bool FitsWithoutGrowing(IReadOnlyCollection<ModuleChange> changes, long bytes, long spare)
    {
        var isRemoving = SpaceEstimate.OnlyRemoves(changes);
        var sizes = SpaceEstimate.BlocksOf(_file.View, changes, out var isAdding);
        if (!isRemoving && sizes is null)
        {
            return false;
        }

        _file.Retention.ReleaseAll(Revision.Value);
        var kept = isRemoving ? 0 : isAdding ? spare : spare / 2;
        return (sizes is not null && _file.Blocks.CanTake(sizes, Revision.Next.Value, kept)) || (isRemoving && _file.Blocks.HasRoom(bytes));
    }

    private bool HasSlots(long more) => _file.Index.SlotsUsed + more <= _file.Index.SlotsAllowed && (more == 0 || !_file.Index.IsCrowded);

    private bool IsWasteful(int percent) =>
        _file.Blocks.FreeBytes >= LeastWaste && _file.Blocks.FreeBytes * 100 >= (_file.Blocks.FreeBytes + _file.Blocks.BytesInUse) * percent;

    private bool TryMove(SegmentOptions options, long entries, long bytes, out bool isDeviceFull)
    {
        SegmentFile? next;
        try
        {
            next = Build(_path, JournalId, options, _file.View, entries, out isDeviceFull);
        }
        catch (SegmentException denied) when (denied.Error == SegmentError.Denied && options.Group == _options.Group && options.Group is not null)
        {
            // Room for commits is worth more than readers who can ask the daemon.
            options = options with { Group = null };
            next = Build(_path, JournalId, options, _file.View, entries, out isDeviceFull);
        }

        if (next is null)
        {
            return false;
        }

        if (!next.Blocks.TryReserve(bytes))
        {
            isDeviceFull = next.Blocks.IsDeviceFull;
            next.Dispose();
            File.Delete(_path + NextSuffix);
            return false;
        }

        var old = _file;
        old.Memory.Region.Write(HeaderLayout.MarkOffset, HeaderLayout.MarkSuperseded);
        next.Fault = _fault;
        next.Memory.Region.BeforeStore = _beforeStore;
        Announce(next.Memory, EpochAfter(old.Memory));
        File.Move(_path + NextSuffix, _path, overwrite: true);
        (_file, _options) = (next, options);
        old.WakeWaiters();
        old.Memory.LeaveBudget();
        return true;
    }
}
