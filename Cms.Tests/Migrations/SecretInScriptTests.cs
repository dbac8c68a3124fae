using Cms.Formats.Edits;
using Cms.Formats.Schemas;
using Xunit;

namespace Cms.Tests.Migrations;

public class SecretInScriptTests
{
    private const string Schema = "config module 'auth'\n\toption version '1.0.0'\nconfig section 'user'\n"
        + "config field 'password'\n\toption section 'user'\n\toption secret '1'\n"
        + "config field 'pin'\n\toption section 'user'\n\toption type 'int'\n\toption secret '1'\n";

    private const string Module = "config user alice\n option password s3cret\n option pin 77345\n option shell /bin/sh\n";

    [Theory]
    [InlineData("{.alice.password} * 2", "at character 19: the value, which is secret and not shown, is no number")]
    [InlineData("-{.alice.password}", "is no number")]
    [InlineData("abs(lower({.alice.password}))", "is no number")]
    [InlineData("bool({.alice.password})", "is none of 1, on, yes,")]
    [InlineData("{.alice.password} ? 1 : 2", "is neither true nor false")]
    [InlineData("int({.alice.pin}) < {.alice.shell}", "the two values are not both numbers")]
    [InlineData("substring(\"abc\", {.alice.password})", "is no number")]
    [InlineData("substring(\"abc\", -{.alice.pin})", "must be a whole number from 0 to")]
    [InlineData("9223372036854775807 + {.alice.pin}", "is more than 64 bits hold")]
    public void The_value_of_a_secret_option_is_in_no_message(string expression, string rule)
    {
        var schema = SchemaReader.Read(System.Text.Encoding.UTF8.GetBytes(Schema));
        var script = ScriptCases.Script($"transform .alice.x '{expression}'");

        var message = script.Run(new EditSession(ScriptCases.Parse(Module), EditLimits.Default, schema))!.Message;

        Assert.Contains(rule, message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", message, StringComparison.Ordinal);
        Assert.DoesNotContain("77345", message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_secret_by_the_schema_that_the_module_has_is_in_no_message_on_the_way_back()
    {
        var module = new EditSession(ScriptCases.Parse(Module), EditLimits.Default);
        foreach (var change in SchemaTable.Push(module.State, new SchemaEdition(new SchemaVersion(1, 0, 0), System.Text.Encoding.UTF8.GetBytes(Schema))))
        {
            module.Apply(change);
        }

        var refusal = ScriptCases.Run(ScriptCases.Script("transform .alice.x '{.alice.password} * {.alice.pin}'"), module.State).Refusal;

        Assert.Contains("the value, which is secret and not shown, is no number", refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_values_are_shown() => Assert.Contains(
        "'/bin/sh' is no number", ScriptCases.Run("transform .alice.x '{.alice.shell} * 2'", Module).Refusal!.Message, StringComparison.Ordinal);
}
