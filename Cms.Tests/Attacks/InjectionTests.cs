using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Attacks;

/// <summary>Texts that would be taken for something else where they are shown: headers, lines of a log, orders to a terminal.</summary>
public sealed class InjectionTests
{
    private const string Escape = "\u001b";
    private const string Evil = "ok\r\n\u001b[2J\u001b]0;owned\u0007{\"EventId\":1}\u009b31m";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_with_orders_to_a_terminal_is_shown_without_them()
    {
        await using var node = await StartAsync();
        await TryCommitAsync(node, Evil);
        await TryCommitAsync(node, "harmless");
        foreach (var command in new string[][] { ["history"], ["history", "net"], ["status"], ["backup", "list"] })
        {
            var (_, output, error) = await ProgramRun.CmsAsync(node, command);
            AssertHarmless(output + error);
        }

        AssertLogIsWhole(node);
    }

    [Theory]
    [InlineData('\u001b')]
    [InlineData('\u0000')]
    [InlineData('\u0001')]
    [InlineData('\u0008')]
    [InlineData('\r')]
    [InlineData('\u007f')]
    public async Task No_refusal_and_no_table_shows_such_characters(char control)
    {
        await using var node = await StartAsync();
        using var http = NodeHttp.Client(node);
        foreach (var operation in new object[]
        {
            new { op = "set", section = "lan", option = "mtu", value = $"a{control}b" }, new { op = "set", section = "lan", option = $"a{control}b", value = "1" },
            new { op = "set", section = $"a{control}b", type = "interface" }, new { op = "add", type = $"a{control}b", key = "k" },
        })
        {
            using var content = new StringContent(JsonSerializer.Serialize(new { operations = new[] { operation } }), Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri("http://cms/api/v1/modules/net/commits"), content, Token);
            Assert.DoesNotContain(control, await answer.Content.ReadAsStringAsync(Token));
        }

        foreach (var command in new string[][] { ["history", "net"], ["status"], ["schema", "show", "net"] })
        {
            var (_, output, error) = await ProgramRun.CmsAsync(node, command);
            AssertHarmless(output + error);
        }
    }

    [Fact]
    public async Task What_is_typed_wrong_is_not_repeated_as_an_order_to_the_terminal()
    {
        await using var node = await StartAsync();
        foreach (var command in new string[][] { ["get", $"ne{Escape}[31mt.lan.mtu"], ["get", $"net.lan.m{Escape}[31mtu"], [$"fl{Escape}[31my"], ["set", $"net.lan.{Escape}]0;x\u0007=1"], ["backup", "show", $"a{Escape}[2J"] })
        {
            var (exitCode, output, error) = await ProgramRun.CmsAsync(node, command);
            Assert.NotEqual(0, exitCode);
            AssertHarmless(output + error);
        }

        AssertLogIsWhole(node);
    }

    [Fact]
    public async Task The_label_of_a_program_with_an_evil_name_is_harmless()
    {
        await using var node = await StartAsync();
        var program = Path.Combine(node.Root, $"e{Escape}[31m\nvil");
        File.Copy("/usr/bin/curl", program);
        string[] arguments =
        [
            "--silent", "--unix-socket", Path.Combine(node.RunDirectory, "cmsd.sock"), "--header", "Content-Type: application/json",
            "--data", """{"operations":[{"op":"set","section":"lan","option":"mtu","value":"1400"}]}""", "http://cms/api/v1/modules/net/commits",
        ];
        using (var run = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!)
        {
            Assert.Contains("\"revision\":2", await run.StandardOutput.ReadToEndAsync(Token), StringComparison.Ordinal);
            await run.WaitForExitAsync(Token);
        }

        using var http = NodeHttp.Client(node);
        var history = await http.GetStringAsync(new Uri("http://cms/api/v1/modules/net/history"), Token);
        Assert.Contains("vil[", history, StringComparison.Ordinal);
        Assert.DoesNotContain("u001b", history, StringComparison.OrdinalIgnoreCase);
        var (_, output, _) = await ProgramRun.CmsAsync(node, "history", "net");
        AssertHarmless(output);
        AssertLogIsWhole(node);
    }

