using Cms.Actors;
using Cms.Actors.Modules;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Storage.Journals;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cms.Tests.Topics;

/// <summary>A node inside the test's own process, on scratch directories that outlive it.</summary>
internal sealed class EmbeddedNode : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cms-embedded-").FullName;
    private Node? _node;

    /// <summary>The node that runs.</summary>
    public Node Node => _node!;

    /// <summary>The journal's file.</summary>
    public string JournalPath => Path.Combine(_root, "state", "journal.db");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts a node with one module.</summary>
    public static async Task<EmbeddedNode> StartNewAsync(string module, string text, Func<NodeOptions, NodeOptions>? change = null)
    {
        var embedded = new EmbeddedNode();
        Directory.CreateDirectory(Path.Combine(embedded._root, "config"));
        await File.WriteAllTextAsync(Path.Combine(embedded._root, "config", module), text, Token);
        await embedded.StartAsync(change);
        return embedded;
    }

    /// <summary>Starts it on what is there.</summary>
    public async Task StartAsync(Func<NodeOptions, NodeOptions>? change = null)
    {
        var options = new NodeOptions
        {
            ConfigDirectory = Path.Combine(_root, "config"),
            StateDirectory = Path.Combine(_root, "state"),
            RunDirectory = Path.Combine(_root, "run"),
        };
        _node = await Node.StartAsync(change?.Invoke(options) ?? options, TimeProvider.System, NullLoggerFactory.Instance, () => new Guid(1, 2, 3, new byte[8]));
        _node.AnnounceReachable();
    }

    /// <summary>Stops it; everything it keeps stays.</summary>
    public async Task StopAsync() => await Node.DisposeAsync();

    /// <summary>Carries operations out and fails the test when they are refused.</summary>
    public async Task<Revision> CommitAsync(string module, params ModuleOperation[] operations)
    {
        var reply = await Node.Modules.GetOrStart(module).AskAsync(new ModuleCommand.Edit(new CommitOrigin("uid:7", "test", "a message", null), operations), Token);
        Assert.Null(reply.Refusal);
        return reply.Revision;
    }

    /// <summary>The operation that sets an option of a named section.</summary>
    public static ModuleOperation Set(string section, string option, string value) =>
        new ModuleOperation.SetOption(new SectionSelector.ByName(section), option, ConfigValue.FromText(value));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }
}
