using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Cms.Benchmarks;

/// <summary>
/// The data that every table of the suite holds, and the walk over it; Native/keys.h has the same in C. The next key of a
/// walk comes from the value that was read, so that lookups cannot overlap; the end of a walk tells whether all of it was right.
/// </summary>
internal static class LookupData
{
    public const int KeyCount = 1_000_000;
    public const int KeySize = 20;
    public const int ValueSize = 10;
    public const int OptionsPerSection = 1000;
    public const int SectionCount = KeyCount / OptionsPerSection;
    public const int HotCount = 64;
    public const int BatchCount = 64;

    private const int HotStride = KeyCount / HotCount;
    private const int HotShift = 58;
    private const int DigitSize = 4;
    private const ulong Front = 0x5F63_6573; // "sec_"
    private const ulong Middle = 0x5F6E_6F69_7470_6F2E; // ".option_"
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;
    private const ulong Spreader = 0xD134_2543_DE82_EF95;

    private static readonly uint[] FourDigits = [.. Enumerable.Range(0, SectionCount + 1).Select(number => BinaryPrimitives.ReadUInt32LittleEndian(Encoding.ASCII.GetBytes(Four(number))))];

    /// <summary>Makes a key in registers, so that a lookup of a random one pays for no memory but the table's.</summary>
    /// <param name="number">Below <see cref="KeyCount"/>; those of the section behind are for keys that nobody reads.</param>
    /// <param name="key"><see cref="KeySize"/> bytes.</param>
    public static void WriteKey(uint number, Span<byte> key)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(key, Front | ((ulong)FourDigits[number / OptionsPerSection] << 32));
        BinaryPrimitives.WriteUInt64LittleEndian(key[8..], Middle);
        BinaryPrimitives.WriteUInt32LittleEndian(key[16..], FourDigits[number % OptionsPerSection]);
    }

    /// <summary>The name of a section.</summary>
    public static string Section(int section) => $"sec_{Four(section)}";

    /// <summary>The name of an option within its section.</summary>
    public static string Option(int option) => $"option_{Four(option)}";

    /// <summary>A key as text.</summary>
    public static string Key(uint number) => $"{Section((int)(number / OptionsPerSection))}.{Option((int)(number % OptionsPerSection))}";

    /// <summary>The value of a key.</summary>
    public static string Value(uint number)
    {
        Span<byte> value = stackalloc byte[ValueSize];
        WriteValue(number, value);
        return Encoding.ASCII.GetString(value);
    }

    /// <summary>The number of the hot key that a state leads to.</summary>
    public static uint HotNumber(int hot) => (uint)(hot * HotStride);

    /// <summary>Which of the hot keys is next.</summary>
    public static int HotAfter(ulong state) => (int)(state >> HotShift);

    /// <summary>Which of all keys is next.</summary>
    public static uint NumberAfter(ulong state) => (uint)(((state >> 32) * KeyCount) >> 32);

    /// <summary>Which key has this place in the batch that is next.</summary>
    public static uint NumberAfter(ulong state, int place) => unchecked(NumberAfter((state + (ulong)place) * Spreader));

    /// <summary>One step: all the bytes of the value that was read go into the state.</summary>
    public static ulong WalkOn(ulong state, ReadOnlySpan<byte> value) =>
        unchecked((state + BinaryPrimitives.ReadUInt64LittleEndian(value) + BinaryPrimitives.ReadUInt16LittleEndian(value[8..])) * Multiplier);

    /// <summary>The same with the value as a number.</summary>
    public static ulong WalkOn(ulong state, long value) => unchecked((state + (ulong)value) * Multiplier);

    /// <summary>The numbers of all keys in the order of loading, which is random and always the same.</summary>
    public static uint[] LoadOrder()
    {
        var order = new uint[KeyCount];
        for (var place = 0u; place < KeyCount; place++)
        {
            order[place] = place;
        }

        var state = 1ul;
        for (var place = KeyCount - 1u; place > 0; place--)
        {
            state = unchecked((state * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407);
            var other = (uint)(((state >> 32) * (place + 1)) >> 32);
            (order[place], order[other]) = (order[other], order[place]);
        }

        return order;
    }

    /// <summary>Where a walk must end.</summary>
    public static ulong Expected(Reach reach, long steps, ulong state)
    {
        Span<byte> value = stackalloc byte[ValueSize];
        if (reach == Reach.Batch)
        {
            for (var batch = 0; batch < steps / BatchCount; batch++)
            {
                var first = state;
                for (var place = 0; place < BatchCount; place++)
                {
                    WriteValue(NumberAfter(first, place), value);
                    state = WalkOn(state, value);
                }
            }

            return state;
        }

        for (var step = 0L; step < steps; step++)
        {
            var number = reach == Reach.Random ? NumberAfter(state) : HotNumber(HotAfter(state));
            WriteValue(number, value);
            state = reach == Reach.Number ? WalkOn(state, (long)Digits(number)) : WalkOn(state, value);
        }

        return state;
    }

    private static string Four(int number) => number.ToString("D4", CultureInfo.InvariantCulture);

    private static ulong Digits(uint number) => ((ulong)number * 7919 + 1_234_567) * 997 % 10_000_000_000;

    private static void WriteValue(uint number, Span<byte> value)
    {
        var digits = Digits(number);
        for (var place = ValueSize - 1; place >= 0; place--)
        {
            value[place] = (byte)('0' + (digits % 10));
            digits /= 10;
        }
    }
}

/// <summary>Over which keys a walk goes, and how.</summary>
internal enum Reach
{
    /// <summary>All keys.</summary>
    Random,

    /// <summary>The 64 hot ones.</summary>
    Hot,

    /// <summary>The 64 hot ones, each resolved once before.</summary>
    Handle,

    /// <summary>The same, the values read as numbers.</summary>
    Number,

    /// <summary>All keys, 64 at once.</summary>
    Batch,
}
