// Invariants:
// - No load or store leaves [0, Limit): Limit never exceeds the mapped size, and the owner raises it only to what the
//   file has space for, so no access meets a page without a file behind it.
// - Every load is an aligned 64-bit load with acquire order and every store an aligned 64-bit store with release order:
//   loads are not moved past later loads, nor stores past earlier stores, on x86-64 and ARM64 alike.
// - After Dispose every access throws; memory is unmapped once. An access keeps the region alive until it is done, so
//   that the mapping cannot be finalized under it.
// One thread at a time uses an instance; other threads and processes map the file for themselves.
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Microsoft.Win32.SafeHandles;

namespace Cms.Formats.Mapping;

/// <summary>A file mapped into memory, read and written in aligned 64-bit words.</summary>
internal sealed unsafe class MappedRegion : IDisposable
{
    private const int WordSize = sizeof(ulong);
    private const int LineSize = 64;
    private const int BitsInByte = 8;
    private const int BitsInWord = 64;

    /// <summary>The high halves of eight words, among sixteen half words.</summary>
    private const uint HighHalves = 0xAAAA;

    private readonly SafeFileHandle _file;
    private readonly MappedMemoryHandle _memory;
    private readonly byte* _start;
    private readonly bool _writable;
    private ulong _limit;
    private ulong _loadLimit;
    private ulong _storeLimit;
    private Action? _beforeLoad;
    private Action? _beforeStore;

    private MappedRegion(SafeFileHandle file, long size, bool writable)
    {
        var protection = MemoryCalls.ProtectionRead | (writable ? MemoryCalls.ProtectionWrite : 0);
        var address = MemoryCalls.Map(0, checked((nuint)size), protection, MemoryCalls.MapShared | MemoryCalls.MapNoReserve, (int)file.DangerousGetHandle(), 0);
        if (address == -1)
        {
            throw new IOException("The file cannot be mapped.", new Win32Exception(Marshal.GetLastSystemError()));
        }

        _file = file;
        _memory = new(address, checked((nuint)size));
        _start = (byte*)address;
        _writable = writable;
        Size = size;
    }

    /// <summary>Mapped bytes.</summary>
    public long Size { get; }

    /// <summary>Bytes from the start that may be accessed; raised by <see cref="Extend"/>.</summary>
    public long Limit => (long)_limit;

    /// <summary>Which file this is.</summary>
    public FileIdentity Identity => FileIdentity.Of(_file);

    /// <summary>What the file system knows of the file.</summary>
    public FileStatus Status => FileStatus.Of(_file);

    /// <summary>For tests: runs before each load.</summary>
    public Action? BeforeLoad
    {
        get => _beforeLoad;
        set
        {
            _beforeLoad = value;
            SetLimits();
        }
    }

    /// <summary>For tests: runs before each store.</summary>
    public Action? BeforeStore
    {
        get => _beforeStore;
        set
        {
            _beforeStore = value;
            SetLimits();
        }
    }

