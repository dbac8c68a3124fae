using System.Buffers.Binary;
using System.Net.Sockets;

namespace Cms.Gateways.Http;

/// <summary>Who was at the other end of a Unix socket when it connected, by the kernel's word (unix(7), SO_PEERCRED).</summary>
/// <param name="ProcessId">His process.</param>
/// <param name="UserId">His uid.</param>
internal readonly record struct PeerCredentials(int ProcessId, uint UserId)
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    // struct ucred: pid, uid and gid, 32 bits each.
    private const int SizeBytes = 12;

    /// <summary>The peer of a socket, or null where the kernel does not say.</summary>
    public static PeerCredentials? Of(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[SizeBytes];
        return socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials) == SizeBytes
            ? new PeerCredentials(BinaryPrimitives.ReadInt32LittleEndian(credentials), BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]))
            : null;
    }
}
