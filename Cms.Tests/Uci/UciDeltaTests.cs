using System.Buffers;
using System.Text;
using Cms.Formats.Uci;
using Xunit;

namespace Cms.Tests.Uci;

public class UciDeltaTests
{
    [Theory]
    [InlineData("t.lan.proto='x'")]
    [InlineData("-t.lan.ip")]
    [InlineData("-t.lan.dns='0'")]
    [InlineData("+t.cfg99='rule'")]
    [InlineData("@t.named='nm'")]
    [InlineData("^t.nm='0'")]
    [InlineData("|t.lan.dns='7'")]
    [InlineData("~t.lan.dns='it'\\''s\nand more'")]
    [InlineData("t\\'x.lan.a='1'")]
    public void A_line_is_written_as_it_is_read(string line)
    {
        var text = new ArrayBufferWriter<byte>();
        Assert.Single(UciDelta.Parse(Encoding.UTF8.GetBytes(line + "\n"))).Write(text);

        Assert.Equal(line + "\n", Encoding.UTF8.GetString(text.WrittenSpan));
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("t.lan.proto='x' y")]
    [InlineData("t.lan.proto")]
    [InlineData("t='x'")]
    [InlineData("t.@rule[0].x='1'")]
    [InlineData("t.a.b.c='1'")]
    [InlineData("@t.lan='a-b'")]
    [InlineData("^t.lan.x='1'")]
    [InlineData("|t.lan='1'")]
    [InlineData("~t.lan='1'")]
    [InlineData("t.lan.x='unterminated")]
    [InlineData("# t.lan.x='1'")]
    public void Lines_that_mean_nothing_are_skipped(string line) =>
        Assert.Empty(UciDelta.Parse(Encoding.UTF8.GetBytes(line + "\n")));

    [Theory]
    [InlineData("t.lan.x='2'", "[a lan] x=2 l=1,2,1 [b ]")]
    [InlineData("t.lan.x=''", "[a lan] l=1,2,1 [b ]")]
    [InlineData("t.lan='c'", "[c lan] x=1 l=1,2,1 [b ]")]
    [InlineData("t.lan=''", "[b ]")]
    [InlineData("t.new='c'\nt.new.y='1'", "[a lan] x=1 l=1,2,1 [b ] [c new] y=1")]
    [InlineData("+t.cfg03aaaa='c'\nt.cfg03aaaa.y='1'", "[a lan] x=1 l=1,2,1 [b ] [c ] y=1")]
    [InlineData("-t.lan.l='1'", "[a lan] x=1 l=1,1 [b ]")]
    [InlineData("-t.lan.l='7'", "[a lan] x=1 l=1,2,1 [b ]")]
    [InlineData("-t.lan.l", "[a lan] x=1 [b ]")]
    [InlineData("-t.lan.x='0'", "[a lan] l=1,2,1 [b ]")]
    [InlineData("-t.lan", "[b ]")]
    [InlineData("|t.lan.l='3'\n|t.lan.x='9'\n|t.lan.n='4'", "[a lan] x=1,9 l=1,2,1,3 n=4 [b ]")]
    [InlineData("~t.lan.l='1'\n~t.lan.x='1'", "[a lan] x=1 l=2 [b ]")]
    [InlineData("@t.lan='wan'\n@t.wan.x='y'", "[a wan] y=1 l=1,2,1 [b ]")]
    [InlineData("@t.cfg0278a7='bee'", "[a lan] x=1 l=1,2,1 [b ]")]
    [InlineData("^t.lan='1'", "[b ] [a lan] x=1 l=1,2,1")]
    [InlineData("^t.lan='99'\n^t.lan='abc'", "[a lan] x=1 l=1,2,1 [b ]")]
    [InlineData("u.lan.x='2'\nt.nosec.x='2'\n-t.nosec\n@t.nosec='x'\n^t.nosec='0'\n|t.nosec.x='1'", "[a lan] x=1 l=1,2,1 [b ]")]
    public void Lines_do_what_the_reference_does(string delta, string expected)
    {
        var package = UciPackage.Parse("t", "config a lan\n option x 1\n list l 1\n list l 2\n list l 1\nconfig b\n"u8.ToArray(), UciReaderOptions.Default);

        UciDelta.Apply(Encoding.UTF8.GetBytes(delta + "\n"), "t", package);

        Assert.Equal(expected, Describe(package));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData(" 12x", 12)]
    [InlineData("+3", 3)]
    [InlineData("-3", -3)]
    [InlineData("abc", 0)]
    [InlineData("", 0)]
    [InlineData("-", 0)]
    [InlineData("99999999999999999999", int.MaxValue)]
    public void Positions_are_read_as_strtoul_does(string text, int expected) =>
        Assert.Equal(expected, UciDelta.ParsePosition(Encoding.ASCII.GetBytes(text)));

    private static string Describe(UciPackage package) => string.Join(' ', package.Chain().Select(section => $"[{section.Type} {(section.IsAnonymous ? "" : section.Name)}]"
        + string.Concat(section.Options().Select(option => $" {option.Name}={string.Join(',', option.ToValue().Elements().Select(one => Encoding.UTF8.GetString(one.Span)))}"))));
}
