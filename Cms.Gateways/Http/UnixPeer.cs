using System.Globalization;
using System.Net.Sockets;
using Cms.Actors.Access;
using Cms.Formats.Access;
using Cms.Gateways.Requests;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>Makes a caller of whoever is at the other end of a Unix socket.</summary>
internal static class UnixPeer
{
    private static readonly object CallerKey = new();

    /// <summary>The peer of a request's connection, or null when it did not come by a Unix socket; asked once for each connection.</summary>
    /// <param name="context">The request.</param>
    /// <param name="daemonUserId">The uid that the daemon runs under, an administrator as uid 0 is.</param>
    public static Caller? Find(HttpContext context, uint daemonUserId)
    {
        var items = context.Features.Get<IConnectionItemsFeature>()?.Items;
        if (items is not null && items.TryGetValue(CallerKey, out var known))
        {
            return (Caller?)known;
        }

        var caller = context.Features.Get<IConnectionSocketFeature>()?.Socket is { AddressFamily: AddressFamily.Unix } socket ? Ask(socket, daemonUserId) : null;
        if (items is not null)
        {
            items[CallerKey] = caller;
        }

        return caller;
    }

    private static Caller? Ask(Socket socket, uint daemonUserId)
    {
        if (PeerCredentials.Of(socket) is not var (process, user, group))
        {
            return null;
        }

        // Who is in a container with processes of its own has the number 0 here, as everybody else there.
        var principal = new Principal($"uid:{user}")
        {
            IsAdministrator = user == 0 || user == daemonUserId,
            Groups = [.. UnixGroups.NamesOf([group, .. PeerCredentials.GroupsOf(socket)]).Select(name => "group:" + name)],
        };
        return new Caller(principal, $"unix {ProgramOf(process)}[{process}]") { ProcessId = process > 0 ? process : null };
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
