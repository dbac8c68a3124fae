using System.Text;
using Cms.Formats.Schemas;
using Cms.Formats.Uci;
using Cms.Tests.Tidy;
using Xunit;

namespace Cms.Tests.Schemas;

/// <summary>The schemas that come with cms, against the sample files and broken copies of them.</summary>
public sealed class ShippedSchemaTests
{
    public static TheoryData<string> Modules => [.. Directory.GetFiles(SchemaDirectory).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    private static string SchemaDirectory => Path.Join(Repository.Root, "packaging", "schemas");

    [Fact]
    public void Every_sample_module_has_a_schema() =>
        Assert.Equal(Directory.GetFiles(SampleDirectory).Select(Path.GetFileName).Order(), Directory.GetFiles(SchemaDirectory).Select(Path.GetFileName).Order());

    [Theory]
    [MemberData(nameof(Modules))]
    public void The_sample_is_as_its_schema_has_it(string module) => Assert.Equal([], Violations(module, ""));

    [Theory]
    [MemberData(nameof(Modules))]
    public void A_schema_is_of_its_module_and_describes_what_it_has(string module)
    {
        var schema = Schema(module);
        Assert.Equal(module, schema.Module);
        Assert.All(schema.Types, type => Assert.NotNull(type.Description));
        Assert.All(schema.Types, type => Assert.NotEmpty(type.Fields));
    }

    [Theory]
    [InlineData("network", "config interface\n option proto 'static'", "network.@interface[5] named:required")]
    [InlineData("network", "config interface 'x'", "network.x.proto required")]
    [InlineData("network", "config interface 'x'\n option proto 'static'\n option ipaddr '192.168.1.256'", "network.x.ipaddr format:ipv4,cidr4")]
    [InlineData("network", "config interface 'x'\n option proto 'static'\n option netmask '255.0.255.0'", "network.x.netmask type:netmask")]
    [InlineData("network", "config interface 'x'\n option proto 'static'\n option mtu '67'", "network.x.mtu range:68-65535")]
    [InlineData("network", "config interface 'x'\n option proto 'dhcp'\n option dns '9.9.9.9 one.one'", "network.x.dns type:ipaddr")]
    [InlineData("network", "config interface 'x'\n option proto 'dhcp'\n option auto 'maybe'", "network.x.auto type:bool")]
    [InlineData("network", "config interface 'x'\n option proto 'wireguard'", "network.x.private_key required_if:proto=wireguard")]
    [InlineData("network", "config interface 'x'\n option proto 'wireguard'\n option private_key 'c2hvcnQ='", "network.x.private_key length:44")]
    [InlineData("network", "config interface 'x'\n option proto 'static'\n option ip6assign '65'", "network.x.ip6assign max:64")]
    [InlineData("network", "config device\n option type 'bridge'", "network.@device[2].name required")]
    [InlineData("network", "config device\n option name 'wan'", "network.@device[2].name unique")]
    [InlineData("network", "config device\n option name 'eth0.5'\n option type '8021q'\n option ifname 'eth0'", "network.@device[2].vid required_if:type=8021q,8021ad")]
    [InlineData("network", "config globals", "network max:1")]
    [InlineData("network", "config route\n option interface 'lna'\n option target '10.0.0.0/8'", "network.@route[1].interface ref:interface")]
    [InlineData("network", "config route\n option interface 'lan'\n option target 'fd00::/8'", "network.@route[1].target format:ipv4,cidr4")]
    [InlineData("network", "config bridge-vlan\n option device 'br-lan'\n option vlan '4095'", "network.@bridge-vlan[0].vlan range:1-4094")]
    [InlineData("network", "config wireguard_wg0\n option endpoint_port '51820'", "network.@wireguard_wg0[1].public_key required")]
    [InlineData("network", "config rule\n option lookup 'main'\n option goto '5'", "network.@rule[0].lookup forbidden_if:goto")]
    [InlineData("wireless", "config wifi-device\n option type 'mac80211'", "wireless.@wifi-device[2] named:required")]
    [InlineData("wireless", "config wifi-device 'radio2'", "wireless.radio2.type required")]
    [InlineData("wireless", "config wifi-device 'radio2'\n option type 'mac80211'\n option band '3g'", "wireless.radio2.band values:2g,5g,6g,60g")]
    [InlineData("wireless", "config wifi-device 'radio2'\n option type 'mac80211'\n option channel '0'", "wireless.radio2.channel regex:")]
    [InlineData("wireless", "config wifi-device 'radio2'\n option type 'mac80211'\n option htmode 'HE25'", "wireless.radio2.htmode values:")]
    [InlineData("wireless", "config wifi-device 'radio2'\n option type 'mac80211'\n option country 'Germany'", "wireless.radio2.country regex:")]
    [InlineData("wireless", "config wifi-device 'radio2'\n option type 'mac80211'\n option txpower '99'", "wireless.radio2.txpower max:40")]
    [InlineData("wireless", "config wifi-iface\n option ssid 'x'", "wireless.@wifi-iface[3].device required")]
    [InlineData("wireless", "config wifi-iface\n option device 'radio9'", "wireless.@wifi-iface[3].device ref:wifi-device")]
    [InlineData("wireless", "config wifi-iface\n option device 'radio0'\n option mode 'ap'", "wireless.@wifi-iface[3].ssid required_if:mode=ap,sta,adhoc")]
    [InlineData("wireless", "config wifi-iface\n option device 'radio0'\n option mode 'ap'\n option ssid 'ééééééééééééééééé'", "wireless.@wifi-iface[3].ssid size:32")]
    [InlineData("wireless", "config wifi-iface\n option device 'radio0'\n option mode 'mesh'", "wireless.@wifi-iface[3].mesh_id required_if:mode=mesh")]
    [InlineData("wireless", "config wifi-iface\n option device 'radio0'\n option encryption 'psk9'", "wireless.@wifi-iface[3].encryption regex:")]
    [InlineData("wireless", "config wifi-iface\n option device 'radio0'\n option encryption 'sae'", "wireless.@wifi-iface[3].key required_if:")]
    [InlineData("wireless", "config wifi-iface\n option device 'radio0'\n list maclist '00:11:22:33:44'", "wireless.@wifi-iface[3].maclist type:mac")]
    [InlineData("wireless", "config wifi-iface\n option device 'radio0'\n option ieee80211w '3'", "wireless.@wifi-iface[3].ieee80211w values:0,1,2")]
    [InlineData("dhcp", "config dhcp 'x'\n option start '100'", "dhcp.x.interface required")]
    [InlineData("dhcp", "config dhcp 'x'\n option interface 'guest'", "dhcp.x.interface ref:network.interface")]
    [InlineData("dhcp", "config dhcp 'x'\n option interface 'lan'\n option leasetime '12x'", "dhcp.x.leasetime regex:")]
    [InlineData("dhcp", "config dhcp 'x'\n option interface 'lan'\n option limit '-1'", "dhcp.x.limit type:uint")]
    [InlineData("dhcp", "config dhcp 'x'\n option interface 'lan'\n option ra 'client'", "dhcp.x.ra values:")]
    [InlineData("dhcp", "config dhcp 'x'\n option interface 'lan'\n list ra_flags 'all'", "dhcp.x.ra_flags values:")]
    [InlineData("dhcp", "config dhcp 'x'\n option interface 'lan'\n option ra_mtu '1279'", "dhcp.x.ra_mtu range:0,1280-65535")]
    [InlineData("dhcp", "config dnsmasq\n option domain 'la n'", "dhcp.@dnsmasq[1].domain type:hostname")]
    [InlineData("dhcp", "config dnsmasq\n option leasefile 'leases'", "dhcp.@dnsmasq[1].leasefile type:path")]
    [InlineData("dhcp", "config dnsmasq\n option boguspriv 'perhaps'", "dhcp.@dnsmasq[1].boguspriv type:bool")]
    [InlineData("dhcp", "config dnsmasq\n option port '65536'", "dhcp.@dnsmasq[1].port max:65535")]
    [InlineData("dhcp", "config dnsmasq\n option cachesize '10001'", "dhcp.@dnsmasq[1].cachesize max:10000")]
    [InlineData("dhcp", "config host\n option ip '192.168.1.300'", "dhcp.@host[2].ip regex:")]
    [InlineData("dhcp", "config host\n option mac '20:de:ad:be:ef'", "dhcp.@host[2].mac regex:")]
    [InlineData("dhcp", "config odhcpd 'second'", "dhcp max:1")]
    [InlineData("dhcp", "config odhcpd 'odhcpd'\n option loglevel '8'", "dhcp.odhcpd.loglevel max:7")]
    [InlineData("dhcp", "config srvhost\n option srv '_sip._tcp'\n option target 'gw'", "dhcp.@srvhost[0].port required")]
    [InlineData("firewall", "config zone\n option input 'ACCEPT'", "firewall.@zone[2].name required")]
    [InlineData("firewall", "config zone\n option name 'lan'", "firewall.@zone[2].name unique")]
    [InlineData("firewall", "config zone\n option name 'x'\n option input 'ALLOW'", "firewall.@zone[2].input values:")]
    [InlineData("firewall", "config zone\n option name 'x'\n option network 'lan guest'", "firewall.@zone[2].network ref:network.interface")]
    [InlineData("firewall", "config zone\n option name 'x'\n option masq 'jes'", "firewall.@zone[2].masq type:bool")]
    [InlineData("firewall", "config forwarding\n option src 'lan'", "firewall.@forwarding[1].dest required")]
    [InlineData("firewall", "config forwarding\n option src 'lan'\n option dest 'dmz'", "firewall.@forwarding[1].dest ref:zone@name,*")]
    [InlineData("firewall", "config rule\n option src 'wann'", "firewall.@rule[10].src ref:zone@name,*")]
    [InlineData("firewall", "config rule\n option dest_port '70000'", "firewall.@rule[10].dest_port type:portrange")]
    [InlineData("firewall", "config rule\n option dest_port '80 443-400'", "firewall.@rule[10].dest_port type:portrange")]
    [InlineData("firewall", "config rule\n option src_ip '!192.168.1.0/33'", "firewall.@rule[10].src_ip format:ipaddr,cidr")]
    [InlineData("firewall", "config rule\n option src_mac '!00:11:22:33:44:6'", "firewall.@rule[10].src_mac type:mac")]
    [InlineData("firewall", "config rule\n option target 'REFUSE'", "firewall.@rule[10].target values:")]
    [InlineData("firewall", "config rule\n option family 'ipv5'", "firewall.@rule[10].family values:")]
    [InlineData("firewall", "config rule\n option limit '10/fortnight'", "firewall.@rule[10].limit regex:")]
    [InlineData("firewall", "config rule\n option start_time '25:00'", "firewall.@rule[10].start_time type:time")]
    [InlineData("firewall", "config rule\n option weekdays 'Mon Toe'", "firewall.@rule[10].weekdays regex:")]
    [InlineData("firewall", "config rule\n option target 'MARK'", "firewall.@rule[10].set_mark required_if:target=MARK")]
    [InlineData("firewall", "config redirect\n option src_dport '0'", "firewall.@redirect[0].src_dport type:portrange")]
    [InlineData("firewall", "config include\n option path 'rules.sh'", "firewall.@include[1].path type:path")]
    [InlineData("firewall", "config defaults", "firewall max:1")]
    [InlineData("system", "config system", "system max:1")]
    [InlineData("system", "config timeserver 'x'\n option enabled 'often'", "system.x.enabled type:bool")]
    [InlineData("system", "config timeserver 'x'\n list server 'a b' \n list server 'ntp..org'", "system.x.server type:host")]
    [InlineData("system", "config timeserver 'x'\n list server 'ntp0'\n list server 'ntp1'\n list server 'ntp2'\n list server 'ntp3'\n list server 'ntp4'\n list server 'ntp5'\n list server 'ntp6'\n list server 'ntp7'\n list server 'ntp8'\n list server 'ntp9'\n list server 'ntp10'\n list server 'ntp11'\n list server 'ntp12'\n list server 'ntp13'\n list server 'ntp14'\n list server 'ntp15'\n list server 'ntp16'\n", "system.x.server count")]
    [InlineData("system", "config led\n option trigger 'netdev'\n option dev 'wan'", "system.@led[1].sysfs required")]
    [InlineData("system", "config led\n option sysfs 'a'", "system.@led[1].trigger required")]
    [InlineData("system", "config led\n option sysfs 'a/b'\n option trigger 'none'", "system.@led[1].sysfs regex:")]
    [InlineData("system", "config led\n option sysfs 'a'\n option trigger 'netdev'", "system.@led[1].dev required_if:trigger=netdev")]
    [InlineData("system", "config led\n option sysfs 'a'\n option trigger 'timer'\n option delayon '5'", "system.@led[1].delayoff required_if:trigger=timer")]
    [InlineData("system", "config led\n option sysfs 'a'\n option trigger 'none'\n option mode 'link blink'", "system.@led[1].mode values:")]
    [InlineData("system", "config led\n option sysfs 'a'\n option trigger 'none'\n option interval '-5'", "system.@led[1].interval type:uint")]
    [InlineData("system", "config button\n option button 'reset'", "system.@button[0].handler required")]
    [InlineData("system", "config button\n option button 'reset'\n option handler 'x'\n option action 'held'", "system.@button[0].action values:")]
    [InlineData("dropbear", "config dropbear\n option Port '70000'", "dropbear.@dropbear[1].Port type:port")]
    [InlineData("dropbear", "config dropbear\n option PasswordAuth 'sometimes'", "dropbear.@dropbear[1].PasswordAuth type:bool")]
    [InlineData("dropbear", "config dropbear\n option BannerFile 'banner'", "dropbear.@dropbear[1].BannerFile type:path")]
    [InlineData("dropbear", "config dropbear\n option MaxAuthTries '0'", "dropbear.@dropbear[1].MaxAuthTries range:1-10")]
    [InlineData("auth", "config user 'a'", "auth.a.username required")]
    [InlineData("auth", "config user\n option username 'a'", "auth.@user[0] named:required")]
    [InlineData("auth", "config user 'a'\n option username 'a b'", "auth.a.username alpha_num")]
    [InlineData("auth", "config user 'a'\n option username 'x23456789012345678901234567890123'", "auth.a.username size:32")]
    [InlineData("auth", "config user 'a'\n option username 'x'\nconfig user 'b'\n option username 'x'", "auth.b.username unique")]
    [InlineData("auth", "config user 'a'\n list username 'x'", "auth.a.username list:0")]
    [InlineData("auth", "config user 'a'\n option username 'x'\n option password 'short'", "auth.a.password min:8")]
    [InlineData("auth", "config user 'a'\n option username 'x'\n option uid '999'", "auth.a.uid range:0,1000-60000")]
    [InlineData("auth", "config user 'a'\n option username 'x'\n option role 'root'", "auth.a.role values:")]
    [InlineData("auth", "config user 'a'\n option username 'x'\n option groups 'wheel'", "auth.a.groups ref:group")]
    [InlineData("auth", "config user 'a'\n option username 'x'\n option email 'x@'", "auth.a.email type:email")]
    [InlineData("auth", "config user 'a'\n option username 'x'\n option expires '2023-02-29'", "auth.a.expires type:date")]
    [InlineData("auth", "config group 'g'", "auth.g.gid required")]
    [InlineData("auth", "config group 'g'\n option gid '1'\n option rights 'read'", "auth.g.rights list:1")]
    [InlineData("auth", "config field 'x'\n option tpye 'int'", "auth.x.tpye unknown:refuse")]
    [InlineData("auth", "config module 'm'\n option cache_size 'big'", "auth.m.cache_size type:size")]
    public void What_is_broken_is_found(string module, string more, string expected) =>
        Assert.Contains(Violations(module, more), violation => expected.EndsWith(':') ? violation.StartsWith(expected, StringComparison.Ordinal) : violation == expected);

    private static string SampleDirectory => Path.Join(AppContext.BaseDirectory, "Golden", "etc-config");

    private static ModuleSchema Schema(string module) => SchemaReader.Read(File.ReadAllBytes(Path.Join(SchemaDirectory, module)));

    private static UciPackage Sample(string module, string more)
    {
        byte[] text = [.. File.ReadAllBytes(Path.Join(SampleDirectory, module)), (byte)'\n', .. Encoding.UTF8.GetBytes(more)];
        return UciPackage.Parse(module, text, UciReaderOptions.Default);
    }

    private static IEnumerable<string> Violations(string module, string more) =>
        SchemaValidator.ValidateAll(Sample(module, more), Schema(module), new Samples(), SchemaSample.Most).Select(violation => $"{violation.Path} {violation.Rule}");

    /// <summary>The sample files beside the one that is looked at.</summary>
    private sealed class Samples : IReferenceTargets
    {
        public bool? Has(string module, string sectionType, string name) => Sample(module, "").FindSection(name)?.Type == sectionType;
    }
}
