// The walks of Native/chase.h over what can be read from C#. A lookup that finds nothing leaves the value of the step
// before, which leads the walk astray.
using System.Collections.Concurrent;
using System.Text;
using Cms.Formats.Segments;

namespace Cms.Benchmarks;

/// <summary>A table that is walked over.</summary>
internal interface ILookupTable
{
    /// <summary>Copies the value of a hot key.</summary>
    void CopyHot(int hot, Span<byte> value);
}

/// <summary>The walks over a segment that another process writes.</summary>
internal sealed class SegmentWalks(SegmentReader reader)
{
    private const int ValueRoom = 64;
    private readonly byte[][] _hotKeys = [.. Enumerable.Range(0, LookupData.HotCount).Select(hot => Key(LookupData.HotNumber(hot)))];
    private readonly OptionHandle[] _handles = [.. Enumerable.Range(0, LookupData.HotCount).Select(hot => reader.Handle(Key(LookupData.HotNumber(hot))))];
    private readonly byte[][] _batchKeys = [.. Enumerable.Range(0, LookupData.BatchCount).Select(_ => new byte[LookupData.KeySize])];

    /// <summary>Walks; answers the state at the end.</summary>
    public ulong Walk(Reach reach, long steps, ulong state) => reach switch
    {
        Reach.Random => WalkRandom(steps, state),
        Reach.Hot => WalkHot(new HotSegment(reader, _hotKeys), steps, state),
        Reach.Handle => WalkHot(new HotHandles(_handles), steps, state),
        Reach.Number => WalkNumbers(steps, state),
        Reach.Batch => WalkBatch(steps, state),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The one loop over hot keys, made anew for each kind of table by the compiler.</summary>
    public static ulong WalkHot<T>(T table, long steps, ulong state)
        where T : struct, ILookupTable
    {
        Span<byte> value = stackalloc byte[ValueRoom];
        for (var step = 0L; step < steps; step++)
        {
            table.CopyHot(LookupData.HotAfter(state), value);
            state = LookupData.WalkOn(state, value);
        }

        return state;
    }

    private static byte[] Key(uint number)
    {
        var key = new byte[LookupData.KeySize];
        LookupData.WriteKey(number, key);
        return key;
    }

    private ulong WalkRandom(long steps, ulong state)
    {
        Span<byte> value = stackalloc byte[ValueRoom];
        Span<byte> key = stackalloc byte[LookupData.KeySize];
        for (var step = 0L; step < steps; step++)
        {
            LookupData.WriteKey(LookupData.NumberAfter(state), key);
            _ = reader.Copy(key, value, out _, out _, out _);
            state = LookupData.WalkOn(state, value);
        }

        return state;
    }

    private ulong WalkNumbers(long steps, ulong state)
    {
        for (var step = 0L; step < steps; step++)
        {
            _ = _handles[LookupData.HotAfter(state)].TryGetInt(out var value);
            state = LookupData.WalkOn(state, value);
        }

        return state;
    }

    private ulong WalkBatch(long steps, ulong state)
    {
        var keys = Array.ConvertAll(_batchKeys, key => new ReadOnlyMemory<byte>(key));
        Span<byte> values = stackalloc byte[LookupData.BatchCount * ValueRoom];
        var copies = new SegmentCopy[LookupData.BatchCount];
        for (var batch = 0L; batch < steps / LookupData.BatchCount; batch++)
        {
            for (var place = 0; place < _batchKeys.Length; place++)
            {
                LookupData.WriteKey(LookupData.NumberAfter(state, place), _batchKeys[place]);
            }

            reader.CopyMany(keys, values, copies);
            foreach (var copy in copies)
            {
                state = LookupData.WalkOn(state, values[copy.Offset..]);
            }
        }

        return state;
    }

    private readonly struct HotSegment(SegmentReader reader, byte[][] keys) : ILookupTable
    {
        public void CopyHot(int hot, Span<byte> value) => _ = reader.Copy(keys[hot], value, out _, out _, out _);
    }

    private readonly struct HotHandles(OptionHandle[] handles) : ILookupTable
    {
        public void CopyHot(int hot, Span<byte> value) => _ = handles[hot].Copy(value, out _);
    }
}

/// <summary>The dictionary of .NET with all keys. Nobody writes it: no other process can.</summary>
internal sealed class DictionaryWalk
{
    private readonly ConcurrentDictionary<string, string> _table = new(StringComparer.Ordinal);
    private readonly string[] _hotKeys = [.. Enumerable.Range(0, LookupData.HotCount).Select(hot => LookupData.Key(LookupData.HotNumber(hot)))];

    public DictionaryWalk()
    {
        foreach (var number in LookupData.LoadOrder())
        {
            _table[LookupData.Key(number)] = LookupData.Value(number);
        }
    }

    /// <summary>Walks over the hot keys; answers the state at the end.</summary>
    public ulong WalkHot(long steps, ulong state) => SegmentWalks.WalkHot(new HotDictionary(_table, _hotKeys), steps, state);

    private readonly struct HotDictionary(ConcurrentDictionary<string, string> table, string[] keys) : ILookupTable
    {
        public void CopyHot(int hot, Span<byte> value)
        {
            if (table.TryGetValue(keys[hot], out var text))
            {
                _ = Encoding.ASCII.GetBytes(text, value);
            }
        }
    }
}
