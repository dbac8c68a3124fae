using Cms.Actors;
using Cms.Actors.Topics;
using Cms.Formats.Mapping;
using Cms.Formats.Modules;
using Cms.Gateways.Http;
using Cms.Storage.Journals;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cms.Benchmarks;

/// <summary>A node with its gateway inside this process, so that the moment of publishing is known.</summary>
/// <remarks>
/// What is published has not been committed: the durable part of a commit is measured elsewhere. One thread publishes.
/// </remarks>
internal sealed class HostedNode : IAsyncDisposable
{
    private const int MostWaitingConnections = 4096;
    private static readonly ModuleName Module = new("bench");

    private readonly WebApplication _app;
    private readonly Scratch _disk;
    private readonly Scratch _run;
    private readonly ModuleTopic _topic;

    private HostedNode(Node node, WebApplication app, Scratch disk, Scratch run) =>
        (Node, _app, _disk, _run, _topic) = (node, app, disk, run, node.Topics.TopicOf(Module));

    /// <summary>The node.</summary>
    public Node Node { get; }

    /// <summary>Starts it with one module that has one section.</summary>
    public static async Task<HostedNode> StartAsync(Installation installation)
    {
        var (disk, run) = (installation.NewDiskScratch(), installation.NewRunScratch());
        Directory.CreateDirectory(disk["config"]);
        await File.WriteAllBytesAsync(Path.Combine(disk["config"], Module.Name), GeneratedText.Of(1));
        var options = new NodeOptions { ConfigDirectory = disk["config"], StateDirectory = disk["state"], RunDirectory = run["run"] };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSockets(sockets => sockets.Backlog = MostWaitingConnections);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(options.SocketPath));
        var app = builder.Build();
        var node = await Node.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance, () => new Guid(1, 2, 3, new byte[8]));
        HttpGateway.Map(app, node, ProcessOwner.UserId);
        await app.StartAsync();
        return new HostedNode(node, app, disk, run);
    }

    /// <summary>Makes the event of the next commit.</summary>
    public IReadOnlyList<TopicEvent.Committed> Prepare()
    {
        var change = new ModuleChange.OptionSet(new SectionId(1), GeneratedText.Option(0), ConfigValue.FromText("value"));
        var commit = new CommitRecord(Module, _topic.Newest.Next, DateTimeOffset.UnixEpoch, new CommitOrigin("uid:0", "unix", "", null), [change]);
        using var segment = Cms.Formats.Segments.SegmentReader.Open(Path.Combine(Node.Options.SegmentDirectory, Module.Name + ".seg"));
        return _topic.Prepare(segment.Snapshot(), [commit]);
    }

    /// <summary>Publishes it.</summary>
    public void Publish(IReadOnlyList<TopicEvent.Committed> events) => _topic.Publish(events[0].Revision, events);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await Node.DisposeAsync();
        _disk.Dispose();
        _run.Dispose();
    }
}
