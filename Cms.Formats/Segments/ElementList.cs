// Invariant: _encoding[.._size] is a well-formed encoding of ElementType with Count elements; TryTake checks it.
using System.Buffers.Binary;
using System.Text;
using Cms.Formats.Modules;

namespace Cms.Formats.Segments;

/// <summary>The elements of a list as they were at one commit. Made once by the caller and filled again and again.</summary>
/// <remarks>
/// <see cref="SegmentReader.TryGetList(ReadOnlySpan{byte}, ElementList)"/> fills it with a copy, so the elements stay what they
/// are while the writer goes on; once the list has had room for a value, neither filling nor reading allocates. One thread at a
/// time. An index that is not below <see cref="Count"/> throws <see cref="ArgumentOutOfRangeException"/>.
/// </remarks>
public sealed class ElementList
{
    private const int FirstCapacity = 256;
    private byte[] _encoding = new byte[FirstCapacity];
    private int _size;
    private bool _isList;

    /// <summary>The type of the elements.</summary>
    public ElementType ElementType { get; private set; }

    /// <summary>How many there are; a scalar is a list of one.</summary>
    public int Count { get; private set; }

    /// <summary>Where the next value is to be copied to.</summary>
    internal Span<byte> Room => _encoding;

    private int ElementSize => ElementType == ElementType.Bool ? 1 : sizeof(long);

    /// <summary>The bytes of an element of strings; good until the list is filled again.</summary>
    /// <exception cref="InvalidOperationException">The elements are of another type.</exception>
    public ReadOnlySpan<byte> GetBytes(int index)
    {
        Check(index, ElementType.String);
        if (!_isList)
        {
            return _encoding.AsSpan(0, _size);
        }

        var start = index == 0 ? 0 : EndOf(index - 1);
        return _encoding.AsSpan((sizeof(int) * (1 + Count)) + start, EndOf(index) - start);
    }

    /// <summary>An element of ints.</summary>
    /// <exception cref="InvalidOperationException">The elements are of another type.</exception>
    public long GetInt(int index) => BinaryPrimitives.ReadInt64LittleEndian(Number(index, ElementType.Int));

    /// <summary>An element of floats.</summary>
    /// <exception cref="InvalidOperationException">The elements are of another type.</exception>
    public double GetFloat(int index) => BinaryPrimitives.ReadDoubleLittleEndian(Number(index, ElementType.Float));

    /// <summary>An element of bools.</summary>
    /// <exception cref="InvalidOperationException">The elements are of another type.</exception>
    public bool GetBool(int index) => Number(index, ElementType.Bool)[0] != 0;

    /// <summary>An element of strings as text, which is allocated; bytes that are no UTF-8 become U+FFFD.</summary>
    /// <exception cref="InvalidOperationException">The elements are of another type.</exception>
    public string GetText(int index) => Encoding.UTF8.GetString(GetBytes(index));

    /// <summary>Makes room for a value that did not fit.</summary>
    internal void Grow(int size) => _encoding = new byte[size * 2];

    /// <summary>There are no elements.</summary>
    internal void Clear() => Count = 0;

    /// <summary>Takes over what was copied into <see cref="Room"/>.</summary>
    /// <returns>False when the bytes do not fit the type; the list is empty then.</returns>
    internal bool TryTake(int size, ElementType elementType, bool isList)
    {
        var isWell = ConfigValue.IsWellFormed(elementType, isList, _encoding.AsSpan(0, size));
        ElementType = elementType;
        _isList = isList;
        _size = isWell ? size : 0;
        Count = !isWell ? 0
            : !isList ? 1
            : elementType == ElementType.String ? BinaryPrimitives.ReadInt32LittleEndian(_encoding)
            : size / ElementSize;
        return isWell;
    }

    private ReadOnlySpan<byte> Number(int index, ElementType type)
    {
        Check(index, type);
        return _encoding.AsSpan(index * ElementSize, ElementSize);
    }

    private int EndOf(int index) => BinaryPrimitives.ReadInt32LittleEndian(_encoding.AsSpan(sizeof(int) * (1 + index)));

    private void Check(int index, ElementType type)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        if (ElementType != type)
        {
            throw new InvalidOperationException($"The elements are of type {ElementType}, not {type}.");
        }
    }
}
