using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Gateways.Bulk;
using Xunit;

namespace Cms.Tests.Requests;

/// <summary>What a bulk's text is taken apart into, however it comes in.</summary>
public sealed class BulkParserTests
{
    private const int MaxStatementBytes = 200_000;

    private const string Statements = """
        # a comment
        set net.lan.a='x y'; set net.lan.b="it's"

        set net.lan.c='two
        lines' # and a comment
        set net.lan.d=joined\
        up
        add net rule; set net.@rule[-1].name=new
        add_list net.lan.l=1; del_list net.lan.l=2
        delete net.lan.l=0; delete net.lan.m; delete net.@rule[0]
        rename net.lan.x=y; rename net.lan=home; reorder net.home=0
        table create net.hosts name:string:20:key group:int:4:index
        table insert net.hosts name=a group=5; table update net.hosts name=a group=6
        table delete net.hosts a; table drop net.hosts
        set other.wan=interface
        """;

    private const string Lines = """
        {"module":"net","op":"set","section":"lan","option":"a","value":"x y"}

        {"module":"net","op":"set","section":"lan","option":"b","value":[1,2],"expected":7}
        {"module":"other","op":"insert_row","table":"hosts","row":{"name":"a"}}
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(100_000)]
    public async Task Statements_are_the_same_in_pieces_of_any_size(int pieceSize)
    {
        var (operations, refusal) = await ReadAsync(new StatementParser(), Encoding.UTF8.GetBytes(Statements), pieceSize);
        Assert.Null(refusal);
        Assert.Equal(
            [2, 2, 4, 6, 8, 8, 9, 9, 10, 10, 10, 11, 11, 11, 12, 13, 13, 14, 14, 15],
            operations.Select(operation => operation.Line));
        Assert.Equal("x y", ValueOf(operations[0]));
        Assert.Equal("it's", ValueOf(operations[1]));
        Assert.Equal("two\nlines", ValueOf(operations[2]));
        Assert.Equal("joinedup", ValueOf(operations[3]));
        Assert.Equal(new SectionSelector.ByIndex("rule", -1), Assert.IsType<ModuleOperation.SetOption>(operations[5].Operation).Section);
        Assert.IsType<ModuleOperation.AddToList>(operations[6].Operation);
        Assert.IsType<ModuleOperation.RemoveFromList>(operations[7].Operation);
        Assert.IsType<ModuleOperation.DeleteElement>(operations[8].Operation);
        Assert.IsType<ModuleOperation.DeleteOption>(operations[9].Operation);
        Assert.IsType<ModuleOperation.DeleteSection>(operations[10].Operation);
        Assert.IsType<ModuleOperation.RenameOption>(operations[11].Operation);
        Assert.IsType<ModuleOperation.RenameSection>(operations[12].Operation);
        Assert.IsType<ModuleOperation.MoveSection>(operations[13].Operation);
        Assert.IsType<ModuleOperation.CreateTable>(operations[14].Operation);
        Assert.IsType<ModuleOperation.InsertRow>(operations[15].Operation);
        Assert.IsType<ModuleOperation.UpdateRow>(operations[16].Operation);
        Assert.IsType<ModuleOperation.DeleteRow>(operations[17].Operation);
        Assert.IsType<ModuleOperation.DropTable>(operations[18].Operation);
        Assert.Equal(("other", "interface"), (operations[19].Module, Assert.IsType<ModuleOperation.SetSection>(operations[19].Operation).Type));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(100_000)]
    public async Task Lines_of_JSON_are_the_same_in_pieces_of_any_size(int pieceSize)
    {
        var (operations, refusal) = await ReadAsync(new JsonLineParser(), Encoding.UTF8.GetBytes(Lines), pieceSize);
        Assert.Null(refusal);
        Assert.Equal([(1, "net"), (3, "net"), (4, "other")], operations.Select(operation => (operation.Line, operation.Module)));
        Assert.Equal(new Revision(7), operations[1].Operation.Expected);
        Assert.IsType<ModuleOperation.InsertRow>(operations[2].Operation);
    }

    [Theory]
    [InlineData("set net.lan.a=1\nset net.lan.b='open\nset net.lan.c=1\n", 2, "unterminated")]
    [InlineData("set net.lan.a=1\nget net.lan.b\n", 2, "'get'")]
    [InlineData("set net.lan.a=1\ncommit\n", 2, "'commit'")]
    [InlineData("set net.lan.a=1\nset net.lan.b=x y\n", 2, "quote a value")]
    [InlineData("set net.lan.a=1\n\nset net..b=x\n", 3, "net..b")]
    [InlineData("set net.lan.a=1\nadd net\n", 2, "'add'")]
    [InlineData("set net.lan.a=1\ntable fly net.hosts\n", 2, "table fly")]
    [InlineData("set net.lan.a=1\ntable\n", 2, "'table'")]
    [InlineData("set net.lan.a=1\nset net.lan.b\n", 2, "value is missing")]
    public async Task A_bad_statement_is_named_by_its_line_and_nothing_behind_it_is_taken(string text, int line, string part)
    {
        foreach (var pieceSize in new[] { 1, 100_000 })
        {
            var (operations, refusal) = await ReadAsync(new StatementParser(), Encoding.UTF8.GetBytes(text), pieceSize);
            Assert.Single(operations);
            Assert.Equal(line, refusal!.Line);
            Assert.Contains(part, refusal.Reason.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{", "JSON")]
    [InlineData("null", "null")]
    [InlineData("[]", "JSON")]
    [InlineData("{\"op\":\"set\",\"section\":\"lan\",\"option\":\"a\",\"value\":1}", "'module'")]
    [InlineData("{\"module\":\"net\",\"section\":\"lan\"}", "op")]
    [InlineData("{\"module\":\"net\",\"op\":\"fly\"}", "'fly'")]
    [InlineData("{\"module\":\"net\",\"op\":\"set\",\"what\":1}", "what")]
    [InlineData("{\"module\":\"net\",\"op\":\"delete\",\"section\":\"lan\",\"value\":1}", "'value'")]
    [InlineData("{\"module\":\"net\",\"op\":\"delete\",\"section\":\"lan\"} {}", "JSON")]
    public async Task A_bad_line_of_JSON_is_named(string bad, string part)
    {
        var text = "{\"module\":\"net\",\"op\":\"delete\",\"section\":\"lan\"}\n" + bad + "\n{\"module\":\"net\",\"op\":\"delete\",\"section\":\"lan\"}\n";
        var (operations, refusal) = await ReadAsync(new JsonLineParser(), Encoding.UTF8.GetBytes(text), 10);
        Assert.Single(operations);
        Assert.Equal((2, ErrorCode.InvalidArgument), (refusal!.Line, refusal.Reason.Code));
        Assert.Contains(part, refusal.Reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_are_a_value_in_a_statement_and_an_error_in_JSON()
    {
        var (operations, _) = await ReadAsync(new StatementParser(), [.. "set net.lan.a="u8, 0xff, 0xfe, (byte)'\n'], 3);
        Assert.Equal([0xff, 0xfe], Assert.IsType<ModuleOperation.SetOption>(operations[0].Operation).Value.GetBytes().ToArray());
        var (none, refusal) = await ReadAsync(
            new JsonLineParser(), [.. "{\"module\":\"net\",\"op\":\"set\",\"section\":\"lan\",\"option\":\"a\",\"value\":\""u8, 0xff, .. "\"}\n"u8], 3);
        Assert.Empty(none);
        Assert.Equal((1, ErrorCode.InvalidArgument), (refusal!.Line, refusal.Reason.Code));
    }

    [Theory]
    [InlineData(MaxStatementBytes - 100, false)]
    [InlineData(MaxStatementBytes + 100, true)]
    public async Task A_statement_has_a_longest_size(int size, bool isTooLong)
    {
        var text = Encoding.UTF8.GetBytes($"set net.lan.a=1\nset net.lan.b='{new string('x', size - 20)}\ny'\nset net.lan.c=1\n");
        var (operations, refusal) = await ReadAsync(new StatementParser(), text, 4096);
        Assert.Equal(isTooLong ? 1 : 3, operations.Count);
        Assert.Equal(isTooLong ? ErrorCode.TooLarge : null, refusal?.Reason.Code);
        Assert.Equal(isTooLong ? 2 : null, refusal?.Line);
    }

    [Fact]
    public async Task A_statement_over_very_many_lines_is_read_in_linear_time()
    {
        var lines = string.Concat(Enumerable.Repeat("x\n", 90_000));
        var (operations, refusal) = await ReadAsync(new StatementParser(), Encoding.UTF8.GetBytes($"set net.lan.a='{lines}'\nset net.lan.b=1\n"), 16);
        Assert.Null(refusal);
        Assert.Equal([1, 90_002], operations.Select(operation => operation.Line));
    }

    private static string ValueOf(BulkOperation operation) => Assert.IsType<ModuleOperation.SetOption>(operation.Operation).Value.GetText();

    private static async Task<(List<BulkOperation> Operations, BulkRefusal? Refusal)> ReadAsync(BulkParser parser, byte[] text, int pieceSize)
    {
        var pieces = PipeReader.Create(new MemoryStream(text), new StreamPipeReaderOptions(new SmallPieces(pieceSize), pieceSize, 1));
        var reader = new BulkReader(pieces, parser, MaxStatementBytes);
        var all = new List<BulkOperation>();
        bool isMore;
        do
        {
            var some = new List<BulkOperation>();
            isMore = await reader.ReadAsync(some, Token);
            all.AddRange(some);
        }
        while (isMore);

        await pieces.CompleteAsync();
        return (all, parser.Refusal);
    }

    /// <summary>Memory in pieces of exactly the size wanted.</summary>
    private sealed class SmallPieces(int size) : MemoryPool<byte>
    {
        public override int MaxBufferSize => size;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => new Piece(size);

        protected override void Dispose(bool disposing)
        {
        }

        private sealed class Piece(int size) : IMemoryOwner<byte>
        {
            public Memory<byte> Memory { get; } = new byte[size];

            public void Dispose()
            {
            }
        }
    }
}
