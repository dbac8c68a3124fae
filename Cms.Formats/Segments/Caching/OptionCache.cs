// Invariants:
// - A line is given out only when nothing became visible since it was last known to be right, or when its watch still
//   holds; so a hit is as new as a lookup in the segment.
// - All lines belong to one file; when the reader goes over to another, it makes a new cache.
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Cms.Formats.Mapping;
using Cms.Formats.Modules;
using Cms.Formats.Segments.Layout;
using Cms.Formats.Segments.Reading;

namespace Cms.Formats.Segments.Caching;

/// <summary>Remembers short options by their keys, two in a set, so that a key read again costs no walk through the segment.</summary>
/// <remarks>One thread at a time. Holds keys of 8 to 32 bytes with values of up to 32 bytes.</remarks>
internal sealed class OptionCache
{
    /// <summary>The longest value that is remembered.</summary>
    public const int LongestValue = 32;

    private const int ShortestKey = 8;
    private const int LongestKey = 32;

    /// <summary>What a line and its watch take: 80 and 40 bytes.</summary>
    private const int BytesOfLine = 120;

    private const int WordSize = sizeof(ulong);
    private const int Ways = 2;

    private readonly Line[] _lines;
    private readonly Watch[] _watches;
    private readonly byte[] _recentWays;
    private readonly byte[] _missedMarks;
    private readonly int _shift;
    private readonly CachePolicy _policy;
    private long _hits;
    private long _misses;
    private long _evictions;

    /// <summary>An empty cache.</summary>
    /// <param name="capacity">At least 1.</param>
    /// <param name="policy">What gives way.</param>
    public OptionCache(int capacity, CachePolicy policy)
    {
        var sets = Math.Max(1, (int)BitOperations.RoundUpToPowerOf2((uint)capacity) / Ways);
        _lines = new Line[sets * Ways];
        _watches = new Watch[sets * Ways];
        _recentWays = new byte[sets];
        _missedMarks = new byte[sets];
        _shift = (WordSize * 8) - 1 - BitOperations.Log2((uint)sets);
        _policy = policy;
    }

    /// <summary>How it has done so far.</summary>
    public CacheStatistics Statistics =>
        new(_lines.Length, _hits, _misses, _evictions, ((long)_lines.Length * BytesOfLine) + _recentWays.Length + _missedMarks.Length);

    /// <summary>Whether an option with such a key can be remembered.</summary>
    public static bool Fits(int keySize) => keySize is >= ShortestKey and <= LongestKey;

    /// <summary>Looks a key up.</summary>
    /// <param name="region">The reader's file.</param>
    /// <param name="key">A key that fits.</param>
    /// <param name="line">The number of the line that has it; else of the line that it may take.</param>
    /// <returns>Whether the line has it and is as new as the file.</returns>
    public bool TryFind(MappedRegion region, ReadOnlySpan<byte> key, out int line)
    {
        unchecked
        {
            var words = KeyWords.Of(key);
            var set = (int)(words.Mix() >> 1 >> _shift);
            line = set * Ways;
            if (!_lines[line].Has(words, key.Length))
            {
                if (!_lines[line + 1].Has(words, key.Length))
                {
                    _misses++;
                    line += Victim(set);
                    return false;
                }

                line++;
            }

            if (!IsNew(region, ref _lines[line], line))
            {
                _misses++;
                return false;
            }

            _hits++;
            Use(set, line - (set * Ways));
            return true;
        }
    }

    /// <summary>The value in a line that was found; good until the next call. Not there when the option is known to be missing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public EncodedValue At(int line)
    {
        ref var found = ref _lines[line];
        return new(((ReadOnlySpan<byte>)found.Value)[..found.Size], found.KindByte);
    }

