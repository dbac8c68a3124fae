// Invariants:
// - Every answer is given at the revision that was visible when the call began, or at a newer one.
// - After each answer the file's mark is read: an answer from a file that another one has replaced does not count.
using System.Buffers.Text;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Cms.Formats.Mapping;
using Cms.Formats.Modules;
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
    private readonly string _path;
    private SegmentMemory _memory;
    private EntryReader _entries;

    private SegmentReader(string path, SegmentMemory memory)
    {
        _path = path;
        _memory = memory;
        _entries = new(memory);
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

    /// <summary>For tests: runs before every load from the file.</summary>
    internal Action? BeforeLoad
    {
        set => _memory.Region.BeforeLoad = value;
    }

    /// <summary>For tests of the tests: believe a miss at once.</summary>
    internal bool BelieveMisses
    {
        set => _entries.BelieveMisses = value;
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
    public static SegmentReader Open(string path) => new(path, SegmentMemory.Open(path, writable: false));

    /// <summary>Looks up an option of a named section.</summary>
    /// <param name="key">The bytes "section.option".</param>
    /// <param name="value">A copy of its value, or null when this returns false.</param>
    /// <returns>False when there is no such option.</returns>
    public bool TryGet(ReadOnlySpan<byte> key, [NotNullWhen(true)] out ConfigValue? value)
    {
        value = Find(key) ? Decode() : null;
        return value is not null;
    }

    /// <summary>Looks up an option and copies its value's encoding, as described at <see cref="ConfigValue"/>, without allocating.</summary>
    /// <param name="key">The bytes "section.option".</param>
    /// <param name="destination">Where to; the caller's.</param>
    /// <param name="size">Bytes of the encoding; 0 when there is no such option.</param>
    /// <param name="elementType">The type of the value or of its elements.</param>
    /// <param name="isList">Whether it is a list.</param>
    public SegmentCopyResult Copy(ReadOnlySpan<byte> key, Span<byte> destination, out int size, out ElementType elementType, out bool isList)
    {
        size = 0;
        elementType = ElementType.String;
        isList = false;
        if (!Find(key))
        {
            return SegmentCopyResult.Missing;
        }

        var value = _entries.Entry.Value;
        size = value.Length;
        elementType = _entries.Entry.ElementType;
        isList = _entries.Entry.IsList;
        return value.TryCopyTo(destination) ? SegmentCopyResult.Copied : SegmentCopyResult.TooLong;
    }

    /// <summary>Looks up a scalar as text; numbers are written out, bytes that are no UTF-8 become U+FFFD.</summary>
    /// <returns>False when there is no such option or it is a list.</returns>
    public bool TryGetString(ReadOnlySpan<byte> key, [NotNullWhen(true)] out string? value)
    {
        value = !FindScalar(key) ? null
            : _entries.Entry.ElementType == ElementType.String ? Encoding.UTF8.GetString(_entries.Entry.Value)
            : Decode().GetText();
        return value is not null;
    }

    /// <summary>Looks up an int: one stored as such, a bool as 0 or 1, or a string of decimal digits with an optional sign.</summary>
    /// <returns>False when there is no such option or it is no int.</returns>
    public bool TryGetInt(ReadOnlySpan<byte> key, out long value)
    {
        value = 0;
        if (!FindScalar(key))
        {
            return false;
        }

        var bytes = _entries.Entry.Value;
        switch (_entries.Entry.ElementType)
        {
            case ElementType.Int when bytes.Length == sizeof(long):
                value = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(bytes);
                return true;
            case ElementType.Bool when bytes.Length == 1:
                value = bytes[0];
                return true;
            case ElementType.String:
                return Utf8Parser.TryParse(bytes, out value, out var used) && used == bytes.Length;
            default:
                return false;
        }
    }

    /// <summary>Looks up a float: one stored as such, an int, or a string that is a decimal number.</summary>
    /// <returns>False when there is no such option or it is no number.</returns>
    public bool TryGetFloat(ReadOnlySpan<byte> key, out double value)
    {
        value = 0;
        if (!FindScalar(key))
        {
            return false;
        }

        var bytes = _entries.Entry.Value;
        switch (_entries.Entry.ElementType)
        {
            case ElementType.Float when bytes.Length == sizeof(double):
                value = System.Buffers.Binary.BinaryPrimitives.ReadDoubleLittleEndian(bytes);
                return true;
            case ElementType.Int when bytes.Length == sizeof(long):
                value = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(bytes);
                return true;
            case ElementType.String:
                return Utf8Parser.TryParse(bytes, out value, out var used) && used == bytes.Length;
            default:
                return false;
        }
    }

    /// <summary>Looks up a bool: one stored as such, an int 0 or 1, or one of UCI's spellings 1/0, on/off, yes/no, true/false, enabled/disabled.</summary>
    /// <returns>False when there is no such option or it is no bool.</returns>
    public bool TryGetBool(ReadOnlySpan<byte> key, out bool value)
    {
        value = false;
        if (!FindScalar(key))
        {
            return false;
        }

        var bytes = _entries.Entry.Value;
        if (_entries.Entry.ElementType == ElementType.String)
        {
            return TrySpelling(bytes, out value);
        }

        if (_entries.Entry.ElementType == ElementType.Float || bytes[1..].ContainsAnyExcept((byte)0) || bytes[0] > 1)
        {
            return false;
        }

        value = bytes[0] == 1;
        return true;
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

    /// <summary>Opens a table at the revision visible now; null when there is none of this name.</summary>
    public SegmentTable? OpenTable(string name) => SegmentTable.Open(this, name);

    /// <summary>Waits for a commit after <paramref name="seen"/>.</summary>
    /// <param name="seen">The newest revision that the caller knows.</param>
    /// <param name="timeout">The longest wait; zero only looks.</param>
    /// <returns>Whether there is one.</returns>
    public bool WaitForChange(Revision seen, TimeSpan timeout)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var region = _memory.Region;
            var word = unchecked((uint)region.Read(HeaderLayout.FutexOffset));
            Follow();
            if (_memory.Visible > seen.Value)
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

    private static bool TrySpelling(ReadOnlySpan<byte> bytes, out bool value)
    {
        value = bytes.SequenceEqual("1"u8) || bytes.SequenceEqual("on"u8) || bytes.SequenceEqual("yes"u8)
            || bytes.SequenceEqual("true"u8) || bytes.SequenceEqual("enabled"u8);
        return value || bytes.SequenceEqual("0"u8) || bytes.SequenceEqual("off"u8) || bytes.SequenceEqual("no"u8)
            || bytes.SequenceEqual("false"u8) || bytes.SequenceEqual("disabled"u8);
    }

    private ConfigValue Decode() => _entries.Entry.ToValue() ?? throw _memory.Corrupt("The bytes of a value do not fit its type.");

    private bool FindScalar(ReadOnlySpan<byte> key) => Find(key) && !_entries.Entry.IsList;

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
        _entries = new(next);
        return true;
    }
}
