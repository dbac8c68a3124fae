using System.Text;
using Cms.Formats.Migrations;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Xunit;

namespace Cms.Tests.Migrations;

public class MigrationReaderTests
{
    [Fact]
    public void A_head_says_what_the_migration_is()
    {
        var head = Read("config migration 'auth'\n\toption from '1.0.0'\n\toption to '1.1.0'\n\tlist requires 'network>=2.0.0'\n\toption description 'Say why'\n");

        Assert.Equal(("auth", new SchemaVersion(1, 0, 0), new SchemaVersion(1, 1, 0), "Say why"), (head.Module, head.From, head.To, head.Description));
        Assert.Equal(["network>=2.0.0"], head.Requires);
        Assert.Null(Read("config migration 'auth'\n\toption to '1.0.0'\n").From);
    }

    [Theory]
    [InlineData("config migration 'auth'\n", "auth-1.1.0/migration: it does not say which version it leads to")]
    [InlineData("", "auth-1.1.0/migration: it must have one section, config migration 'MODULE'")]
    [InlineData("config migration\n", "auth-1.1.0/migration: it must have one section")]
    [InlineData("config migration 'auth'\n\toption too '1.0.0'\n", "auth-1.1.0/migration: 'too' does not belong there like this")]
    [InlineData("config migration 'auth'\n\tlist to '1.0.0'\n", "auth-1.1.0/migration: 'to' does not belong there like this")]
    [InlineData("config migration 'auth'\n\toption to '1.0'\n", "auth-1.1.0/migration: to '1.0' is no version")]
    [InlineData("config 'migration\n", "auth-1.1.0/migration: Parse error")]
    public void What_is_no_head_is_refused(string text, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<RefusedException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_does_not_fit_together_is_refused()
    {
        var good = new MigrationText("auth", new SchemaVersion(1, 0, 0), new SchemaVersion(1, 1, 0)) { Schema = "config module 'auth'\n\toption version '1.1.0'\n\tlist requires 'system>=1.0.0'\n"u8.ToArray(), Requires = ["network>=2.0.0"] };
        Assert.Equal(["network>=2.0.0", "system>=1.0.0"], MigrationReader.Read(good).Requires.Select(each => each.ToString()));

        Refuses(good with { From = new SchemaVersion(1, 1, 0) }, "auth-1.1.0: it leads from 1.1.0 to 1.1.0, which is not later");
        Refuses(good with { Module = "other" }, "other-1.1.0/schema: it is the schema of auth 1.1.0, and the migration leads to other 1.1.0");
        Refuses(good with { To = new SchemaVersion(2, 0, 0) }, "auth-2.0.0/schema: it is the schema of auth 1.1.0");
        Refuses(good with { Requires = ["network 2"] }, "auth-1.1.0: 'network 2' is no requirement");
        Refuses(good with { Schema = "config field\n"u8.ToArray() }, "auth-1.1.0/schema: ");
        Refuses(good with { Up = "nonsense"u8.ToArray() }, "auth-1.1.0/up, line 1, column 1: 'nonsense'");
        Refuses(good with { Down = "nonsense"u8.ToArray() }, "auth-1.1.0/down, line 1, column 1: 'nonsense'");
    }

    [Fact]
    public void Of_requirements_of_one_module_the_highest_counts_and_those_of_its_own_must_hold_already()
    {
        var text = new MigrationText("auth", new SchemaVersion(1, 0, 0), new SchemaVersion(1, 1, 0))
        {
            Schema = "config module 'auth'\n\toption version '1.1.0'\n\tlist requires 'network>=1.1.0'\n\tlist requires 'auth>=1.0.0'\n"u8.ToArray(),
            Requires = ["network>=1.0.0", "system>=2.0.0", "system>=1.0.0", "network>=1.1.0"],
        };

        Assert.Equal(["network>=1.1.0", "system>=2.0.0"], MigrationReader.Read(text).Requires.Select(each => each.ToString()));
        Refuses(text with { Requires = ["auth>=1.0.1"] }, "auth-1.1.0: it requires auth>=1.0.1 of its own module, which is at 1.0.0 then; take that requirement away");
    }

    private static void Refuses(MigrationText text, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<RefusedException>(() => MigrationReader.Read(text)).Message, StringComparison.Ordinal);

    private static MigrationText Read(string text) => MigrationReader.ReadHead("auth-1.1.0/migration", Encoding.UTF8.GetBytes(text));
}
