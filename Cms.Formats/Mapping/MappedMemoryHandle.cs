using System.Runtime.InteropServices;

namespace Cms.Formats.Mapping;

/// <summary>Owns one mapping, so that it goes at the latest with the last object that can reach it.</summary>
internal sealed class MappedMemoryHandle : SafeHandle
{
    private readonly nuint _length;

    /// <summary>Takes over the mapping of <paramref name="length"/> bytes at <paramref name="address"/>.</summary>
    public MappedMemoryHandle(nint address, nuint length)
        : base(-1, true)
    {
        _length = length;
        SetHandle(address);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == -1;

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => MemoryCalls.Unmap(handle, _length) == 0;
}
