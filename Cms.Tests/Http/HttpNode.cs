using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Http;

/// <summary>A daemon for tests that leave it as it is, with a small module, and a client of its API.</summary>
public sealed class HttpNode : IAsyncLifetime
{
    /// <summary>Speaks to the daemon; addresses are relative to the API.</summary>
    public HttpClient Http { get; }

    public HttpNode() => Http = NodeHttp.Client(Node);

    internal NodeProcess Node { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(Node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n\tlist dns '1.1.1.1'\n\tlist dns '9.9.9.9'\n\nconfig rule\n\toption name 'one'\n", TestContext.Current.CancellationToken);
        await Node.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Node.DisposeAsync();
    }
}
