using System.Buffers.Binary;
using System.Net.Sockets;

namespace Cms.Gateways.Http;

/// <summary>Who was at the other end of a Unix socket when it connected, by the kernel's word (unix(7), SO_PEERCRED and SO_PEERGROUPS).</summary>
/// <param name="ProcessId">His process.</param>
/// <param name="UserId">His uid.</param>
/// <param name="GroupId">His own group.</param>
internal readonly record struct PeerCredentials(int ProcessId, uint UserId, uint GroupId)
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int SoPeerGroups = 59;
    private const int UsualGroups = 64;
    private const int MostGroups = 65_536;

    // struct ucred: pid, uid and gid, 32 bits each.
    private const int SizeBytes = 12;

    /// <summary>The peer of a socket, or null where the kernel does not say.</summary>
    public static PeerCredentials? Of(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[SizeBytes];
        return socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials) == SizeBytes
            ? new PeerCredentials(BinaryPrimitives.ReadInt32LittleEndian(credentials), BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]), BinaryPrimitives.ReadUInt32LittleEndian(credentials[8..]))
            : null;
    }

    /// <summary>The other groups that the peer had when it connected; who takes its process id since has no part in them.</summary>
    public static IReadOnlyList<uint> GroupsOf(Socket socket)
    {
        for (var size = UsualGroups; ; size = MostGroups)
        {
            try
            {
                var groups = new byte[size * sizeof(uint)];
                var length = socket.GetRawSocketOption(SolSocket, SoPeerGroups, groups);
                return [.. groups.Take(length).Chunk(sizeof(uint)).Select(group => BinaryPrimitives.ReadUInt32LittleEndian(group))];
            }
            catch (SocketException) when (size < MostGroups)
            {
                // More than usual.
            }
        }
    }
}
