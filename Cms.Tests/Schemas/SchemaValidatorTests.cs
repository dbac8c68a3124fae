using Xunit;

namespace Cms.Tests.Schemas;

public sealed class SchemaValidatorTests
{
    private const string Network = """
        config module 'network'
            option version '1.2.0'

        config section 'interface'
            option named 'required'
            option unknown 'refuse'
            option validation 'max:15'

        config section 'route'
            option max '2'

        config field 'proto'
            option section 'interface'
            option validation 'required|in:static,dhcp'

        config field 'mtu'
            option section 'interface'
            option type 'int'
            option validation 'min:68|max:9200'

        config field 'ipaddr'
            option section 'interface'
            option type 'ipv4'
            option list '0'
            option validation 'required_if:proto=static|unique'

        config field 'dns'
            option section 'interface'
            option type 'ipaddr'
            option validation 'count:1-2'

        config field 'interface_name'
            option name 'interface'
            option section 'route'
            option validation 'required|ref:interface'
        """;

    [Theory]
    [InlineData("config interface 'lan'\n option proto 'static'\n option ipaddr '10.0.0.1'\n list dns '9.9.9.9'\nconfig route\n option interface 'lan'")]
    [InlineData("config interface 'lan'\n option proto 'dhcp'\n option mtu '0x5dc'")]
    [InlineData("config whatever\n option x 'y'")]
    [InlineData("")]
    public void A_module_that_is_as_its_schema_has_it_passes(string module) => Assert.Empty(SchemaSample.Violations(Network, module));

    [Theory]
    [InlineData("config interface 'lan'", "network.lan.proto required")]
    [InlineData("config interface 'lan'\n option proto ''", "network.lan.proto in:static,dhcp", "network.lan.proto required")]
    [InlineData("config interface\n option proto 'dhcp'", "network.@interface[0] named:required")]
    [InlineData("config interface 'a123456789012345'\n option proto 'dhcp'", "network.a123456789012345 max:15")]
    [InlineData("config interface 'lan'\n option proto 'dhcp'\n option mtu '67'", "network.lan.mtu min:68")]
    [InlineData("config interface 'lan'\n option proto 'dhcp'\n option mtu '9201'", "network.lan.mtu max:9200")]
    [InlineData("config interface 'lan'\n option proto 'dhcp'\n option mtu 'big'", "network.lan.mtu type:int")]
    [InlineData("config interface 'lan'\n option proto 'dhcp'\n list mtu '1500'\n list mtu '67'", "network.lan.mtu min:68")]
    [InlineData("config interface 'lan'\n option proto 'static'", "network.lan.ipaddr required_if:proto=static")]
    [InlineData("config interface 'lan'\n option proto 'dhcp'\n list ipaddr '10.0.0.1'", "network.lan.ipaddr list:0")]
    [InlineData("config interface 'lan'\n option proto 'dhcp'\n option iapddr '10.0.0.1'", "network.lan.iapddr unknown:refuse")]
    [InlineData("config interface 'lan'\n option proto 'dhcp'\n list dns '1.1.1.1'\n list dns '1.1.1.2'\n list dns '1.1.1.3'", "network.lan.dns count:1-2")]
    [InlineData("config interface 'a'\n option proto 'dhcp'\n option ipaddr '10.0.0.1'\nconfig interface 'b'\n option proto 'dhcp'\n option ipaddr '10.0.0.1'", "network.b.ipaddr unique")]
    [InlineData("config route\n option interface 'lan'", "network.@route[0].interface ref:interface")]
    [InlineData("config route 'lan'\n option interface 'lan'", "network.lan.interface ref:interface")]
    public void What_is_not_as_the_schema_has_it_is_found(string module, params string[] expected) =>
        Assert.Equal(expected, SchemaSample.Violations(Network, module));

    [Fact]
    public void Too_many_sections_are_found() => Assert.Equal(
        ["network max:2"],
        SchemaSample.Violations(Network, "config interface 'a'\n option proto 'dhcp'\n" + string.Concat(Enumerable.Repeat("config route\n option interface 'a'\n", 3))));
}
