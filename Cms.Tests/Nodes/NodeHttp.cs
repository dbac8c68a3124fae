using System.Net.Sockets;

namespace Cms.Tests.Nodes;

/// <summary>Plain HTTP to a node's socket, for requests that no client of ours would send.</summary>
internal static class NodeHttp
{
    /// <summary>A client whose addresses are relative to the API.</summary>
    public static HttpClient Client(NodeProcess node) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(node.RunDirectory, "cmsd.sock")), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://cms/api/v1/"),
    };
}
