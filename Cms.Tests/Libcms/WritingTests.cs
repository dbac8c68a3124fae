using System.Globalization;
using System.Net.Sockets;
using Cms.Formats.Modules;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Libcms;

/// <summary>What C writes, a real node keeps.</summary>
public sealed class WritingTests
{
    private const string Text = "config interface 'lan'\n\toption mtu '1500'\n\nconfig rule\n\toption name 'one'\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_value_comes_back_as_it_was_set()
    {
        await using var node = await StartAsync();
        await using var client = ClientProcess.Start(node);
        (string Typed, ConfigValue Value)[] values =
        [
            ("plain", ConfigValue.FromText("plain")), ("string:", ConfigValue.FromText("")), ("string:\"\\\t'ü€😀", ConfigValue.FromText("\"\\\t'ü€😀")),
            ("hex:00ff", ConfigValue.FromBytes([0, 0xff])), ("hex:eda080", ConfigValue.FromBytes([0xed, 0xa0, 0x80])), ("hex:c0af61", ConfigValue.FromBytes([0xc0, 0xaf, 0x61])),
            ("hex:010a1f7f", ConfigValue.FromBytes([1, 10, 31, 127])), ("hex:f4908080", ConfigValue.FromBytes([0xf4, 0x90, 0x80, 0x80])), ("hex:f0", ConfigValue.FromBytes([0xf0])),
            ("int:0", ConfigValue.FromInt(0)), ("int:-9223372036854775808", ConfigValue.FromInt(long.MinValue)), ("int:9223372036854775807", ConfigValue.FromInt(long.MaxValue)),
            ("float:0", ConfigValue.FromFloat(0)), ("float:-0.0", ConfigValue.FromFloat(-0.0)), ("float:1e300", ConfigValue.FromFloat(1e300)), ("float:0.1", ConfigValue.FromFloat(0.1)),
            ("float:5e-324", ConfigValue.FromFloat(5e-324)), ("float:123456789", ConfigValue.FromFloat(123456789)),
            ("float:inf", ConfigValue.FromFloat(double.PositiveInfinity)), ("float:-inf", ConfigValue.FromFloat(double.NegativeInfinity)),
            ("bool:1", ConfigValue.FromBool(true)), ("bool:0", ConfigValue.FromBool(false)),
        ];
        Assert.Equal("0 2 ", client.Commit("net", [.. values.Select((value, index) => $"set lan.o{index} {value.Typed}"), "set lan.nan float:nan", "note why"]));
        var options = (await node.Client.GetAsync("net", Token)).Sections[0].Options;
        for (var index = 0; index < values.Length; index++)
        {
            Assert.Equal(values[index].Value, options[$"o{index}"]);
        }

        Assert.True(double.IsNaN(BitConverter.ToDouble(options["nan"].Encoding.Span)));
        var head = Assert.Single(await node.Client.HistoryAsync("net", 1, Token));
        Assert.Equal(("why", values.Length + 1), (head.Message, head.Changes));
    }