    [Fact]
    public async Task Nothing_that_is_sent_becomes_a_header_of_the_answer()
    {
        await using var node = await StartAsync();
        foreach (var path in new[]
        {
            "/api/v1/modules/net%0d%0aX-Evil:%20yes", "/api/v1/modules/net?revision=1%0d%0aX-Evil:%20yes", "/api/v1/topics/a%0d%0aX-Evil:%20yes", "/%0d%0aX-Evil:%20yes",
            "/api/v1/modules/net/history?count=%0d%0aX-Evil:%20yes", "/health/live?%0d%0aX-Evil:%20yes", "/api/v1/transactions/a%0d%0aX-Evil:%20yes",
        })
        {
            var answer = await RawConnection.ExchangeAsync(
                node, $"GET {path} HTTP/1.1\r\nHost: cms\r\nConnection: close\r\nAccept: application/json\r\nOrigin: http://a\r\nIf-None-Match: \"1\"\r\nX-Request-Id: b\r\n\r\n");
            var head = answer.Split("\r\n\r\n", 2)[0];
            Assert.DoesNotContain(head.Split("\r\n"), line => line.StartsWith("X-Evil", StringComparison.OrdinalIgnoreCase));
            Assert.Single(RawConnection.Statuses(answer));
        }

        foreach (var bad in new[] { "X-A: b\rX-Evil: yes", "X-A: b\0c", "X A: b", "X-A : b", ": b", "X-A: b\r\n folded" })
        {
            var answer = await RawConnection.ExchangeAsync(node, $"GET /health/live HTTP/1.1\r\nHost: cms\r\nConnection: close\r\n{bad}\r\n\r\n");
            Assert.Equal([400], RawConnection.Statuses(answer));
        }
    }

    [Fact]
    public async Task Files_with_evil_names_are_no_modules_and_spoil_no_log()
    {
        await using var node = new NodeProcess();
        await File.WriteAllTextAsync(Path.Combine(node.ConfigDirectory, $"a{Escape}[31m\nb"), "config a\n", Token);
        await File.WriteAllTextAsync(node.FileOf("broken"), $"config interface 'lan'\n\toption x '{Escape}[31m\n{Escape}]0;x\u0007", Token);
        await node.StartAsync();
        Assert.DoesNotContain("31m", string.Concat((await node.Client.StatusAsync(Token)).Modules.Select(module => module.Module)), StringComparison.Ordinal);
        var (_, output, error) = await ProgramRun.CmsAsync(node, "status");
        AssertHarmless(output + error);
        AssertLogIsWhole(node);
    }

    // A line feed ends a line and a tab is part of UCI's layout; no other control character has any business on a terminal.
    private static void AssertHarmless(string text) =>
        Assert.DoesNotContain(text, character => char.IsControl(character) && character is not ('\n' or '\t'));

    // Whoever reads the log takes each line for one event.
    private static void AssertLogIsWhole(NodeProcess node)
    {
        foreach (var line in node.Output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var parsed = JsonDocument.Parse(line);
            Assert.True(parsed.RootElement.TryGetProperty("EventId", out _), line);
            AssertHarmless(line);
        }
    }

    private static async Task TryCommitAsync(NodeProcess node, string message)
    {
        using var http = NodeHttp.Client(node);
        var request = new { operations = new[] { new { op = "set", section = "lan", option = "mtu", value = message.Length.ToString(System.Globalization.CultureInfo.InvariantCulture) } }, message };
        using var answer = await http.PostAsync(new Uri("http://cms/api/v1/modules/net/commits"), new StringContent(JsonSerializer.Serialize(request), Encoding.UTF8, "application/json"), Token);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest);
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n", Token);
        await node.StartAsync();
        return node;
    }
}
