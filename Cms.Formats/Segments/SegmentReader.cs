// Invariants:
// - Every answer is given at the revision that was visible when the call began, or at a newer one.
// - After each answer the file's mark is read: an answer from a file that another one has replaced does not count.
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Cms.Formats.Mapping;
using Cms.Formats.Modules;
using Cms.Formats.Segments.Caching;
using Cms.Formats.Segments.Layout;
using Cms.Formats.Segments.Reading;
using Cms.Formats.Segments.Tables;

namespace Cms.Formats.Segments;

/// <summary>Reads a module from its segment, from any process, whether or not a writer is alive.</summary>
/// <remarks>
/// One thread at a time and instance; any number of instances. Lookups take no lock, make no system call and allocate
/// nothing but the value they return. When the segment is replaced by a new file the reader follows by itself. Every
/// method throws <see cref="SegmentException"/> when the file is damaged or gone.
/// </remarks>
public sealed class SegmentReader : IDisposable
{
    private const int MaximumAttempts = 256;
    private const int KeysAtOnce = 32;

    /// <summary>Bytes in which numbers usually are; longer ones take the longer way.</summary>
    private const int LongestNumber = 32;

    private readonly string _path;
    private readonly SegmentReaderOptions _options;
    private SegmentMemory _memory;
    private EntryReader _entries;
    private HeadReader _heads;
    private OptionCache? _cache;

    private SegmentReader(string path, SegmentMemory memory, SegmentReaderOptions options)
    {
        _path = path;
        _options = options;
        _cache = NewCache();
        _memory = memory;
        _entries = new(memory);
        _heads = new(memory);
    }

    /// <summary>The newest commit that can be seen now.</summary>
    public Revision VisibleRevision
    {
        get
        {
            Follow();
            return new(_memory.Visible);
        }
    }

    /// <summary>The journal whose projection this is; revisions of another one cannot be compared with these.</summary>
    public Guid JournalId
    {
        get
        {
            Follow();
            return _memory.JournalId;
        }
    }

    /// <summary>How the cache of this reader has done on the file that it reads now; null when it has none.</summary>
    public CacheStatistics? CacheStatistics => _cache?.Statistics;

    /// <summary>For tests: runs before every load from the file.</summary>
    internal Action? BeforeLoad
    {
        set => _memory.Region.BeforeLoad = value;
    }

    /// <summary>For tests of the tests: believe a miss at once.</summary>
    internal bool BelieveMisses
    {
        set
        {
            _entries.BelieveMisses = value;
            _heads.BelieveMisses = value;
        }
    }

    /// <summary>The file that the path leads to now.</summary>
    internal SegmentMemory Newest
    {
        get
        {
            Follow();
            return _memory;
        }
    }

    /// <summary>Opens a segment.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SegmentException">It is missing, denied, no segment, or damaged; <see cref="SegmentException.Error"/> says which.</exception>
    public static SegmentReader Open(string path) => Open(path, new());

    /// <inheritdoc cref="Open(string)"/>
    /// <param name="path">The file.</param>
    /// <param name="options">Settings.</param>
    public static SegmentReader Open(string path, SegmentReaderOptions options)
    {
        options.Validate();
        return new(path, SegmentMemory.Open(path, writable: false), options);
    }

    /// <summary>Looks up an option of a named section.</summary>
    /// <param name="key">The bytes "section.option".</param>
    /// <param name="value">A copy of its value, or null when this returns false.</param>
    /// <returns>False when there is no such option.</returns>
    public bool TryGet(ReadOnlySpan<byte> key, [NotNullWhen(true)] out ConfigValue? value)
    {
        Span<byte> buffer = stackalloc byte[HeadReader.LongestValue];
        value = TryFind(key, buffer, out var found) ? found.ToValue() ?? throw _memory.Corrupt("The bytes of a value do not fit its type.") : null;
        return value is not null;
    }

