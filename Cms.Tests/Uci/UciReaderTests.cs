using System.Text;
using Cms.Formats.Uci;
using Xunit;

namespace Cms.Tests.Uci;

public class UciReaderTests
{
    private static readonly UciReaderOptions Reference = new() { Dialect = UciDialect.Reference };

    [Theory]
    [InlineData("config", "config without name", 0, 0)]
    [InlineData("config a\noption", "option without name", 1, 0)]
    [InlineData("package", "package without name", 0, 0)]
    [InlineData("package a.b\n", "invalid character in name field", 1, 12)]
    [InlineData("config a\n\toption \n", "insufficient arguments", 2, 9)]
    [InlineData("  foo\n", "invalid command", 1, 2)]
    [InlineData("config a 'b'\noption x '1'; foo\n", "invalid command", 2, 13)]
    [InlineData("config a\n option x 'l1\nl2' z\n", "too many arguments", 3, 20)]
    [InlineData("config a\n option x a\\\r\n b\n", "too many arguments", 3, 15)]
    [InlineData("config a\n option x \"a\\\n", "EOF with unterminated \"", 2, 13)]
    public void Errors_name_the_reason_line_and_byte_of_the_reference(string text, string reason, int line, int position) =>
        Assert.Equal(new UciParseError(reason, line, position), ErrorOf(text, Reference));

    [Theory]
    [InlineData("config a b; option x 1; list y 2\n", "[a b]")]
    [InlineData("config a 'b'; option x 1; option y 2\n", "[a b] x=1")]
    [InlineData("config a b ; option x '1' ; list y 2\n", "[a b] x=1 y+2")]
    [InlineData("config a b\noption x 1;# c\noption y ''\noption z\n", "[a b] x=1")]
    [InlineData("config a b\noption x ';'\n", "[a b] x=;")]
    public void The_reference_drops_what_follows_a_semicolon_glued_to_a_plain_word(string text, string expected) =>
        Assert.Equal(expected, Describe(text, Reference));

    [Theory]
    [InlineData("config a b; option x 1; list y 2\n", "[a b] x=1 y+2")]
    [InlineData("config a b;; ;option x 1;\n;\n", "[a b] x=1")]
    [InlineData("config a;option x '1';option y \"2\" # c ; option z 3\n", "[a ] x=1 y=2")]
    [InlineData("config a b\noption x ''\noption z\nlist l\n", "[a b] x= l+")]
    public void Cms_takes_each_command_and_stores_empty_strings(string text, string expected) =>
        Assert.Equal(expected, Describe(text, UciReaderOptions.Default));

    [Theory]
    [InlineData(@"a'b'""c""\ d", "abc d")]
    [InlineData("'it'\\''s'", "it's")]
    [InlineData("\"a\\nb\\\\c\\\"d\"", "anb\\c\"d")]
    [InlineData("'l1\nl2'", "l1\nl2")]
    [InlineData("\"a\\\nb\"", "ab")]
    [InlineData("'a\\\nb'", "a\\\nb")]
    [InlineData("1#2", "1")]
    [InlineData("'#'x", "#x")]
    public void Quotes_backslashes_and_comments_make_values(string written, string value) =>
        Assert.Equal($"[a b] x={value}", Describe($"config a b\n\toption x {written}\n", Reference));

    [Fact]
    public void Non_strict_reading_goes_on_with_the_next_line()
    {
        var options = Reference with { IsStrict = false };

        Assert.Equal("[a b] !invalid command@2 x=1 !invalid character in name field@4 y=2", Describe("c a b\nfoo\no x 1 2\no x-y 1\no y 2\n", options));
    }

    [Fact]
    public void A_text_of_packages_needs_their_names()
    {
        var options = Reference with { HasPackages = true };

        Assert.Equal("attempting to import a file without a package name", ErrorOf("config a b\n", options)?.Reason);
        Assert.Equal("option/list command found before the first section", ErrorOf("package p\nconfig a\npackage q\noption x 1\n", options)?.Reason);
        Assert.Equal("<p> [a ] <q>", Describe("package p\nconfig a\np q\n", options));
    }

    [Fact]
    public void A_stream_reads_like_the_same_text_in_memory()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new RandomText(seed);
            var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(random.HandWritten(random.Package(true)), 20)));
            using var stream = new StutteringStream(text, new Random(seed));

            Assert.Equal(Describe(new UciReader(text, UciReaderOptions.Default)), Describe(new UciReader(stream, UciReaderOptions.Default)));
        }
    }

    [Fact]
    public void A_long_stream_is_read_in_bounded_memory()
    {
        const int Repeats = 1_000_000;
        using var stream = new RepeatingStream("config rule\n\toption name 'value'\n\tlist l \"it\"'s'\n"u8.ToArray(), Repeats);
        var reader = new UciReader(stream, UciReaderOptions.Default);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var count = 0;
        while (reader.Read())
        {
            count++;
        }

        Assert.Equal(3 * Repeats, count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_line_beyond_the_bound_is_an_error()
    {
        using var stream = new MemoryStream("config a\noption x '"u8.ToArray().Concat(new byte[3 << 20]).ToArray());
        var reader = new UciReader(stream, UciReaderOptions.Default with { MaxLineSizeBytes = 1 << 20 });

        Assert.True(reader.Read());
        Assert.True(reader.Read());
        Assert.Equal("line too long", reader.Error?.Reason);
        Assert.False(reader.Read());
    }

    internal static string Describe(UciReader reader)
    {
        var text = new StringBuilder();
        while (reader.Read())
        {
            var name = Encoding.Latin1.GetString(reader.Error is null ? reader.Name : []);
            text.Append(reader.Kind switch
            {
                UciTokenKind.Package => $"<{name}> ",
                UciTokenKind.Section => $"[{Encoding.Latin1.GetString(reader.Type)} {name}] ",
                UciTokenKind.Option => $"{name}={Encoding.UTF8.GetString(reader.Value)} ",
                UciTokenKind.ListItem => $"{name}+{Encoding.UTF8.GetString(reader.Value)} ",
                _ => $"!{reader.Error!.Reason}@{reader.Line} ",
            });
        }

        return text.ToString().TrimEnd(' ');
    }

    private static string Describe(string text, UciReaderOptions options) => Describe(new UciReader(Encoding.UTF8.GetBytes(text), options));

    private static UciParseError? ErrorOf(string text, UciReaderOptions options)
    {
        var reader = new UciReader(Encoding.UTF8.GetBytes(text), options);
        UciParseError? error = null;
        while (reader.Read())
        {
            error = reader.Error;
        }

        return error;
    }

    private sealed class StutteringStream(byte[] text, Random random) : MemoryStream(text)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1 + random.Next(50)));
    }

    private sealed class RepeatingStream(byte[] piece, int repeats) : MemoryStream
    {
        private long _position;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = 0;
            while (read < count && _position < (long)piece.Length * repeats)
            {
                var start = (int)(_position % piece.Length);
                var size = Math.Min(count - read, piece.Length - start);
                piece.AsSpan(start, size).CopyTo(buffer.AsSpan(offset + read));
                read += size;
                _position += size;
            }

            return read;
        }
    }
}