    /// <summary>Copies the value in a line that was found, as <see cref="SegmentReader.Copy(ReadOnlySpan{byte}, Span{byte}, out int, out ElementType, out bool)"/> does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SegmentCopyResult Copy(int line, Span<byte> destination, out int size, out ElementType elementType, out bool isList)
    {
        ref var found = ref _lines[line];
        size = found.Size;
        elementType = BlockLayout.ElementTypeOf(found.KindByte);
        isList = BlockLayout.IsList(found.KindByte);
        if (found.KindByte == 0)
        {
            return SegmentCopyResult.Missing;
        }

        // A short value by two moves, since a size of its own would take a call.
        ReadOnlySpan<byte> value = found.Value;
        if (size <= 2 * WordSize && destination.Length >= 2 * WordSize)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination, BinaryPrimitives.ReadUInt64LittleEndian(value));
            BinaryPrimitives.WriteUInt64LittleEndian(destination[WordSize..], BinaryPrimitives.ReadUInt64LittleEndian(value[WordSize..]));
            return SegmentCopyResult.Copied;
        }

        return value[..size].TryCopyTo(destination) ? SegmentCopyResult.Copied : SegmentCopyResult.TooLong;
    }

    /// <summary>Offers an option for the line that <see cref="TryFind"/> gave; it is taken when it is short and asked for again and again.</summary>
    /// <param name="line">The number of the line.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="watch">What says that it is still right; the default when only the revision can tell.</param>
    /// <param name="revision">The revision of the answer.</param>
    public void Put(int line, ReadOnlySpan<byte> key, in EncodedValue value, in Watch watch, long revision)
    {
        var words = KeyWords.Of(key);
        ref var taken = ref _lines[line];
        if (value.Bytes.Length > LongestValue || (!taken.Has(words, key.Length) && !IsAskedForAgain(line / Ways, words)))
        {
            return;
        }

        _evictions += taken.KeySize == 0 || taken.Has(words, key.Length) ? 0 : 1;
        taken.Words = words;
        taken.KeySize = key.Length;
        taken.KindByte = (short)value.KindByte;
        taken.Size = (short)value.Bytes.Length;
        taken.Seen = unchecked((ulong)revision);
        value.Bytes.CopyTo(taken.Value);
        _watches[line] = watch;
        _recentWays[line / Ways] = (byte)(line % Ways);
    }

    // What is asked for only once should push nothing out: a set remembers the last key that missed by a byte of its hash.
    private bool IsAskedForAgain(int set, in KeyWords words)
    {
        var mark = words.Mark();
        var isAgain = _missedMarks[set] == mark;
        _missedMarks[set] = mark;
        return isAgain;
    }

    private bool IsNew(MappedRegion region, ref Line line, int number)
    {
        var visible = region.Read(HeaderLayout.VisibleOffset);
        if (line.Seen == visible)
        {
            return region.Read(HeaderLayout.MarkOffset) == HeaderLayout.MarkLive;
        }

        if (!_watches[number].Holds)
        {
            return false;
        }

        line.Seen = visible;
        return true;
    }

    private void Use(int set, int way)
    {
        if (_policy != CachePolicy.FirstIn && _recentWays[set] != way)
        {
            _recentWays[set] = (byte)way;
        }
    }

    private int Victim(int set)
    {
        for (var way = 0; way < Ways; way++)
        {
            if (_lines[(set * Ways) + way].KeySize == 0)
            {
                return way;
            }
        }

        return _policy == CachePolicy.MostRecentlyUsed ? _recentWays[set] : 1 - _recentWays[set];
    }

    private struct Line
    {
        public KeyWords Words;
        public ulong Seen;
        public int KeySize;
        public short KindByte;
        public short Size;
        public ValueBytes Value;

        public readonly bool Has(in KeyWords words, int keySize) => KeySize == keySize && Words.Equals(words);
    }

    [InlineArray(LongestValue)]
    private struct ValueBytes
    {
        private byte _first;
    }

    /// <summary>A key's words; the last one is its last eight bytes, whatever they share with the others.</summary>
    private readonly record struct KeyWords(ulong First, ulong Second, ulong Third, ulong Last)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static KeyWords Of(ReadOnlySpan<byte> key) => new(
            BinaryPrimitives.ReadUInt64LittleEndian(key),
            key.Length >= 2 * WordSize ? BinaryPrimitives.ReadUInt64LittleEndian(key[WordSize..]) : 0,
            key.Length >= 3 * WordSize ? BinaryPrimitives.ReadUInt64LittleEndian(key[(2 * WordSize)..]) : 0,
            BinaryPrimitives.ReadUInt64LittleEndian(key[^WordSize..]));

        // Four products that do not wait for one another; the set is in the high bits.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ulong Mix() => unchecked((First * 0x9E3779B97F4A7C15) ^ (Second * 0xD6E8FEB86659FD93) ^ (Third * 0xA0761D6478BD642F) ^ (Last * 0xE7037ED1A0B428DB));

        // Keys often differ in their last letters alone, which reach only the high bits of the products.
        public byte Mark() => unchecked((byte)(((Mix() ^ (Mix() >> 23)) * 0x9E3779B97F4A7C15) >> 56));
    }
}
