using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Cms.Gateways.Limits;

/// <summary>What is counted as one address: an IPv4 address, or the network of 64 bits that an IPv6 subscriber has for himself.</summary>
internal static class AddressKey
{
    private const int LongestAddress = 16;

    /// <summary>The same number for what counts as one address.</summary>
    public static ulong Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[LongestAddress];
        _ = address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : address.IsIPv4MappedToIPv6 ? BinaryPrimitives.ReadUInt32BigEndian(bytes[(LongestAddress - sizeof(uint))..])
            : BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }
}
