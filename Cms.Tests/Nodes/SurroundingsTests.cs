using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>What the daemon takes from where it happens to be started: nothing.</summary>
public sealed class SurroundingsTests
{
    [Fact]
    public async Task Nothing_is_watched_but_the_configuration_directory_and_its_name_above_it()
    {
        await using var node = new NodeProcess();
        await node.StartAsync();
        var watches = Directory.GetFiles($"/proc/{node.ProcessId}/fdinfo").SelectMany(File.ReadLines).Count(line => line.StartsWith("inotify wd:", StringComparison.Ordinal));
        Assert.Equal(2, watches);
    }
}
