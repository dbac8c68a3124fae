// Invariant: what is remembered here is given out only while _watch holds; the words that it looks at are in the shared
// file, so a handle needs no message to notice a commit, a larger file or the key's going and coming back.
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Cms.Formats.Modules;
using Cms.Formats.Segments.Reading;

namespace Cms.Formats.Segments;

/// <summary>An option that is looked up once; later reads only ask whether it was changed since.</summary>
/// <remarks>
/// Made by <see cref="SegmentReader.Handle"/>, used by the same thread as the reader. Every read gives the newest visible
/// value, like the reader's own methods, and resolves the key anew when it was moved, removed or put back. Values of up to
/// 127 bytes are remembered; longer ones are looked up each time. Throws what the reader throws.
/// </remarks>
public sealed class OptionHandle
{
    // Values of this many bytes are kept as two words: copying those takes less time than calling for a copy.
    private const int ShortSize = 2 * sizeof(ulong);

    private readonly SegmentReader _reader;
    private readonly byte[] _key;
    private readonly byte[] _buffer = new byte[HeadReader.LongestValue];
    private ulong _first;
    private ulong _second;
    private bool _isShort;
    private Watch _watch;
    private ConfigValue? _value;
    private string? _text;
    private long _number;
    private bool _isNumber;
    private int _size;
    private int _kindByte;

    internal OptionHandle(SegmentReader reader, byte[] key)
    {
        _reader = reader;
        _key = key;
    }

    /// <summary>The bytes "section.option".</summary>
    public ReadOnlySpan<byte> Key => _key;

    /// <summary>The value, as <see cref="SegmentReader.TryGet(ReadOnlySpan{byte}, out ConfigValue?)"/> gives it; the same object until it is changed.</summary>
    public bool TryGet([NotNullWhen(true)] out ConfigValue? value)
    {
        if (!_watch.Holds && !Resolve())
        {
            return _reader.TryGet(_key, out value);
        }

        value = _value ??= Remembered.ToValue();
        return value is not null;
    }

    /// <summary>The encoding, as <see cref="SegmentReader.Copy(ReadOnlySpan{byte}, Span{byte}, out int, out ElementType, out bool)"/> gives it.</summary>
    /// <param name="destination">Where to; the caller's. Of 16 bytes or more the first 16 may be overwritten whatever the size.</param>
    /// <param name="size">Bytes of the encoding; 0 when there is no such option.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SegmentCopyResult Copy(Span<byte> destination, out int size)
    {
        if (!_watch.Holds && !Resolve())
        {
            return _reader.Copy(_key, destination, out size, out _, out _);
        }

        size = _size;
        if (_isShort && destination.Length >= ShortSize)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination, _first);
            BinaryPrimitives.WriteUInt64LittleEndian(destination[sizeof(ulong)..], _second);
            return SegmentCopyResult.Copied;
        }

        return _kindByte == 0 ? SegmentCopyResult.Missing
            : _buffer.AsSpan(0, _size).TryCopyTo(destination) ? SegmentCopyResult.Copied : SegmentCopyResult.TooLong;
    }

    /// <summary>A scalar as text; the same object until it is changed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGetString([NotNullWhen(true)] out string? value)
    {
        if (!_watch.Holds && !Resolve())
        {
            return _reader.TryGetString(_key, out value);
        }

        value = _text ??= Remembered.ToText();
        return value is not null;
    }

    /// <summary>An int, a bool as 0 or 1, or a string of decimal digits with an optional sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGetInt(out long value)
    {
        if (!_watch.Holds && !Resolve())
        {
            return _reader.TryGetInt(_key, out value);
        }

        value = _number;
        return _isNumber;
    }

    /// <summary>A float, an int, or a string that is a decimal number.</summary>
    public bool TryGetFloat(out double value) =>
        !_watch.Holds && !Resolve() ? _reader.TryGetFloat(_key, out value) : Remembered.TryFloat(out value);

    /// <summary>A bool, an int 0 or 1, or one of UCI's spellings.</summary>
    public bool TryGetBool(out bool value) =>
        !_watch.Holds && !Resolve() ? _reader.TryGetBool(_key, out value) : Remembered.TryBool(out value);

    /// <summary>Waits until a commit gives this option another value, removes it or brings it back.</summary>
    /// <param name="last">The value that the caller knows; null when it knows that there is none.</param>
    /// <param name="timeout">The longest wait; zero only looks.</param>
    /// <param name="value">The value then; null when there is none.</param>
    /// <returns>Whether it differs from <paramref name="last"/>.</returns>
    public bool WaitForChange(ConfigValue? last, TimeSpan timeout, out ConfigValue? value)
    {
        ConfigValue? now = null;
        var isChanged = _reader.WaitUntil(() => !Equals(TryGet(out now) ? now : null, last), timeout);
        value = now;
        return isChanged;
    }

    private EncodedValue Remembered => new(_buffer.AsSpan(0, _size), _kindByte);

    // False when the value cannot be remembered and has to be looked up by other means.
    private bool Resolve()
    {
        _watch = _reader.Resolve(_key, _buffer, out _size, out _kindByte);
        _value = null;
        _text = null;
        _number = 0;
        _isNumber = _watch.Region is not null && Remembered.TryInt(out _number);
        _isShort = _watch.Region is not null && _kindByte != 0 && _size <= ShortSize;
        _first = BinaryPrimitives.ReadUInt64LittleEndian(_buffer);
        _second = BinaryPrimitives.ReadUInt64LittleEndian(_buffer.AsSpan(sizeof(ulong)));
        return _watch.Region is not null;
    }
}