    [Fact]
    public async Task Sections_are_added_changed_moved_and_removed()
    {
        await using var node = await StartAsync();
        await using var client = ClientProcess.Start(node);
        Assert.StartsWith("0 2 ", client.Commit(
            "net", "add host - h", "set +h.ip 10.0.0.1", "add host - -", "add host named -", "set named.ip 10.0.0.2", "section zone wan", "set @rule[0].name two",
            "set #2.extra 1", "rename lan.mtu size", "rename lan home", "reorder named 0", "copy net lan.mtu #2.mtu"), StringComparison.Ordinal);
        Assert.Equal(
            ["host named ip=10.0.0.2", "interface home size=1500", "rule  name=two extra=1 mtu=1500", "host  ip=10.0.0.1", "host ", "wan zone"],
            (await node.Client.GetAsync("net", Token)).Sections.Select(section => $"{section.Type} {section.Name}{string.Concat(section.Options.Select(option => $" {option.Key}={option.Value}"))}"));
        Assert.StartsWith("0 3 ", client.Commit("net", "delete home", "delete @rule[0].extra", "delete @host[-1]", "delete zone", "section named guest"), StringComparison.Ordinal);
        Assert.Equal(["guest named", "rule ", "host "], (await node.Client.GetAsync("net", Token)).Sections.Select(section => $"{section.Type} {section.Name}"));
        Assert.StartsWith("0 4 ", client.Commit("net", "rename @host[0] late"), StringComparison.Ordinal);
        Assert.StartsWith("0 4 ", client.Commit("net"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_keep_their_type_grow_and_shrink()
    {
        await using var node = await StartAsync();
        await using var client = ClientProcess.Start(node);
        var many = string.Join(' ', Enumerable.Range(0, 3000));
        Assert.StartsWith("0 2 ", client.Commit(
            "net", "create int lan.i 1 2", "push lan.i int:3", "create bool lan.b 1 0", "push lan.b bool:1", "create float lan.f 0.5", "push lan.f float:1e10", "create string lan.s a",
            "push lan.s hex:00fe", "push lan.s b", "create int lan.e", "push lan.e int:4", "push lan.new int:5", $"many int lan.many {many}", "many string lan.texts x y"), StringComparison.Ordinal);
        await ExpectAsync(node, ("i", ListOf(1L, 2L, 3L)), ("b", ListOf(true, false, true)), ("f", ListOf(0.5, 1e10)), ("e", ListOf(4L)), ("new", ListOf(5L)));
        await ExpectAsync(node, ("many", ListOf([.. Enumerable.Range(0, 3000).Select(number => (long)number)])), ("texts", ConfigValue.FromTexts(["x", "y"])));
        await ExpectAsync(node, ("s", ConfigValue.FromElements([new byte[] { 97 }, new byte[] { 0, 0xfe }, new byte[] { 98 }])));
        Assert.StartsWith("0 3 ", client.Commit("net", "put lan.i 1 int:-7", "put lan.b 0 bool:0", "put lan.s 2 changed", "remove lan.many 0", "remove lan.e 9"), StringComparison.Ordinal);
        await ExpectAsync(node, ("i", ListOf(1L, -7L, 3L)), ("b", ListOf(false, false, true)), ("s", ConfigValue.FromElements([new byte[] { 97 }, new byte[] { 0, 0xfe }, "changed"u8.ToArray()])));
        await ExpectAsync(node, ("many", ListOf([.. Enumerable.Range(1, 2999).Select(number => (long)number)])), ("e", ListOf(4L)));

        Assert.All(new[] { "put lan.i 3 int:1", "put lan.none 0 int:1", "put lan.mtu 0 text", "remove lan.none 0" }, missing => Assert.Matches("^2 0 ", client.Commit("net", missing)));
        Assert.StartsWith("0 4 ", client.Commit("net", "push lan.i 10", "put lan.f 0 text", "many int lan.e"), StringComparison.Ordinal);
        await ExpectAsync(node, ("i", ListOf(1L, -7L, 3L, 10L)), ("f", ConfigValue.FromTexts(["text", "10000000000"])), ("e", ListOf(4L)));
    }

    [Fact]
    public async Task What_is_refused_says_why_and_changes_nothing()
    {
        await using var node = await StartAsync();
        await using var client = ClientProcess.Start(node);
        Assert.Matches("^2 0 there is no section 'none'", client.Commit("net", "set lan.mtu 1", "set none.x 1"));
        Assert.Matches("^2 0 there is no module 'none'", client.Commit("none", "set lan.mtu 1"));
        Assert.Matches("^3 0 .*'lan' is there already", client.Commit("net", "add host lan -"));
        Assert.Matches("^5 0 .*1048576", client.Commit("net", $"set lan.mtu {new string('x', (1 << 20) + 1)}"));
        Assert.Matches("^2 0 there is no module 'a%b[?]c'", client.Commit("a%b?c", "set lan.mtu 1"));
        Assert.Equal("1", client.Ask("begin a/b"));
        Assert.Equal("0 2 ", client.Commit("net", "expect 1", "set lan.mtu 1400", "expect 0", "set lan.fresh 1"));
        Assert.Matches("^4 0 .*lan[.]mtu", client.Commit("net", "set lan.other 5", "expect 1", "set lan.mtu 1300"));
        Assert.Equal(2, (await node.Client.GetAsync("net", Token)).Revision);
        Assert.Equal("0", client.Ask("begin net"));
        Assert.All(new[] { "set lan x", "set .mtu x", "set lan. x", "set mtu 1", "push lan 1", "create int lan 1", "table t k k:9:1:0", "table t k k:0:9:3 j:0:9:3" }, bad => Assert.Equal((bad, "1"), (bad, client.Ask(bad))));
        Assert.Equal("0", client.Ask("set lan.mtu 9"));
        Assert.Equal("0", client.Ask("rollback"));
        Assert.Equal("0 2 ", client.Commit("net"));
        Assert.Equal("1400", (await node.Client.GetAsync("net", Token)).Sections[0].Options["mtu"].GetText());
    }

    [Fact]
    public async Task A_commit_is_carried_out_once_however_often_it_is_sent()
    {
        await using var node = await StartAsync();
        await using var client = ClientProcess.Start(node);
        Assert.StartsWith("0 2 ", client.Commit("net", "push lan.l 1"), StringComparison.Ordinal);
        await node.KillAsync();
        Assert.Equal("0", client.Ask("begin net"));
        Assert.Equal("0", client.Ask("push lan.l 2"));
        Assert.Matches("^10 0 ", client.Ask("commit"));
        Assert.Equal("1", client.Ask("push lan.l 3"));
        await node.StartAsync();
        Assert.Equal("0 3 ", client.Ask("commit"));

        // The daemon has the request and stands still: the answer does not come in time.
        await node.FreezeAsync();
        Assert.Equal("0", client.Ask("timeout 300"));
        Assert.Equal("0", client.Ask("begin net"));
        Assert.Equal("0", client.Ask("push lan.l 4"));
        Assert.Matches("^11 0 ", client.Ask("commit"));
        await node.KillAsync();
        Assert.Matches("^11 0 ", client.Ask("commit"));
        await node.StartAsync();
        Assert.Equal("0", client.Ask("timeout 30000"));
        Assert.Equal("0 4 ", client.Ask("commit"));
        await ExpectAsync(node, ("l", ConfigValue.FromTexts(["1", "2", "4"])));
    }

    [Fact]
    public async Task An_answer_lost_after_the_commit_does_not_repeat_it()
    {
        await using var node = await StartAsync();
        var relay = Path.Combine(node.Root, "relay");
        Directory.CreateDirectory(relay);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(relay, "cmsd.sock")));
        listener.Listen();
        await using var client = ClientProcess.Start(node);
        Assert.Equal("0", client.Ask($"connect {relay}"));
        Assert.Equal("0", client.Ask("begin net"));
        Assert.Equal("0", client.Ask("push lan.l 1"));
        client.Send("commit");
        // Each of the two attempts reaches the daemon, whose answer is thrown away.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            using var near = await listener.AcceptAsync(Token);
            using var far = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await far.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(node.RunDirectory, "cmsd.sock")), Token);
            var bytes = new byte[4096];
            await far.SendAsync(bytes.AsMemory(0, await near.ReceiveAsync(bytes, Token)), Token);
            Assert.True(await far.ReceiveAsync(bytes, Token) > 0);
        }

        Assert.Matches("^11 0 ", client.Read());
        client.Send("commit");
        using var last = await listener.AcceptAsync(Token);
        using var node2 = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await node2.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(node.RunDirectory, "cmsd.sock")), Token);
        var buffer = new byte[4096];
        await node2.SendAsync(buffer.AsMemory(0, await last.ReceiveAsync(buffer, Token)), Token);
        // One byte at a time, so that every part of the answer is split somewhere.
        var size = await node2.ReceiveAsync(buffer, Token);
        for (var index = 0; index < size; index++)
        {
            await last.SendAsync(buffer.AsMemory(index, 1), Token);
        }

        Assert.Equal("0 2 ", client.Read());
        await ExpectAsync(node, ("l", ConfigValue.FromTexts(["1"])));
    }

    private static async Task ExpectAsync(NodeProcess node, params (string Option, ConfigValue Value)[] expected)
    {
        var options = (await node.Client.GetAsync("net", Token)).Sections[0].Options;
        Assert.All(expected, one => Assert.Equal((one.Option, one.Value), (one.Option, options[one.Option])));
    }

    private static ConfigValue ListOf(params long[] elements) => Decode(ElementType.Int, [.. elements.SelectMany(BitConverter.GetBytes)]);

    private static ConfigValue ListOf(params double[] elements) => Decode(ElementType.Float, [.. elements.SelectMany(BitConverter.GetBytes)]);

    private static ConfigValue ListOf(params bool[] elements) => Decode(ElementType.Bool, [.. elements.Select(Convert.ToByte)]);

    private static ConfigValue Decode(ElementType type, byte[] encoding) =>
        ConfigValue.TryDecode(type, isList: true, encoding, out var list) ? list! : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"no list of {type}"));

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), Text, Token);
        await node.StartAsync();
        return node;
    }
}