    /// <summary>Looks up an option and copies its value's encoding, as described at <see cref="ConfigValue"/>, without allocating.</summary>
    /// <param name="key">The bytes "section.option".</param>
    /// <param name="destination">Where to; the caller's. Of 16 bytes or more the first 16 may be overwritten whatever the size.</param>
    /// <param name="size">Bytes of the encoding; 0 when there is no such option.</param>
    /// <param name="elementType">The type of the value or of its elements.</param>
    /// <param name="isList">Whether it is a list.</param>
    public SegmentCopyResult Copy(ReadOnlySpan<byte> key, Span<byte> destination, out int size, out ElementType elementType, out bool isList)
    {
        int? line = null;
        if (_cache is { } cache && OptionCache.Fits(key.Length))
        {
            if (cache.TryFind(_memory.Region, key, out var place))
            {
                return cache.Copy(place, destination, out size, out elementType, out isList);
            }

            line = place;
        }

        var isFound = TryFindInSegment(key, _memory.HashOf(key), destination, line, out var found);
        return Copy(isFound, found, destination, out size, out elementType, out isList);
    }

    /// <summary>Looks up many options; the waits for memory overlap, so this takes less time than one after the other.</summary>
    /// <param name="keys">The bytes "section.option" of each.</param>
    /// <param name="destination">Where the encodings go, one behind the other; the caller's.</param>
    /// <param name="copies">What became of each key; as long as <paramref name="keys"/>.</param>
    /// <remarks>Each answer is the newest at its moment; use <see cref="Snapshot"/> for answers of one moment.</remarks>
    public void CopyMany(ReadOnlySpan<ReadOnlyMemory<byte>> keys, Span<byte> destination, Span<SegmentCopy> copies)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(copies.Length, keys.Length);
        Span<ulong> hashes = stackalloc ulong[KeysAtOnce];
        var used = 0;
        for (var first = 0; first < keys.Length; first += KeysAtOnce)
        {
            var group = keys[first..Math.Min(first + KeysAtOnce, keys.Length)];
            SegmentMemory? hashed = null;
            for (var index = 0; index < group.Length; index++)
            {
                // Each file has a seed of its own, and each lookup may have gone over to another file.
                if (!ReferenceEquals(hashed, _memory))
                {
                    hashed = _memory;
                    Prefetch(group[index..], hashes[index..]);
                }

                var isFound = TryFindInSegment(group[index].Span, hashes[index], destination[used..], null, out var found);
                var result = Copy(isFound, found, destination[used..], out var size, out var elementType, out var isList);
                copies[first + index] = new(result, used, size, elementType, isList);
                used += result == SegmentCopyResult.Copied ? size : 0;
            }
        }
    }

    /// <summary>Looks up a scalar as text; numbers are written out, bytes that are no UTF-8 become U+FFFD.</summary>
    /// <returns>False when there is no such option or it is a list.</returns>
    public bool TryGetString(ReadOnlySpan<byte> key, [NotNullWhen(true)] out string? value)
    {
        Span<byte> buffer = stackalloc byte[HeadReader.LongestValue];
        value = TryFind(key, buffer, out var found) ? found.ToText() : null;
        return value is not null;
    }

    /// <summary>Looks up an int: one stored as such, a bool as 0 or 1, or a string of decimal digits with an optional sign.</summary>
    /// <returns>False when there is no such option or it is no int.</returns>
    public bool TryGetInt(ReadOnlySpan<byte> key, out long value)
    {
        Span<byte> buffer = stackalloc byte[LongestNumber];
        value = 0;
        return TryFind(key, buffer, out var found) && found.TryInt(out value);
    }

    /// <summary>Looks up a float: one stored as such, an int, or a string that is a decimal number.</summary>
    /// <returns>False when there is no such option or it is no number.</returns>
    public bool TryGetFloat(ReadOnlySpan<byte> key, out double value)
    {
        Span<byte> buffer = stackalloc byte[LongestNumber];
        value = 0;
        return TryFind(key, buffer, out var found) && found.TryFloat(out value);
    }

    /// <summary>Looks up a bool: one stored as such, an int 0 or 1, or one of UCI's spellings 1/0, on/off, yes/no, true/false, enabled/disabled.</summary>
    /// <returns>False when there is no such option or it is no bool.</returns>
    public bool TryGetBool(ReadOnlySpan<byte> key, out bool value)
    {
        Span<byte> buffer = stackalloc byte[LongestNumber];
        value = false;
        return TryFind(key, buffer, out var found) && found.TryBool(out value);
    }

    /// <summary>Looks up a list and copies its elements, all of one commit; a scalar is a list of one.</summary>
    /// <param name="key">The bytes "section.option".</param>
    /// <param name="list">Filled with the elements; empty when this returns false.</param>
    /// <returns>False when there is no such option.</returns>
    public bool TryGetList(ReadOnlySpan<byte> key, ElementList list)
    {
        while (true)
        {
            var result = Copy(key, list.Room, out var size, out var elementType, out var isList);
            if (result == SegmentCopyResult.TooLong)
            {
                list.Grow(size);
                continue;
            }

            if (result == SegmentCopyResult.Missing)
            {
                list.Clear();
                return false;
            }

            return list.TryTake(size, elementType, isList) ? true : throw _memory.Corrupt("The bytes of a value do not fit its type.");
        }
    }

    /// <inheritdoc cref="TryGet(ReadOnlySpan{byte}, out ConfigValue?)"/>
    public bool TryGet(string key, [NotNullWhen(true)] out ConfigValue? value)
    {
        Span<byte> bytes = stackalloc byte[BlockLayout.MaximumKeySize];
        value = null;
        return TryEncode(key, ref bytes) && TryGet(bytes, out value);
    }

    /// <inheritdoc cref="TryGetString(ReadOnlySpan{byte}, out string?)"/>
    public bool TryGetString(string key, [NotNullWhen(true)] out string? value)
    {
        Span<byte> bytes = stackalloc byte[BlockLayout.MaximumKeySize];
        value = null;
        return TryEncode(key, ref bytes) && TryGetString(bytes, out value);
    }

    /// <inheritdoc cref="TryGetInt(ReadOnlySpan{byte}, out long)"/>
    public bool TryGetInt(string key, out long value)
    {
        Span<byte> bytes = stackalloc byte[BlockLayout.MaximumKeySize];
        value = 0;
        return TryEncode(key, ref bytes) && TryGetInt(bytes, out value);
    }

    /// <inheritdoc cref="TryGetFloat(ReadOnlySpan{byte}, out double)"/>
    public bool TryGetFloat(string key, out double value)
    {
        Span<byte> bytes = stackalloc byte[BlockLayout.MaximumKeySize];
        value = 0;
        return TryEncode(key, ref bytes) && TryGetFloat(bytes, out value);
    }

    /// <inheritdoc cref="TryGetBool(ReadOnlySpan{byte}, out bool)"/>
    public bool TryGetBool(string key, out bool value)
    {
        Span<byte> bytes = stackalloc byte[BlockLayout.MaximumKeySize];
        value = false;
        return TryEncode(key, ref bytes) && TryGetBool(bytes, out value);
    }

    /// <summary>An option that is looked up once and then read again and again; it need not be there yet.</summary>
    /// <param name="key">The bytes "section.option"; copied.</param>
    /// <returns>Used by the same thread as this reader; good until this reader is disposed of.</returns>
    public OptionHandle Handle(ReadOnlySpan<byte> key) => new(this, key.ToArray());

    /// <summary>Looks up many options as of one and the same commit.</summary>
    /// <param name="keys">The bytes "section.option" of each.</param>
    /// <param name="values">Copies of their values, null where there is no such option; as long as <paramref name="keys"/>.</param>
    /// <returns>The commit that all of them show.</returns>
    public Revision GetTogether(ReadOnlySpan<ReadOnlyMemory<byte>> keys, Span<ConfigValue?> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, keys.Length);
        for (var attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            var revision = _memory.Visible;
            var isWhole = TryGetAt(revision, keys, values);
            if (!Follow() && isWhole)
            {
                return new(revision);
            }
        }

        throw _memory.Corrupt("Keys cannot be read together.");
    }

    /// <summary>The whole module at the revision visible now; later commits do not change it.</summary>
    /// <remarks>
    /// Its methods throw <see cref="SnapshotTooOldException"/> once the revision is no longer kept; then take a new one.
    /// Used by the same thread as this reader; good until this reader is disposed of.
    /// </remarks>
    public IModuleView Snapshot()
    {
        Follow();
        return new SegmentView(_memory, new(_memory.Visible));
    }

    /// <summary>The whole module at a past revision, as far as the segment still keeps it.</summary>
    /// <remarks>As <see cref="Snapshot"/> otherwise: its methods throw <see cref="SnapshotTooOldException"/> once the revision is no longer kept.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The revision is not visible yet.</exception>
    /// <exception cref="SnapshotTooOldException">The revision is no longer kept.</exception>
    public IModuleView SnapshotAt(Revision revision)
    {
        Follow();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(revision.Value, _memory.Visible, nameof(revision));
        return _memory.Oldest <= revision.Value ? new SegmentView(_memory, revision) : throw new SnapshotTooOldException(revision);
    }

    /// <summary>Opens a table at the revision visible now; null when there is none of this name.</summary>
    public SegmentTable? OpenTable(string name) => SegmentTable.Open(this, name);

    /// <summary>Waits for a commit after <paramref name="seen"/>.</summary>
    /// <param name="seen">The newest revision that the caller knows.</param>
    /// <param name="timeout">The longest wait; zero only looks.</param>
    /// <returns>Whether there is one.</returns>
    public bool WaitForChange(Revision seen, TimeSpan timeout) => WaitUntil(() => _memory.Visible > seen.Value, timeout);

    /// <summary>Waits until a condition on what is visible holds; it is asked again after every commit.</summary>
    internal bool WaitUntil(Func<bool> holds, TimeSpan timeout)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var region = _memory.Region;
            var word = unchecked((uint)region.Read(HeaderLayout.FutexOffset));
            Follow();
            if (holds())
            {
                return true;
            }

            var left = timeout - Stopwatch.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            if (ReferenceEquals(region, _memory.Region))
            {
                Futex.Wait(region, HeaderLayout.FutexOffset, word, left);
            }
        }
    }

    /// <summary>Unmaps the file; views that came from here are useless then.</summary>
    public void Dispose() => _memory.Dispose();

    private bool TryGetAt(long revision, ReadOnlySpan<ReadOnlyMemory<byte>> keys, Span<ConfigValue?> values)
    {
        for (var index = 0; index < keys.Length; index++)
        {
            var result = keys[index].IsEmpty ? LookupResult.Missing : _entries.Find(keys[index].Span, revision);
            if (result == LookupResult.TooOld)
            {
                return false;
            }

            values[index] = result == LookupResult.Found && _entries.Entry.Kind == BlockKind.Option ? Decode() : null;
        }

        return true;
    }

    private ConfigValue Decode() => _entries.Entry.ToValue() ?? throw _memory.Corrupt("The bytes of a value do not fit its type.");

    private OptionCache? NewCache() => _options.CachedOptions == 0 ? null : new(_options.CachedOptions, _options.CachePolicy);

    // No key has other characters than ASCII's.
    private static bool TryEncode(string key, ref Span<byte> bytes)
    {
        if (Ascii.FromUtf16(key, bytes, out var size) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        bytes = bytes[..size];
        return true;
    }

    private void Prefetch(ReadOnlySpan<ReadOnlyMemory<byte>> keys, Span<ulong> hashes)
    {
        for (var index = 0; index < keys.Length; index++)
        {
            hashes[index] = _memory.HashOf(keys[index].Span);
            _heads.PrefetchBucket(hashes[index]);
        }

        for (var index = 0; index < keys.Length; index++)
        {
            _heads.PrefetchEntry(hashes[index]);
        }
    }

    // What was read in place is in the destination already; copying it onto itself changes nothing.
    private static SegmentCopyResult Copy(bool isFound, EncodedValue found, Span<byte> destination, out int size, out ElementType elementType, out bool isList)
    {
        size = found.Bytes.Length;
        elementType = found.ElementType;
        isList = found.IsList;
        return !isFound ? SegmentCopyResult.Missing
            : found.Bytes.TryCopyTo(destination) ? SegmentCopyResult.Copied : SegmentCopyResult.TooLong;
    }

    /// <summary>Looks an option up in place and says by which words to see that the answer still holds.</summary>
    /// <param name="key">The bytes "section.option".</param>
    /// <param name="buffer">Where the encoding goes; at least <see cref="HeadReader.LongestValue"/> bytes.</param>
    /// <param name="size">Bytes of the encoding.</param>
    /// <param name="kindByte">Its kind and flags; 0 when there is no such option.</param>
    /// <returns>The default when this cannot be told in place.</returns>
    internal Watch Resolve(ReadOnlySpan<byte> key, Span<byte> buffer, out int size, out int kindByte)
    {
        _ = Follow();
        var hash = _memory.HashOf(key);
        var home = _memory.OffsetOfHome(hash) + IndexLayout.BucketWordOffset;
        var homeWord = _memory.Region.Read(home);
        var result = _heads.Find(key, hash, buffer);
        size = result == HeadResult.Found ? _heads.ValueSize : 0;
        kindByte = result == HeadResult.Found ? _heads.KindByte : 0;
        return result switch
        {
            HeadResult.Found => new(_memory.Region, _heads.SlotOffset, _heads.Slot, _heads.Offset, _heads.Stamp),
            HeadResult.Missing => new(_memory.Region, home, homeWord, home, homeWord),
            _ => default,
        };
    }

    // The value's bytes are in the cache, in the buffer when they are short, or else in the reader's copy of the entry.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryFind(ReadOnlySpan<byte> key, Span<byte> buffer, out EncodedValue value)
    {
        int? line = null;
        if (_cache is { } cache && OptionCache.Fits(key.Length))
        {
            if (cache.TryFind(_memory.Region, key, out var place))
            {
                value = cache.At(place);
                return value.IsThere;
            }

            line = place;
        }

        return TryFindInSegment(key, _memory.HashOf(key), buffer, line, out value);
    }

    // The hash is the one under the seed of the file that is read now.
    private bool TryFindInSegment(ReadOnlySpan<byte> key, ulong hash, Span<byte> buffer, int? line, out EncodedValue value)
    {
        var result = _heads.Find(key, hash, buffer);
        if (result == HeadResult.Unsure || _memory.Mark != HeaderLayout.MarkLive)
        {
            value = Find(key) ? new(_entries.Entry.Value, BlockLayout.KindByte(_entries.Entry.Descriptor)) : default;
            return value.IsThere;
        }

        value = result == HeadResult.Found ? new(buffer[.._heads.ValueSize], _heads.KindByte) : default;
        if (line is { } place)
        {
            var watch = result == HeadResult.Found ? new Watch(_memory.Region, _heads.SlotOffset, _heads.Slot, _heads.Offset, _heads.Stamp) : default;
            _cache!.Put(place, key, value, watch, _heads.Revision);
        }

        return value.IsThere;
    }

    private bool Find(ReadOnlySpan<byte> key)
    {
        if (key.IsEmpty)
        {
            return false;
        }

        for (var attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            var result = _entries.Find(key, _memory.Visible);
            if (_memory.Mark != HeaderLayout.MarkLive && Follow())
            {
                continue;
            }

            if (result != LookupResult.TooOld)
            {
                return result == LookupResult.Found && _entries.Entry.Kind == BlockKind.Option;
            }
        }

        throw _memory.Corrupt("A key cannot be read steadily.");
    }

    // When the file is marked and the path leads to another one, goes over to that. Views keep the old mapping; it goes
    // when nothing can reach it any more.
    private bool Follow()
    {
        if (_memory.Mark == HeaderLayout.MarkLive)
        {
            return false;
        }

        var next = SegmentMemory.Open(_path, writable: false);
        if (next.Region.Identity == _memory.Region.Identity)
        {
            next.Dispose();
            return false;
        }

        _memory = next;
        _entries = new(next) { BelieveMisses = _entries.BelieveMisses };
        _heads = new(next) { BelieveMisses = _heads.BelieveMisses };
        _cache = NewCache();
        return true;
    }
}
