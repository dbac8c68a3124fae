using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Lists by their elements, with the real <c>cms</c> beside a real node.</summary>
public sealed class ArrayTests
{
    private const string Text = "config interface 'lan'\n\toption mtu '1500'\n\tlist dns '1.1.1.1'\n\tlist dns '8.8.8.8'\n";

    [Fact]
    public async Task Elements_are_read_by_their_places_from_either_end()
    {
        await using var node = await StartAsync();
        await OkAsync(node, "1.1.1.1\n8.8.8.8\n", "array", "get", "net.lan.dns");
        await OkAsync(node, "1.1.1.1\n", "array", "get", "net.lan.dns", "0");
        await OkAsync(node, "8.8.8.8\n", "array", "get", "net.lan.dns", "-1");
        await OkAsync(node, "[\"1.1.1.1\",\"8.8.8.8\"]\n", "array", "get", "net.lan.dns", "--json");
        await OkAsync(node, "\"8.8.8.8\"\n", "array", "get", "net.lan.dns", "1", "--json");
        await OkAsync(node, "2\n", "array", "count", "net.lan.dns");
        await OkAsync(node, "1\n", "array", "count", "net.lan.mtu");
    }

    [Fact]
    public async Task Elements_are_pushed_inserted_set_removed_and_popped_and_committed_as_one()
    {
        await using var node = await StartAsync();
        await OkAsync(node, "", "array", "push", "net.lan.dns", "9.9.9.9", "it's");
        await OkAsync(node, "", "array", "insert", "net.lan.dns", "1", "b", "c");
        await OkAsync(node, "", "array", "insert", "net.lan.dns", "6", "last");
        await OkAsync(node, "", "array", "set", "net.lan.dns", "0", "first");
        await OkAsync(node, "", "array", "remove", "net.lan.dns", "-3");
        await OkAsync(node, "last\n", "array", "pop", "net.lan.dns");
        await OkAsync(node, "first b c 8.8.8.8 it's\n", "get", "net.lan.dns");
        await OkAsync(node, "1.1.1.1\n8.8.8.8\n", "array", "get", "net.lan.dns", "--committed");
        Assert.Equal(0, (await ProgramRun.CmsAsync(node, "commit", "--wait")).ExitCode);
        Assert.Contains("\tlist dns 'first'\n\tlist dns 'b'\n\tlist dns 'c'\n\tlist dns '8.8.8.8'\n\tlist dns 'it'\\''s'\n", await File.ReadAllTextAsync(node.FileOf("net"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_is_missing_is_made_by_the_first_push_and_a_scalar_is_a_list_of_one()
    {
        await using var node = await StartAsync();
        await OkAsync(node, "", "array", "push", "net.lan.search", "example.org");
        await OkAsync(node, "list of string\n", "get", "--type", "net.lan.search");
        await OkAsync(node, "", "array", "set", "net.lan.mtu", "0", "1400");
        await OkAsync(node, "string\n", "get", "--type", "net.lan.mtu");
        await OkAsync(node, "1400\n", "array", "pop", "net.lan.mtu");
        Assert.Equal(3, (await ProgramRun.CmsAsync(node, "exists", "net.lan.mtu")).ExitCode);
    }

    [Theory]
    [InlineData(3, "net.lan.dns has no element 2; its 2 elements are 0 to 1, or -1 to -2 from the end", "get", "net.lan.dns", "2")]
    [InlineData(3, "has no element -3", "remove", "net.lan.dns", "-3")]
    [InlineData(3, "has no element 3", "insert", "net.lan.dns", "3", "x")]
    [InlineData(3, "there is no net.lan.absent", "count", "net.lan.absent")]
    [InlineData(3, "there is no section 'absent'", "push", "net.absent.dns", "x")]
    [InlineData(2, "name an option", "count", "net.lan")]
    [InlineData(2, "no value belongs here", "count", "net.lan.dns=1")]
    public async Task What_is_not_there_is_said_with_its_place(int code, string message, params string[] arguments)
    {
        await using var node = await StartAsync();
        var (exitCode, _, error) = await ProgramRun.CmsAsync(node, ["array", .. arguments]);
        Assert.Equal(code, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
        await OkAsync(node, "", "changes");
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), Text, TestContext.Current.CancellationToken);
        await node.StartAsync();
        return node;
    }

    private static async Task OkAsync(NodeProcess node, string expected, params string[] arguments) =>
        Assert.Equal((0, expected, ""), await ProgramRun.CmsAsync(node, arguments));
}
