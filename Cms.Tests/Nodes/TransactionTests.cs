using System.Globalization;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Commits over several modules of a real node.</summary>
public sealed class TransactionTests
{
    private static readonly string[] Modules = ["a", "b", "c"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_modules_change_or_none()
    {
        await using var node = await StartAsync();
        var reply = await CommitAsync(node, Part("a", Set("v", 1)), Part("b", Set("v", 2)));
        Assert.Equal([2, 2], reply.Modules.Values.Select(module => module.Revision));
        Assert.Equal((1, 2, 0), (await ValueAsync(node, "a"), await ValueAsync(node, "b"), await ValueAsync(node, "c")));

        var refused = await Assert.ThrowsAsync<RefusedException>(() => CommitAsync(node, Part("a", Set("v", 9)), Part("b", Set("missing", 9)), Part("c", Set("v", 9))));
        Assert.Equal(ErrorCode.NotFound, refused.Refusal.Code);
        Assert.StartsWith("b: ", refused.Message, StringComparison.Ordinal);
        Assert.Equal((1, 2, 0), (await ValueAsync(node, "a"), await ValueAsync(node, "b"), await ValueAsync(node, "c")));
        Assert.Equal(2, (await node.Client.GetAsync("a", Token)).Revision);
        Assert.Equal(3, (await CommitAsync(node, Part("a", Set("v", 3)))).Modules["a"].Revision);
    }

    [Fact]
    public async Task The_refusal_lists_what_changed_in_every_module()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, Part("a", Set("v", 1)), Part("c", Set("v", 1)));
        var refused = await Assert.ThrowsAsync<RefusedException>(() => CommitAsync(
            node, Part("a", Set("v", 2) with { Expected = 1 }), Part("b", Set("v", 2) with { Expected = 1 }), Part("c", Set("v", 2) with { Expected = 1 })));
        Assert.Equal(ErrorCode.Conflict, refused.Refusal.Code);
        Assert.Equal(["a.s.v", "c.s.v"], refused.Refusal.Paths);
    }

    [Fact]
    public async Task A_module_that_is_only_read_must_be_at_its_revision()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, Part("a", Set("v", 1)) with { }, new TransactionModule { Module = "b", Expected = 1 });
        await CommitAsync(node, Part("b", Set("v", 1)));
        var refused = await Assert.ThrowsAsync<RefusedException>(() => CommitAsync(node, Part("a", Set("v", 2)), new TransactionModule { Module = "b", Expected = 1 }));
        Assert.Equal(ErrorCode.Conflict, refused.Refusal.Code);
        Assert.Equal((1, 2), (await ValueAsync(node, "a"), (int)(await node.Client.GetAsync("b", Token)).Revision));
    }

    [Fact]
    public async Task A_repeated_request_gets_the_first_answer_also_after_a_kill()
    {
        await using var node = await StartAsync();
        var request = new TransactionCommitRequest { Modules = [Part("a", Set("v", 1)), Part("b", Set("v", 1))], RequestId = "r" };
        await node.Client.CommitAsync(request, Token);
        await node.KillAsync();
        await node.StartAsync();
        await CommitAsync(node, Part("a", Set("v", 5)));
        var again = await node.Client.CommitAsync(request, Token);
        Assert.All(again.Modules.Values, module => Assert.Equal((2, true), (module.Revision, module.Repeated)));
        Assert.Equal(5, await ValueAsync(node, "a"));
        var other = request with { Modules = [Part("a", Set("v", 1)), Part("c", Set("v", 1))] };
        Assert.Equal(ErrorCode.InvalidArgument, (await Assert.ThrowsAsync<RefusedException>(() => node.Client.CommitAsync(other, Token))).Refusal.Code);
        Assert.Equal(0, await ValueAsync(node, "c"));
    }

    [Fact]
    public async Task A_repetition_is_known_though_a_module_had_nothing_to_change_and_has_changed_since()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, Part("b", Set("w", 0)));
        var request = new TransactionCommitRequest { Modules = [Part("a", Set("v", 2)), Part("b", Set("w", 0)) with { Expected = 2 }], RequestId = "r" };
        var first = await node.Client.CommitAsync(request, Token);
        Assert.Equal((2, 0), (first.Modules["a"].Revision, first.Modules["b"].Changes));
        await CommitAsync(node, Part("b", Set("w", 9)));
        var again = await node.Client.CommitAsync(request, Token);
        Assert.True(again.Modules["a"].Repeated);
        Assert.Equal((first.Transaction, 2, 0), (again.Transaction, again.Modules["a"].Revision, again.Modules["b"].Changes));
        Assert.Equal(3, (await node.Client.GetAsync("b", Token)).Revision);
    }

    [Fact]
    public async Task Transfers_in_all_directions_end_and_keep_the_sum()
    {
        await using var node = await StartAsync();
        await CommitAsync(node, Part("a", Set("v", 100)), Part("b", Set("v", 100)), Part("c", Set("v", 100)));
        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => TransferAsync(node, new Random(worker))));
        Assert.Equal(300, await ValueAsync(node, "a") + await ValueAsync(node, "b") + await ValueAsync(node, "c"));
    }

    [Theory]
    [InlineData("{\"modules\":[]}")]
    [InlineData("{\"modules\":[{\"module\":\"a\"},{\"module\":\"a\"}]}")]
    [InlineData("{\"modules\":[{\"module\":\"a.b\"}]}")]
    [InlineData("{\"modules\":[{\"module\":\"a\",\"operations\":[null]}]}")]
    [InlineData("{\"modules\":[{\"module\":\"a\",\"expected\":\"x\"}]}")]
    [InlineData("{\"modules\":[null]}")]
    [InlineData("[]")]
    public async Task A_bad_request_is_told_so(string body)
    {
        await using var node = await StartAsync();
        using var http = NodeHttp.Client(node);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri("commits", UriKind.Relative), content, Token);
        Assert.Equal(400, (int)response.StatusCode);
    }

    private static async Task TransferAsync(NodeProcess node, Random random)
    {
        for (var done = 0; done < 20;)
        {
            var from = Modules[random.Next(Modules.Length)];
            var to = Modules[random.Next(Modules.Length)];
            var amount = random.Next(1, 9);
            if (from == to)
            {
                continue;
            }

            var source = await node.Client.GetAsync(from, Token);
            var target = await node.Client.GetAsync(to, Token);
            try
            {
                await CommitAsync(
                    node,
                    Part(from, Set("v", Of(source) - amount)) with { Expected = source.Revision },
                    Part(to, Set("v", Of(target) + amount)) with { Expected = target.Revision });
                done++;
            }
            catch (RefusedException refused) when (refused.Refusal.Code == ErrorCode.Conflict)
            {
                // Somebody else was faster; the next round looks again.
            }
        }
    }

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        foreach (var module in Modules)
        {
            await File.WriteAllTextAsync(node.FileOf(module), "config t 's'\n\toption v '0'\n", Token);
        }

        await node.StartAsync();
        return node;
    }

    private static Task<TransactionCommitReply> CommitAsync(NodeProcess node, params TransactionModule[] parts) =>
        node.Client.CommitAsync(new TransactionCommitRequest { Modules = parts }, Token);

    private static TransactionModule Part(string module, params WireOperation[] operations) => new() { Module = module, Operations = operations };

    private static WireOperation Set(string option, int value) =>
        new() { Op = "set", Section = option == "missing" ? "nosuch" : "s", Option = option, Value = ConfigValue.FromInt(value) };

    private static async Task<int> ValueAsync(NodeProcess node, string module) => Of(await node.Client.GetAsync(module, Token));

    private static int Of(ModuleContent content) => int.Parse(content.Sections[0].Options["v"].GetText(), CultureInfo.InvariantCulture);
}
