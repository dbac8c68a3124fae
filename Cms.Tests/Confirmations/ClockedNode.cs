using Cms.Actors;
using Cms.Actors.Confirmations;
using Cms.Actors.Modules;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Storage.Confirmations;
using Cms.Storage.Journals;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cms.Tests.Confirmations;

/// <summary>A node inside the test's own process, whose clocks the test sets.</summary>
internal sealed class ClockedNode : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cms-confirm-").FullName;
    private Node? _node;
    private byte _ids;

    public SetBootClock BootClock { get; } = new();

    public JumpingClock WallClock { get; } = new();

    public Node Node => _node!;

    public string JournalPath => Path.Combine(_root, "state", "journal.db");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<ClockedNode> StartNewAsync(Func<NodeOptions, NodeOptions>? change = null)
    {
        var node = new ClockedNode();
        Directory.CreateDirectory(Path.Combine(node._root, "config"));
        foreach (var module in new[] { "net", "other" })
        {
            await File.WriteAllTextAsync(Path.Combine(node._root, "config", module), "config interface 'lan'\n\toption mtu '1500'\n", Token);
        }

        await node.StartAsync(change);
        return node;
    }

    public async Task StartAsync(Func<NodeOptions, NodeOptions>? change = null)
    {
        var options = new NodeOptions
        {
            ConfigDirectory = Path.Combine(_root, "config"),
            StateDirectory = Path.Combine(_root, "state"),
            RunDirectory = Path.Combine(_root, "run"),
        };
        _node = await Node.StartAsync(
            change?.Invoke(options) ?? options, WallClock, NullLoggerFactory.Instance, () => new Guid(++_ids, 2, 3, new byte[8]), journal => journal, BootClock);
        _node.AnnounceReachable();
    }

    public async Task StopAsync() => await Node.DisposeAsync();

    /// <summary>Sets the mtu of some modules in one commit that waits.</summary>
    public async Task<string> CommitAsync(int seconds, string mtu, params string[] modules)
    {
        var terms = Node.Confirmations.Begin(new ConfirmationRequest(seconds, null), "uid:7");
        var reply = await Node.Confirmations.CommitAsync(
            terms, () => Node.Transactions.CommitAsync([.. modules.Select(module => new Cms.Actors.Transactions.TransactionPart(module, SetMtu(mtu, terms)))], Token), Token);
        Assert.Null(reply.Refusal);
        return terms.Id;
    }

    /// <summary>Sets the mtu of a module for good.</summary>
    public async Task SetAsync(string module, string mtu) =>
        Assert.Null((await Node.Modules.GetOrStart(module).AskAsync(SetMtu(mtu, null), Token)).Refusal);

    public string Mtu(string module)
    {
        var last = Node.History.LastRevision(new ModuleName(module));
        var state = Node.History.StateAt(new ModuleName(module), last);
        return state.FindOption(new SectionId(1), "mtu")!.Value.ToString()!;
    }

    /// <summary>Waits until a confirmation has ended.</summary>
    public async Task<ConfirmationReport> EndedAsync(string id)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (await tick.WaitForNextTickAsync(Token))
        {
            if (Find(id) is { Stored.State: not ConfirmationState.Open } ended)
            {
                return ended;
            }
        }

        throw new OperationCanceledException();
    }

    public ConfirmationReport Find(string id) => Node.Confirmations.List(100).Single(report => report.Stored.Terms.Id == id);

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private static ModuleCommand.Edit SetMtu(string mtu, ConfirmationTerms? terms) => new(
        new CommitOrigin("uid:7", "test", "", null),
        [new ModuleOperation.SetOption(new SectionSelector.ByName("lan"), "mtu", ConfigValue.FromText(mtu))])
    { Confirmation = terms };
}
