using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Faults;

/// <summary>A real <c>cmsd</c> with one module, whose disk and clock a test may make fail.</summary>
internal sealed class FaultyNode : IAsyncDisposable
{
    /// <summary>The text that the module begins with.</summary>
    public const string Text = "# the house\nconfig interface 'lan'\n\toption proto 'static' # by hand\n\toption mtu '1500'\n";

    /// <param name="failsInRunDirectory">Whether failures are of the run directory, or of a path under the root.</param>
    public FaultyNode(bool failsInRunDirectory = false)
    {
        Control = new FaultControl(failsInRunDirectory ? Process.RunDirectory : Process.Root);
        foreach (var (name, value) in Control.Environment)
        {
            Process.Environment[name] = value;
        }

        File.WriteAllText(Process.FileOf("net"), Text);
    }

    /// <summary>The daemon.</summary>
    public NodeProcess Process { get; } = new();

    /// <summary>What makes its disk and clock fail.</summary>
    public FaultControl Control { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Commits a value of one option.</summary>
    public Task<CommitReply> SetAsync(string value, bool wait = false, string? requestId = null)
    {
        var operation = new WireOperation { Op = "set", Section = "lan", Option = "mtu", Value = ConfigValue.FromText(value) };
        return Process.Client.CommitAsync("net", new CommitRequest { Operations = [operation], WaitForFile = wait, RequestId = requestId, Message = value }, Token);
    }

    /// <summary>The value that readers see.</summary>
    public async Task<string?> ValueAsync(string option = "mtu") =>
        (await Process.Client.GetAsync("net", Token)).Sections.Single(each => each.Name == "lan").Options[option].GetText();

    /// <summary>How the module is doing.</summary>
    public async Task<ModuleReport> ReportAsync() => (await Process.Client.StatusAsync(Token)).Modules.Single(module => module.Module == "net");

    /// <summary>The text file.</summary>
    public Task<string> ReadAsync() => File.ReadAllTextAsync(Process.FileOf("net"), Token);

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Control.Dispose();
    }
}
