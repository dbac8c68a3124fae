using Cms.Formats.Modules;
using Cms.Formats.Schemas;
using Xunit;

namespace Cms.Tests.Schemas;

public sealed class RuleTests
{
    [Theory]
    [InlineData("string", "alpha", "abcXYZ", "abc1")]
    [InlineData("string", "alpha", "a", "é")]
    [InlineData("string", "alpha_num", "abc1", "ab c")]
    [InlineData("string", "alpha_num", "1", "")]
    [InlineData("string", "alpha_dash", "a-b_1", "a.b")]
    [InlineData("string", "num", "007", "-7")]
    [InlineData("string", "min:3", "abc", "ab")]
    [InlineData("string", "min:3", "äöü", "äö")]
    [InlineData("string", "max:3", "äöü", "abcd")]
    [InlineData("string", "length:3-4,8", "12345678", "12345")]
    [InlineData("int", "min:-5", "-5", "-6")]
    [InlineData("int", "max:0x10", "16", "17")]
    [InlineData("int", "range:1-9,20,100-", "20", "21")]
    [InlineData("int", "range:-10--5", "-7", "-4")]
    [InlineData("int", "range:100-", "9223372036854775807", "99")]
    [InlineData("float", "min:0.5|max:1.5", "1.5", "1.51")]
    [InlineData("float", "range:0.5-1.5,9", "9", "2")]
    [InlineData("port", "min:1024", "1024", "80")]
    [InlineData("duration", "max:1d", "24h", "25h")]
    [InlineData("size", "min:1k", "1024", "1023")]
    [InlineData("string", "in:a,b", "b", "ab")]
    [InlineData("string", "not:all,none", "some", "all")]
    [InlineData("string", "format:ipaddr,cidr", "10.0.0.0/8", "10.0.0.0/99")]
    [InlineData("string", "min:2|regex:^a|b$", "xb", "xx")]
    [InlineData("string", "regex:^(a|b)(?=c)", "acb", "ab")]
    public void A_rule_takes_what_it_should_and_nothing_else(string type, string rules, string good, string bad)
    {
        Assert.Equal([], Violations(type, rules, good));
        Assert.Single(Violations(type, rules, bad));
    }

    [Theory]
    [InlineData("required_if:a=x,y", "option a 'y'\noption b '1'", "option a 'y'")]
    [InlineData("required_if:a", "option b '1'\noption a '0'", "option a '0'")]
    [InlineData("required_if:a=x", "option a 'z'", "option a 'x'\noption b ''")]
    [InlineData("forbidden_if:a=x", "option a 'y'\noption b '1'", "option a 'x'\noption b '1'")]
    [InlineData("forbidden_if:a", "option b '1'", "option a 'x'\noption b '1'")]
    [InlineData("required_if:a=x", "list a 'w'", "list a 'w'\nlist a 'x'")]
    public void A_condition_looks_at_another_option(string rule, string good, string bad)
    {
        var schema = $"config module 'm'\nconfig section 's'\nconfig field 'a'\noption section 's'\nconfig field 'b'\noption section 's'\noption validation '{rule}'";
        Assert.Empty(SchemaSample.Violations(schema, "config s 'x'\n" + good));
        Assert.Equal([$"m.x.b {rule}"], SchemaSample.Violations(schema, "config s 'x'\n" + bad));
    }

    [Theory]
    [InlineData("config zone\noption name 'lan'\nconfig rule\noption src 'lan'", 0)]
    [InlineData("config zone\noption name 'lan'\nconfig rule\noption src '!lan'", 0)]
    [InlineData("config rule\noption src '*'", 0)]
    [InlineData("config zone 'lan'\nconfig rule\noption src 'lan'", 1)]
    [InlineData("config zone\noption name 'lan'\nconfig rule\nlist src 'lan'\nlist src 'wan'", 1)]
    public void A_reference_may_lead_to_what_an_option_holds(string module, int expected) => Assert.Equal(
        expected,
        SchemaSample.Violations(
            "config module 'm'\nconfig section 'zone'\nconfig section 'rule'\nconfig field 'name'\noption section 'zone'\nconfig field 'src'\noption section 'rule'\noption negation '1'\noption ref 'zone@name,*'",
            module).Count);

