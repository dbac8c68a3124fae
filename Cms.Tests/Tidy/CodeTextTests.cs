using Xunit;

namespace Cms.Tests.Tidy;

public sealed class CodeTextTests
{
    [Theory]
    [InlineData("a // b\nc", "a     \nc")]
    [InlineData("a /* b\n*/ c", "a     \n   c")]
    [InlineData("x = '\\''; y = '\"'; z", "x =     ; y =    ; z")]
    [InlineData("\"a\\\"b\" c", "       c")]
    [InlineData("@\"a\\\" c", "      c")]
    [InlineData("@\"a\"\"b\" c", "        c")]
    [InlineData("\"\"\"a\"b{\"\"\" c", "           c")]
    [InlineData("$\"a{b}c\" d", "    b    d")]
    [InlineData("$\"a{{b}}\" d", "          d")]
    [InlineData("$\"{(a ? \"{\" : b)}\" d", "   (a ?     : b)   d")]
    [InlineData("$$\"\"\"{a}{{b}}\"\"\" c", "          b      c")]
    public void Comments_and_literals_are_blanked_and_code_is_kept(string source, string code) => Assert.Equal(code, CodeText.Blank(source));

    [Fact]
    public void Every_line_keeps_its_number()
    {
        foreach (var file in Repository.Files(".cs"))
        {
            Assert.Equal(file.Text.Split('\n').Length, file.Code.Split('\n').Length);
            Assert.Equal(file.Text.Length, file.Code.Length);
        }
    }

    [Fact]
    public void Braces_pair_in_every_file() =>
        Assert.Empty(Repository.Violations(file => file.Code.Count(c => c == '{') == file.Code.Count(c => c == '}') ? [] : [file.Path], ".cs"));
}
