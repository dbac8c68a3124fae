using System.Globalization;
using Cms.Client;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Cms.Tests.Crash;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Faults;

/// <summary>Real programs that change the files of one machine in every way there is, while each change of a file is recorded.</summary>
internal sealed class RecordedWorkload : IAsyncDisposable
{
    private readonly NodeProcess _node;
    private readonly string _base = Directory.CreateTempSubdirectory("cms-base-").FullName;
    private readonly CommitLedger _ledger = new();

    public RecordedWorkload(params string[] program)
    {
        _node = program.Length == 0 ? new NodeProcess() : new NodeProcess { Program = program };
        Control = new FaultControl(_node.Root);
        foreach (var (name, value) in Control.Environment)
        {
            _node.Environment[name] = value;
        }

        Directory.CreateDirectory(Path.Combine(_node.Root, "delta"));
        File.WriteAllText(_node.FileOf("load"), "\n");
        File.WriteAllText(_node.FileOf("large"), "\n");
        File.WriteAllText(_node.FileOf("edited"), NumberedSection.Text("hand", 0));
        File.WriteAllText(_node.FileOf("classic"), NumberedSection.TextWithoutCopy("uci", 0));
        SimulatedDisk.Of(_node.Root).WriteTo(_base, _ => Survival.Kept, new Random(0));
    }

