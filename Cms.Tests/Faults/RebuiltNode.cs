using Cms.Actors;
using Cms.Client;
using Cms.Tests.Nodes;

namespace Cms.Tests.Faults;

/// <summary>A node inside this process on files that something terrible has left; far quicker to start than a process.</summary>
internal sealed class RebuiltNode : ILocalNode
{
    private HostedNode? _hosted;

    public RebuiltNode()
    {
        Root = Directory.CreateTempSubdirectory("cms-cut-").FullName;
        RunDirectory = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Root, Path.GetFileName(Root) + ".run");
        Directory.CreateDirectory(RunDirectory);
        Directory.CreateDirectory(Path.Combine(Root, "config"));
        Client = new CmsClient(Path.Combine(RunDirectory, "cmsd.sock"));
    }

    public string Root { get; }

    public string RunDirectory { get; }

    public CmsClient Client { get; }

    public async Task StartAsync() => _hosted = await HostedNode.StartAsync(
        new NodeOptions { ConfigDirectory = Path.Combine(Root, "config"), StateDirectory = Path.Combine(Root, "state"), RunDirectory = RunDirectory },
        journal => journal);

    public async ValueTask DisposeAsync()
    {
        if (_hosted is not null)
        {
            await _hosted.DisposeAsync();
        }

        Client.Dispose();
        Directory.Delete(Root, recursive: true);
        Directory.Delete(RunDirectory, recursive: true);
    }
}
