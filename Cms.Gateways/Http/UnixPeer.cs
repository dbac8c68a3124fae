using System.Buffers.Binary;
using System.Net.Sockets;
using Cms.Gateways.Requests;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>Finds out who is at the other end of a Unix socket (unix(7), SO_PEERCRED).</summary>
internal static class UnixPeer
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    // struct ucred: pid, uid and gid, 32 bits each.
    private const int CredentialsSizeBytes = 12;

    /// <summary>The peer of a request's connection, or null when it did not come by a Unix socket.</summary>
    public static Caller? Find(HttpContext context) =>
        context.Features.Get<IConnectionSocketFeature>()?.Socket is { AddressFamily: AddressFamily.Unix } socket ? Ask(socket) : null;

    private static Caller? Ask(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[CredentialsSizeBytes];
        return socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials) == CredentialsSizeBytes
            ? new Caller(BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]), BinaryPrimitives.ReadInt32LittleEndian(credentials))
            : null;
    }
}