    /// <summary>Makes a new sparse file, which must not exist, and maps it for writing; <see cref="Limit"/> is 0.</summary>
    /// <param name="path">Where.</param>
    /// <param name="size">Bytes; a multiple of the page size.</param>
    /// <param name="group">The Unix group whose members may read it beside its owner; null for none.</param>
    /// <exception cref="UnauthorizedAccessException">This process may not give files to the group; there is no file then.</exception>
    public static MappedRegion Create(string path, long size, uint? group)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("Segments need Linux.");
        }

        // Made with its final bits: whoever opens a file while it is readable keeps it, whatever becomes of the bits.
        var file = RawFile.CreatePrivate(path, group);
        try
        {
            RandomAccess.SetLength(file, size);
            return new(file, size, true);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Maps a file as long as it is now; <see cref="Limit"/> is 0.</summary>
    /// <exception cref="IOException">It is missing, empty or cannot be mapped.</exception>
    /// <exception cref="UnauthorizedAccessException">Its access bits forbid it.</exception>
    public static MappedRegion Open(string path, bool writable)
    {
        var file = File.OpenHandle(path, FileMode.Open, writable ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            return new(file, RandomAccess.GetLength(file) / WordSize * WordSize, writable);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether these bytes may be accessed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Covers(long offset, int size) => unchecked((ulong)offset <= _limit && _limit - (ulong)offset >= (uint)size);

    /// <summary>Allows access up to <paramref name="end"/>; there must be file space below it.</summary>
    public void Extend(long end)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, Size);
        _limit = Math.Max(_limit, checked((ulong)end));
        SetLimits();
    }

    /// <summary>Gives the file space up to <paramref name="end"/>, and then allows access to it.</summary>
    /// <returns>False when the device or the quota has no room; nothing is changed then.</returns>
    /// <exception cref="IOException">It failed for another reason.</exception>
    public bool TryAllocate(long end)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, Size);
        int error;
        do
        {
            error = MemoryCalls.Allocate((int)_file.DangerousGetHandle(), Limit, end - Limit);
        }
        while (error == MemoryCalls.Interrupted);
        if (error is MemoryCalls.NoSpace or MemoryCalls.QuotaExceeded)
        {
            return false;
        }

        if (error != 0)
        {
            throw new IOException("The file got no space.", new Win32Exception(error));
        }

        Extend(end);
        return true;
    }

    /// <summary>Loads the word at <paramref name="offset"/>, a multiple of 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Read(long offset)
    {
        unchecked
        {
            if ((ulong)offset >= _loadLimit || (offset & (WordSize - 1)) != 0)
            {
                return ReadSlowly(offset);
            }

            var value = Volatile.Read(ref *(ulong*)(_start + offset));
            GC.KeepAlive(this);
            return value;
        }
    }

    /// <summary>Stores the word at <paramref name="offset"/>, a multiple of 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(long offset, ulong value)
    {
        if (unchecked((ulong)offset) < _storeLimit && (offset & (WordSize - 1)) == 0)
        {
            Volatile.Write(ref *(ulong*)(_start + offset), value);
            GC.KeepAlive(this);
        }
        else
        {
            WriteSlowly(offset, value);
        }
    }

    /// <summary>Loads words one after the other, in order.</summary>
    public void ReadWords(long offset, Span<ulong> destination)
    {
        CheckRange(offset, destination.Length);
        if (_beforeLoad is not null)
        {
            for (var index = 0; index < destination.Length; index++)
            {
                destination[index] = Read(offset + ((long)index * WordSize));
            }

            return;
        }

        var source = (ulong*)(_start + offset);
        for (var index = 0; index < destination.Length; index++)
        {
            destination[index] = Volatile.Read(ref source[index]);
        }

        GC.KeepAlive(this);
    }

    /// <summary>Which of the eight words at <paramref name="offset"/>, a multiple of 64, have this high half: bit 2 i + 1 for word i.</summary>
    /// <remarks>A filter only: what it finds is loaded again by <see cref="Read"/>, what it does not find counts after <see cref="OrderLoads"/>.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint MatchHighHalves(long offset, uint high)
    {
        unchecked
        {
            if ((ulong)offset >= _loadLimit || (offset & (LineSize - 1)) != 0)
            {
                return MatchHighHalvesSlowly(offset, high);
            }

            var line = (uint*)(_start + offset);
            var wanted = Vector256.Create(high);
            var matches = Vector256.Equals(Vector256.Load(line), wanted).ExtractMostSignificantBits()
                | (Vector256.Equals(Vector256.Load(line + Vector256<uint>.Count), wanted).ExtractMostSignificantBits() << Vector256<uint>.Count);
            GC.KeepAlive(this);
            return matches & HighHalves;
        }
    }

    /// <summary>No later load is moved before an earlier one.</summary>
    public static void OrderLoads() => Interlocked.MemoryBarrier();

    /// <summary>Whether these bytes stand at <paramref name="offset"/>, a multiple of 8.</summary>
    /// <returns>False also when they would lie out of bounds.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsEqual(long offset, ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            if ((ulong)offset >= _loadLimit || _loadLimit - (ulong)offset < (uint)bytes.Length || (offset & (WordSize - 1)) != 0 || bytes.Length < WordSize)
            {
                return IsEqualSlowly(offset, bytes);
            }

            var word = _start + offset;
            ref var first = ref MemoryMarshal.GetReference(bytes);
            nint place = 0;
            var lastWord = (nint)(uint)bytes.Length - WordSize;
            do
            {
                if (Volatile.Read(ref *(ulong*)(word + place)) != Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, place)))
                {
                    return false;
                }

                place += WordSize;
            }
            while (place <= lastWord);

            // The rest, less than a word, is at the top of the key's last eight bytes and at the bottom of the file's next word.
            var missing = (int)(place - lastWord) * BitsInByte;
            return missing == BitsInWord
                || (Volatile.Read(ref *(ulong*)(word + place)) << missing) == ((Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, lastWord)) >> (BitsInWord - missing)) << missing);
        }
    }

    /// <summary>The byte at <paramref name="offset"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte ReadByte(long offset) => unchecked((byte)(Read(offset & ~(long)(WordSize - 1)) >> ((int)offset * BitsInByte)));

    /// <summary>Copies bytes from <paramref name="offset"/>, which need not be a multiple of 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Copy(long offset, Span<byte> destination)
    {
        unchecked
        {
            if ((ulong)offset >= _loadLimit || _loadLimit - (ulong)offset < (uint)destination.Length)
            {
                CopySlowly(offset, destination);
                return;
            }

            var inside = (int)offset & (WordSize - 1);
            var word = _start + (offset - inside);
            ref var first = ref MemoryMarshal.GetReference(destination);
            nint place = 0;
            for (; place <= (nint)(uint)destination.Length - WordSize; place += WordSize)
            {
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref first, place), LoadBytes(word + place, inside, WordSize));
            }

            var left = destination.Length - (int)place;
            if (left > 0)
            {
                StoreBytes(ref Unsafe.Add(ref first, place), LoadBytes(word + place, inside, left), left);
            }
        }
    }

    /// <summary>Stores words one after the other, in order.</summary>
    public void WriteWords(long offset, ReadOnlySpan<ulong> source)
    {
        CheckRange(offset, source.Length);
        for (var index = 0; index < source.Length; index++)
        {
            Write(offset + ((long)index * WordSize), source[index]);
        }
    }

    /// <summary>The bytes at a place as they are in this moment, while others may be changing them.</summary>
    /// <remarks>
    /// A filter only: what is seen in them is read again by <see cref="Read"/> and its like, and that nothing was overlooked is
    /// known after <see cref="OrderLoads"/>. The region must outlive the span.
    /// </remarks>
    public ReadOnlySpan<byte> Glance(long offset, int size)
    {
        _beforeLoad?.Invoke();
        return Bytes(offset, size);
    }

    /// <summary>The bytes themselves, for the one writer, which alone knows that nobody changes them meanwhile.</summary>
    public ReadOnlySpan<byte> Bytes(long offset, int size)
    {
        ObjectDisposedException.ThrowIf(_memory.IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + size, Limit);
        return new(_start + offset, size);
    }

    /// <summary>Asks the processor to fetch the line at <paramref name="offset"/>; nothing happens when it is out of bounds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(long offset)
    {
        if (System.Runtime.Intrinsics.X86.Sse.IsSupported && unchecked((ulong)offset) < _loadLimit)
        {
            System.Runtime.Intrinsics.X86.Sse.Prefetch0(_start + offset);
        }
    }

    /// <summary>The address of the low half of a word, for the kernel.</summary>
    internal uint* WordAt(long offset)
    {
        CheckRange(offset, 1);
        return (uint*)(_start + offset);
    }

    /// <summary>Unmaps and closes; the file stays.</summary>
    public void Dispose()
    {
        _limit = 0;
        SetLimits();
        _memory.Dispose();
        _file.Dispose();
    }

    private void SetLimits()
    {
        _loadLimit = _beforeLoad is null ? _limit : 0;
        _storeLimit = _beforeStore is null && _writable ? _limit : 0;
    }

    private void CheckRange(long offset, int words)
    {
        ObjectDisposedException.ThrowIf(_memory.IsClosed, this);
        if (offset < 0 || offset % WordSize != 0 || words > (Limit - offset) / WordSize)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), offset, "Out of the mapped bounds.");
        }
    }

    // Up to eight bytes in the low bytes of a word; only the aligned words that hold them are loaded.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong LoadBytes(byte* word, int inside, int count)
    {
        unchecked
        {
            var value = Volatile.Read(ref *(ulong*)word) >> (inside * BitsInByte);
            return inside + count <= WordSize ? value : value | (Volatile.Read(ref *(ulong*)(word + WordSize)) << (BitsInWord - (inside * BitsInByte)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreBytes(ref byte destination, ulong word, int count)
    {
        unchecked
        {
            if ((count & sizeof(uint)) != 0)
            {
                Unsafe.WriteUnaligned(ref destination, (uint)word);
                destination = ref Unsafe.Add(ref destination, sizeof(uint));
                word >>= sizeof(uint) * BitsInByte;
            }

            if ((count & sizeof(ushort)) != 0)
            {
                Unsafe.WriteUnaligned(ref destination, (ushort)word);
                destination = ref Unsafe.Add(ref destination, sizeof(ushort));
                word >>= sizeof(ushort) * BitsInByte;
            }

            if ((count & 1) != 0)
            {
                destination = (byte)word;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsEqualSlowly(long offset, ReadOnlySpan<byte> bytes)
    {
        if (offset < 0 || bytes.Length > Limit - offset)
        {
            return false;
        }

        for (var index = 0; index < bytes.Length; index++)
        {
            if (ReadByte(offset + index) != bytes[index])
            {
                return false;
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CopySlowly(long offset, Span<byte> destination)
    {
        for (var index = 0; index < destination.Length; index++)
        {
            destination[index] = ReadByte(offset + index);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint MatchHighHalvesSlowly(long offset, uint high)
    {
        CheckRange(offset, LineSize / WordSize);
        var matches = 0U;
        for (var index = 0; index < LineSize / WordSize; index++)
        {
            matches |= (uint)(ReadSlowly(offset + (index * WordSize)) >> (BitsInWord / 2)) == high ? 2U << (2 * index) : 0;
        }

        return matches;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong ReadSlowly(long offset)
    {
        CheckRange(offset, 1);
        _beforeLoad?.Invoke();
        return Volatile.Read(ref *(ulong*)(_start + offset));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteSlowly(long offset, ulong value)
    {
        CheckRange(offset, 1);
        if (!_writable)
        {
            throw new InvalidOperationException("The mapping is read-only.");
        }

        _beforeStore?.Invoke();
        Volatile.Write(ref *(ulong*)(_start + offset), value);
    }
}