    [Theory]
    [InlineData("option p '80 443'", 0)]
    [InlineData("option p ' 80\t!443 '", 0)]
    [InlineData("list p '80'\nlist p '443 0'", 1)]
    [InlineData("option p ''", 1)]
    [InlineData("option p '80 a b'", 1)]
    public void Words_between_blanks_are_elements_where_a_field_says_so(string option, int expected) => Assert.Equal(
        expected,
        SchemaSample.Violations("config module 'm'\nconfig field 'p'\noption type 'port'\noption list 'words'\noption negation '1'", "config s 'x'\n" + option).Count);

    [Fact]
    public void A_named_type_brings_its_rules_and_those_of_what_it_is_made_of()
    {
        const string Schema = "config module 'm'\nconfig type 'low'\noption type 'port'\noption validation 'max:1023'\nconfig type 'lower'\noption type 'low'\noption size '2'\nconfig field 'p'\noption type 'lower'\noption validation 'not:22'";
        Assert.Empty(SchemaSample.Violations(Schema, "config s 'x'\noption p '80'"));
        Assert.Equal(["m.x.p type:port"], SchemaSample.Violations(Schema, "config s 'x'\noption p '0'"));
        Assert.Equal(["m.x.p max:1023"], SchemaSample.Violations(Schema, "config s 'x'\noption p '1024'"));
        Assert.Equal(["m.x.p size:2"], SchemaSample.Violations(Schema, "config s 'x'\noption p '100'"));
        Assert.Equal(["m.x.p not:22"], SchemaSample.Violations(Schema, "config s 'x'\noption p '22'"));
    }

    // Without a bound of time this would go on for years.
    [Fact]
    public void An_expression_that_takes_too_long_does_not_match() =>
        Assert.Single(Violations("string", @"regex:^(?=x?)(\w+\s?)*\1$", new string('a', 60) + "!"));

    [Fact]
    public void Types_that_begin_alike_are_described_by_one_section()
    {
        const string Schema = "config module 'm'\noption unknown 'refuse'\nconfig section 'peer'\noption type 'wireguard_*'\nconfig field 'key'\nlist section 'wireguard_*'\noption required '1'";
        Assert.Equal(["m.@wireguard_wg0[0].key required", "m.@other[0] unknown:refuse"], SchemaSample.Violations(Schema, "config wireguard_wg0\nconfig other"));
    }

    [Fact]
    public void A_secret_is_shown_in_no_violation()
    {
        var violation = Assert.Single(Cms.Formats.Schemas.SchemaValidator.ValidateAll(
            SchemaSample.Module("config s 'x'\noption key 'hidden'"),
            SchemaSample.Schema("config module 'm'\nconfig field 'key'\noption secret '1'\noption validation 'min:8'"),
            UnknownTargets.Instance,
            SchemaSample.Most));
        Assert.Equal("(secret)", violation.Value);
        Assert.DoesNotContain("hidden", violation.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int", "1500", ElementType.Int)]
    [InlineData("int", "0x10", ElementType.String)]
    [InlineData("int", "01", ElementType.String)]
    [InlineData("float", "1.5", ElementType.Float)]
    [InlineData("bool", "1", ElementType.Bool)]
    [InlineData("bool", "on", ElementType.String)]
    [InlineData("port", "80", ElementType.String)]
    [InlineData("mine", "5", ElementType.Int)]
    public void A_value_is_typed_where_its_text_stays(string type, string text, ElementType expected)
    {
        var schema = SchemaSample.Schema($"config module 'm'\nconfig type 'mine'\noption type 'uint'\nconfig field 'f'\noption type '{type}'");
        var value = schema.FindField("s", "f")!.Retype(ConfigValue.FromText(text));
        Assert.Equal(expected, value.ElementType);
        Assert.Equal(text, value.GetText());
        var list = schema.FindField("s", "f")!.Retype(ConfigValue.FromTexts([text, text]));
        Assert.Equal(expected, list.ElementType);
        Assert.True(list.IsList);
    }

    private static IReadOnlyList<string> Violations(string type, string rules, string value) =>
        SchemaSample.Violations($"config module 'm'\nconfig field 'f'\noption type '{type}'\noption validation '{rules}'", $"config s 'x'\noption f '{value}'");
}
