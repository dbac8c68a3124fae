using Cms.Actors;
using Cms.Formats.Mapping;
using Cms.Gateways.Http;
using Cms.Storage.Journals;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cms.Tests.Faults;

/// <summary>A node with its gateway inside this process, on real files and a real socket.</summary>
internal sealed class HostedNode : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Node _node;

    private HostedNode(WebApplication app, Node node) => (_app, _node) = (app, node);

    /// <summary>Starts a node and serves it.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="decorate">Stands in front of the journal.</param>
    public static async Task<HostedNode> StartAsync(NodeOptions options, Func<IJournal, IJournal> decorate)
    {
        // A node of its own needs its own id; nothing else of it is random.
#pragma warning disable RS0030
        var node = await Node.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance, Guid.NewGuid, decorate);
#pragma warning restore RS0030
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = HttpGateway.MaxCommitBytes;
            kestrel.ListenUnixSocket(options.SocketPath);
        });
        var app = builder.Build();
        HttpGateway.Map(app, node, ProcessOwner.UserId);
        await app.StartAsync();
        node.AnnounceReachable();
        return new HostedNode(app, node);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _node.DisposeAsync();
    }
}