    /// <summary>What the programs are told.</summary>
    public FaultControl Control { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Everything: commits of several writers, large ones, imports, hand edits, uci with the daemon and without, a kill and a stop.</summary>
    public async Task<Recording> RunAsync()
    {
        await _node.StartAsync();
        await Task.WhenAll(
            CommitAsync("one", 1, 30),
            CommitAsync("two", 1, 30),
            CommitBulkAsync(1, 5),
            CommitBothAsync(1, 15),
            ImportAsync(1, 3),
            EditAsync(1, 4),
            CommitByUciAsync(1, 3));
        await SettleAsync();
        await _node.KillAsync();
        await CommitByUciAsync(4, 5);
        await _node.StartAsync();
        await Task.WhenAll(CommitAsync("one", 31, 40), EditAsync(5, 6), CommitByUciAsync(6, 6));
        Assert.Equal(0, await _node.StopAsync());
        return Recorded();
    }

    /// <summary>Commits of two writers alone.</summary>
    public async Task<Recording> RunCommitsAsync()
    {
        await _node.StartAsync();
        await Task.WhenAll(CommitAsync("one", 1, 20), CommitAsync("two", 1, 20));
        await _node.KillAsync();
        return Recorded();
    }

    /// <summary>Hand edits alone, by editors that do not sync.</summary>
    public async Task<Recording> RunEditsAsync()
    {
        await _node.StartAsync();
        await EditAsync(1, 2);
        await _node.KillAsync();
        return Recorded();
    }

    /// <summary>Commits of <c>uci</c> without a daemon, then with one.</summary>
    public async Task<Recording> RunUciAndDaemonAsync()
    {
        await CommitByUciAsync(1, 2);
        await _node.StartAsync();
        await CommitByUciAsync(3, 3);
        await _node.KillAsync();
        return Recorded();
    }

    /// <summary>Commits of <c>uci</c> alone, without a daemon.</summary>
    public async Task<Recording> RunUciAsync()
    {
        await CommitByUciAsync(1, 4);
        return Recorded();
    }

    /// <summary>Says where what is recorded and what is there differ; both are complete only after everything has ended.</summary>
    public IEnumerable<string> DifferencesFrom(Recording recording)
    {
        var expected = Directory.CreateTempSubdirectory("cms-expected-").FullName;
        try
        {
            recording.DiskAt(recording.Log.Length).WriteTo(expected, _ => Survival.Kept, new Random(0));
            var names = NamesIn(expected).Union(NamesIn(_node.Root)).Where(name => !name.EndsWith("-shm", StringComparison.Ordinal)).ToList();
            return [.. names.Where(name => !IsSame(Path.Combine(expected, name), Path.Combine(_node.Root, name)))];
        }
        finally
        {
            Directory.Delete(expected, recursive: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        Control.Dispose();
        Directory.Delete(_base, recursive: true);
    }

    private static IEnumerable<string> NamesIn(string directory) =>
        Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(directory, path));

    private static bool IsSame(string left, string right) =>
        File.Exists(left) && File.Exists(right) && File.ReadAllBytes(left).AsSpan().SequenceEqual(File.ReadAllBytes(right));

    private Recording Recorded() => new(_base, File.ReadAllBytes(Control.LogPath), _ledger);

    private async Task CommitAsync(string section, int first, int last)
    {
        for (var number = first; number <= last; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{section}-{number}");
            var request = new CommitRequest { Operations = CountedSection.Commit(section, number), Message = name, RequestId = name, WaitForFile = number % 10 == 0 };
            await _ledger.CommitAsync($"load.{section}", number, Control, () => CommitUntilAnsweredAsync(request));
        }
    }

    // A module that has failed is soon back, and a request whose outcome is not known is asked again under its id.
    private async Task CommitUntilAnsweredAsync(CommitRequest request)
    {
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (true)
        {
            try
            {
                await _node.Client.CommitAsync("load", request, Token);
                return;
            }
            catch (RefusedException refused) when (refused.Refusal.Code is ErrorCode.Unavailable or ErrorCode.UnknownOutcome)
            {
                await retry.WaitForNextTickAsync(Token);
            }
        }
    }

    // One commit over two modules: both counters have it or neither.
    private async Task CommitBothAsync(int first, int last)
    {
        for (var number = first; number <= last; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"both-{number}");
            var operations = CountedSection.Commit("both", number);
            var request = new TransactionCommitRequest
            {
                Modules = [new TransactionModule { Module = "load", Operations = operations }, new TransactionModule { Module = "large", Operations = operations }],
                Message = name,
                RequestId = name,
            };
            await _ledger.CommitAsync("load.both", number, Control, () => _ledger.CommitAsync("large.both", number, Control, () => _node.Client.CommitAsync(request, Token)));
        }
    }

    private async Task CommitBulkAsync(int first, int last)
    {
        for (var number = first; number <= last; number++)
        {
            var request = new CommitRequest { Operations = NumberedSection.Bulk("bulk", number), Message = $"bulk-{number}" };
            await _ledger.CommitAsync("large.bulk", number, Control, () => _node.Client.CommitAsync("large", request, Token));
        }
    }

    private async Task ImportAsync(int first, int last)
    {
        for (var number = first; number <= last; number++)
        {
            var options = new ImportOptions { Message = $"text-{number}" };
            var text = System.Text.Encoding.UTF8.GetBytes(NumberedSection.Text("text", number));
            await _ledger.CommitAsync("imported.text", number, Control, () => _node.Client.ImportAsync("imported", text, options, Token));
        }
    }

    // In place and by a new file in turn; editors of either kind do not sync.
    private async Task EditAsync(int first, int last)
    {
        for (var number = first; number <= last; number++)
        {
            var path = _node.FileOf("edited");
            var text = NumberedSection.Text("hand", number);
            var command = number % 2 == 0 ? "cat > \"$0\"" : "cat > \"$0.new\" && mv \"$0.new\" \"$0\"";
            await _ledger.CommitAsync("edited.hand", number, Control, async () =>
            {
                var (code, output) = await FaultProcess.RunAsync(Control.Environment, text, "sh", "-c", command, path);
                Assert.True(code == 0, output);
                await Eventually.IsSoAsync(async () => (await _node.Client.GetAsync("edited", Token)).Sections.Any(section => section.Options["number"].GetText() == $"{number}"));
            });
        }
    }

    private async Task CommitByUciAsync(int first, int last)
    {
        for (var number = first; number <= last; number++)
        {
            var commands = $"set classic.uci.number={number}\ncommit classic\n";
            await _ledger.CommitAsync("classic.uci", number, Control, async () =>
            {
                var (code, output) = await FaultProcess.RunAsync(Control.Environment, commands, FaultProcess.Uci(_node.Root, "batch"));
                Assert.True(code == 0 && output.Length == 0, output);
            });
        }
    }

    // Every text file is written, so that nothing is under way any more.
    private Task SettleAsync() => Eventually.IsSoAsync(async () =>
        (await _node.Client.StatusAsync(Token)).Modules.All(module => module.Written == module.Revision));
}
