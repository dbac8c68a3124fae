using System.Globalization;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Formats.Tables;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Libcms;

/// <summary>Tables that C writes are what .NET sees, and the other way around.</summary>
public sealed class TableTests
{
    private const string Hosts = "table hosts name name:0:20:3 group:1:4:1 mac:0:17:2 on:3:0:1 load:2:0:0 tiny:1:1:0 note:0:300:0";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_are_inserted_found_updated_and_deleted()
    {
        await using var node = await StartAsync();
        await using var client = ClientProcess.Start(node);
        Assert.Equal("status 0\n", client.AskAll("tables net"));
        Assert.StartsWith("0 2 ", client.Commit("net", [Hosts, .. Enumerable.Range(0, 300).Select(Insert)]), StringComparison.Ordinal);
        Compare(node, client);
        Assert.StartsWith("0 3 ", client.Commit("net", "update hosts name=h7 group=int:-1 note=longer", "unrow hosts name=h8", "table ids id id:1:0:3", "insert ids id=int:-5", "table flags f f:3:0:3", "insert flags f=bool:1"), StringComparison.Ordinal);
        Compare(node, client);
        Find(node, client, "hosts", "group=int:3", "group=int:-1", "group=int:99", "group=int:4000000000", "mac=m9", "mac=none", "on=bool:1", "name=h7", "name=h8", "name=" + new string('x', 30));
        Find(node, client, "ids", "id=int:-5", "id=int:5");
        Find(node, client, "flags", "f=bool:1", "f=bool:0");
        Assert.Equal($"status {ClientProcess.NotFound}\n", client.AskAll("find net none a=b"));
        Assert.Equal($"status {ClientProcess.NotFound}\n", client.AskAll("find net hosts none=b"));
        Assert.Equal($"status {ClientProcess.InvalidArgument}\n", client.AskAll("find net hosts note=b"));
        Assert.Equal("status 33\n", client.AskAll("find net hosts group=b"));

        Assert.StartsWith("0 4 ", client.Commit("net", "expect 3", "update hosts name=h7 tiny=int:-128"), StringComparison.Ordinal);
        Assert.Matches(@"^4 0 .*hosts\[h7\]", client.Commit("net", "expect 3", "unrow hosts name=h7"));
        Assert.Matches("^3 0 ", client.Commit("net", Insert(7)));
        Assert.Matches("^2 0 ", client.Commit("net", "unrow hosts name=h8"));
        Assert.Matches("^1 0 ", client.Commit("net", "update hosts name=h7 tiny=int:128"));
        Compare(node, client);
        Assert.StartsWith("0 5 ", client.Commit("net", "drop hosts", "drop ids"), StringComparison.Ordinal);
        Compare(node, client);
    }

    [Theory]
    [InlineData(501)]
    [InlineData(502)]
    public async Task A_random_history_of_tables_is_read_alike(int seed)
    {
        var random = new Random(seed);
        await using var node = await StartAsync();
        await using var client = ClientProcess.Start(node);
        client.Commit("net", Hosts);
        var names = new HashSet<int>();
        for (var commit = 0; commit < 25; commit++)
        {
            var operations = new List<string>();
            for (var left = random.Next(1, 60); left > 0; left--)
            {
                var number = random.Next(150);
                operations.Add(
                    names.Add(number) ? Insert(number)
                    : random.Next(2) == 0 ? string.Create(CultureInfo.InvariantCulture, $"update hosts name=h{number} group=int:{random.Next(5)} on=bool:{random.Next(2)} note={new string('n', random.Next(250))}")
                    : names.Remove(number) ? $"unrow hosts name=h{number}" : "");
            }

            Assert.StartsWith("0 ", client.Commit("net", [.. operations]), StringComparison.Ordinal);
            Compare(node, client);
        }
    }

    private static string Insert(int number) => string.Create(
        CultureInfo.InvariantCulture,
        $"insert hosts name=h{number} group=int:{number % 7} mac=m{number} on=bool:{number % 2} load=float:{number / 8.0} tiny=int:{(number % 200) - 100} note=hex:{Convert.ToHexString(new byte[number % 9])}ff");

    private static void Compare(NodeProcess node, ClientProcess client)
    {
        using var reader = Open(node);
        Assert.Equal(ClientProcess.TablesOf(reader.Snapshot()), client.AskAll("tables net"));
    }

    private static void Find(NodeProcess node, ClientProcess client, string name, params string[] filters)
    {
        using var reader = Open(node);
        var view = reader.Snapshot();
        var table = view.FindTable(name)!;
        foreach (var filter in filters)
        {
            var parts = filter.Split('=', ':');
            var column = table.Schema.Find(parts[0])!.Value;
            var type = table.Schema.Columns[column].Type;
            var value = type == ElementType.Int ? ConfigValue.FromInt(long.Parse(parts[^1], CultureInfo.InvariantCulture)) : type == ElementType.Bool ? ConfigValue.FromBool(parts[^1] == "1") : ConfigValue.FromText(parts[^1]);
            var found = view.Rows(name).Where(row => RowReader.Of(table.Schema, row.Row, row.Changed).GetValue(column).Equals(value));
            var lines = client.AskAll($"find net {name} {filter}").Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal("status 32", lines[^1]);
            Assert.Equal(ClientProcess.RowsOf(table, found), lines[..^1].Order(StringComparer.Ordinal));
        }
    }

    private static SegmentReader Open(NodeProcess node) => SegmentReader.Open(Path.Combine(node.RunDirectory, "segments", "net.seg"));

    private static async Task<NodeProcess> StartAsync()
    {
        var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n", Token);
        await node.StartAsync();
        return node;
    }
}
