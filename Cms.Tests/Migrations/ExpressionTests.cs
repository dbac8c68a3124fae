using Cms.Formats.Migrations.Expressions;
using Cms.Formats.Refusals;
using Cms.Tests.Tidy;
using Xunit;

namespace Cms.Tests.Migrations;

public class ExpressionTests
{
    private const string Module = "config host box\n option n 7\n option f 1.5\n option t 'Some Text'\n option on yes\n list l b\n list l a\nconfig host\n";

    [Theory]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("7 / 2", "3")]
    [InlineData("-7 / 2", "-3")]
    [InlineData("7 % 4", "3")]
    [InlineData("7 / 2.0", "3.5")]
    [InlineData("-{n} + 1", "-6")]
    [InlineData("{n} * {f}", "10.5")]
    [InlineData("{n} . {f} . \"!\"", "71.5!")]
    [InlineData("1 + 1 . 2", "22")]
    [InlineData("{n} == 7.0", "1")]
    [InlineData("{n} == \"7.0\"", "0")]
    [InlineData("{n} < 10", "1")]
    [InlineData("\"b\" > \"a\"", "1")]
    [InlineData("{none} == {none}", "1")]
    [InlineData("{none} == \"\"", "0")]
    [InlineData("{none} != \"a\"", "1")]
    [InlineData("{l} == list(\"b\", \"a\")", "1")]
    [InlineData("bool({on}) ? \"yes\" : 1 / 0", "yes")]
    [InlineData("false ? 1 : true ? 2 : 3", "2")]
    [InlineData("false && 1 / 0 == 1 || true", "1")]
    [InlineData("!(1 == 2)", "1")]
    [InlineData("'it\\'s \\\\ \\\"so\\\"\\t\\n'", "it's \\ \"so\"\t\n")]
    [InlineData("exists({n}) && !exists({none})", "1")]
    [InlineData("default({none}, 5)", "5")]
    [InlineData("default({n}, 1 / 0)", "7")]
    [InlineData("name() . type()", "boxhost")]
    [InlineData("text(5) . \"\"", "5")]
    [InlineData("int(\"-3.9\")", "-3")]
    [InlineData("float(2)", "2")]
    [InlineData("round(-2.5)", "-3")]
    [InlineData("abs(-3) . abs(-1.5)", "31.5")]
    [InlineData("min(3, 1.5, {n})", "1.5")]
    [InlineData("max(\"a\", \"c\", \"b\")", "c")]
    [InlineData("lower({t}) . upper({t})", "some textSOME TEXT")]
    [InlineData("upper({l})", "B A")]
    [InlineData("trim(\"  a \")", "a")]
    [InlineData("replace({t}, \"e\", \"3\")", "Som3 T3xt")]
    [InlineData("length(\"häß😀\")", "4")]
    [InlineData("substring(\"häß😀x\", 2, 2)", "ß😀")]
    [InlineData("substring({t}, 5)", "Text")]
    [InlineData("contains({t}, \"me T\") && contains({l}, \"a\") && !contains({l}, \"c\")", "1")]
    [InlineData("starts({t}, \"Some\") && ends({t}, \"ext\") && !starts({t}, \"some\")", "1")]
    [InlineData("list(1, {l}, 2)", "1 b a 2")]
    [InlineData("split(\"a,b,,c\", \",\")", "a b  c")]
    [InlineData("join({l}, \", \")", "b, a")]
    [InlineData("element({l}, 0) . element({l}, -1)", "ba")]
    [InlineData("exists(element({l}, 2))", "0")]
    [InlineData("count({l}) . count({n}) . count(split(\"a-b-c\", \"-\"))", "213")]
    [InlineData("{.@host[1]} . {auth.box.n}", "host7")]
    [InlineData("exists(name())", "1")]
    public void An_expression_has_its_value(string expression, string expected)
    {
        var result = Evaluate(expression);

        Assert.Null(result.Refusal);
        Assert.Equal(expected, result.State.FindOption(new(1), "result")!.Value.ToString());
    }

    [Theory]
    [InlineData("", "at character 1: the expression ends where a value is missing")]
    [InlineData("1 +", "at character 4: the expression ends where a value is missing")]
    [InlineData("1 2", "at character 3: '2' does not belong here")]
    [InlineData("(1", "at character 3: a ) is missing here, for the end of what began with (")]
    [InlineData("1 = 2", "at character 3: '=' means nothing here")]
    [InlineData("1 < 2 < 3", "at character 7: '<' does not belong here")]
    [InlineData("shout({t})", "at character 1: there is no function 'shout': use exists, default, name,")]
    [InlineData("lower", "at character 6: a ( is missing here, for the arguments of lower")]
    [InlineData("lower(1, 2)", "at character 1: lower does not take 2 arguments; it is lower(text)")]
    [InlineData("lower(1 2)", "at character 9: a , is missing here, for more arguments of lower")]
    [InlineData("\"open", "at character 1: the text that begins here has no \" behind it")]
    [InlineData("\"\\x\"", "at character 2: '\\x' means nothing")]
    [InlineData("{n", "at character 1: the { has no } behind it")]
    [InlineData("{a-b}", "at character 1: '{a-b}' is no option")]
    [InlineData("{network.lan.mtu}", "at character 1: 'network' is not the module of this migration")]
    [InlineData("true ? 1", "at character 9: a : is missing here")]
    [InlineData("99999999999999999999", "at character 1: the number 99999999999999999999 has more than 64 bits")]
    [InlineData("1 / 0", "at character 3: nothing can be divided by 0")]
    [InlineData("9223372036854775807 + 1", "at character 21: 9223372036854775807 + 1 is more than 64 bits hold")]
    [InlineData("1.0 / 0", "at character 5: no finite number comes out")]
    [InlineData("{t} * 2", "at character 5: 'Some Text' is no number")]
    [InlineData("{l} + 1", "at character 5: the value is a list")]
    [InlineData("{none} + 1", "at character 1: {none} is missing")]
    [InlineData("{.box.none} . 1", "at character 1: {.box.none} is missing")]
    [InlineData("{n} && true", "at character 1: '7' is neither true nor false")]
    [InlineData("{t} < 5", "at character 5: 'Some Text' and '5' are not both numbers")]
    [InlineData("bool({t})", "at character 1: 'Some Text' is none of 1, on, yes,")]
    [InlineData("replace({t}, \"\", \"x\")", "at character 1: the text to replace is empty")]
    [InlineData("substring({t}, -1)", "at character 1: '-1' must be a whole number from 0 to 2147483647 here")]
    public void What_has_no_value_is_refused_with_its_place(string expression, string expected)
    {
        var message = "";
        try
        {
            message = Evaluate(expression).Refusal!.Message;
        }
        catch (RefusedException refused)
        {
            message = refused.Message;
        }

        Assert.Contains($"in '{expression}' {expected}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Expressions_keep_their_bounds()
    {
        Assert.Contains("nested more than 64 deep", Refused(string.Concat(Enumerable.Repeat("(", 65)) + "1"), StringComparison.Ordinal);
        Assert.Contains("nested more than 64 deep", Refused(string.Concat(Enumerable.Repeat("!", 65)) + "true"), StringComparison.Ordinal);
        Assert.Contains("more than 2000 words", Refused("1" + string.Concat(Enumerable.Repeat("+1", 1000))), StringComparison.Ordinal);
        Assert.Contains("a text of more than 1048576 bytes comes out", Evaluate($"replace(\"{new string('a', 2000)}\", \"a\", \"{new string('b', 2000)}\")").Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_documents_say_which_functions_there_are()
    {
        var text = File.ReadAllText(Path.Join(Repository.Root, "docs", "migrations.md"));
        var documented = MarkdownTable.Rows(text[text.IndexOf("| function |", StringComparison.Ordinal)..], 2);

        static string Plain(string text) => text.Replace("`", "", StringComparison.Ordinal);
        Assert.Equal(ExpressionFunctions.All.Select(function => Plain($"{function.Usage} | {function.Meaning}")), documented.Select(Plain));
    }

    private static ScriptOutcome Evaluate(string expression) =>
        ScriptCases.Run($"for-each host where 'exists(name())'\ntransform @.result '{expression.Replace("'", "'\\''", StringComparison.Ordinal)}'\nend", Module);

    private static string Refused(string expression) => Assert.Throws<RefusedException>(() => Evaluate(expression)).Message;
}
