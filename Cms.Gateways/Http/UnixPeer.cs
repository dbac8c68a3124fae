using System.Buffers.Binary;
using System.Globalization;
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

    private static readonly object CallerKey = new();

    /// <summary>The peer of a request's connection, or null when it did not come by a Unix socket; asked once for each connection.</summary>
    public static Caller? Find(HttpContext context)
    {
        var items = context.Features.Get<IConnectionItemsFeature>()?.Items;
        if (items is not null && items.TryGetValue(CallerKey, out var known))
        {
            return (Caller?)known;
        }

        var caller = context.Features.Get<IConnectionSocketFeature>()?.Socket is { AddressFamily: AddressFamily.Unix } socket ? Ask(socket) : null;
        if (items is not null)
        {
            items[CallerKey] = caller;
        }

        return caller;
    }

    private static Caller? Ask(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[CredentialsSizeBytes];
        return socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials) == CredentialsSizeBytes
            ? new Caller(BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]), BinaryPrimitives.ReadInt32LittleEndian(credentials))
            {
                Program = ProgramOf(BinaryPrimitives.ReadInt32LittleEndian(credentials)),
            }
            : null;
    }

    // The process may have gone, or set itself any name, control characters among them.
    private static string? ProgramOf(int process)
    {
        try
        {
            var name = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/comm")).TrimEnd('\n');
            return string.Concat(name.Where(letter => letter is > ' ' and <= '~'));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
