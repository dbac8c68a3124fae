using System.Security.Cryptography;

namespace Cms.Formats.Mapping;

/// <summary>The bytes of a key, on pages of their own that are not swapped and in no core dump where the machine allows that.</summary>
/// <remarks>Any thread may call. The bytes are zeroed when it is disposed, or collected.</remarks>
public sealed unsafe class KeyMemory : IDisposable
{
    private const int PageBytes = 4096;

    private readonly int _size;
    private readonly Lock _lock = new();
    private nint _start;

    /// <summary>Zeroed bytes.</summary>
    /// <param name="size">1 to 4096.</param>
    /// <exception cref="InsufficientMemoryException">There is no memory for a page.</exception>
    public KeyMemory(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, PageBytes);
        _size = size;
        _start = MemoryCalls.Map(0, PageBytes, MemoryCalls.ProtectionRead | MemoryCalls.ProtectionWrite, MemoryCalls.MapPrivate | MemoryCalls.MapAnonymous, -1, 0);
        if (_start == -1)
        {
            throw new InsufficientMemoryException("there is no memory for a key");
        }

        // A limit on locked memory, or a kernel without the advice, leaves a key that works; it is only less well kept.
        _ = MemoryCalls.LockPages(_start, PageBytes);
        _ = MemoryCalls.Advise(_start, PageBytes, MemoryCalls.AdviceDoNotDump);
    }

    /// <summary>Zeroes what nobody disposed of.</summary>
    ~KeyMemory() => Free();

    /// <summary>What <see cref="Use"/> calls.</summary>
    /// <param name="bytes">The key; not to be kept, since it goes with this object.</param>
    public delegate void User(Span<byte> bytes);

    /// <summary>Lets somebody use the bytes; they do not go while he does.</summary>
    /// <exception cref="ObjectDisposedException">They are gone.</exception>
    public void Use(User user)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_start == 0, this);
            user(new Span<byte>((void*)_start, _size));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            Free();
        }

        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_start is 0 or -1)
        {
            return;
        }

        CryptographicOperations.ZeroMemory(new Span<byte>((void*)_start, _size));
        _ = MemoryCalls.Unmap(_start, PageBytes);
        _start = 0;
    }
}
