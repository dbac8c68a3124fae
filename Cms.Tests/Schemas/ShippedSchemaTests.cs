using System.Text;
using Cms.Formats.Schemas;
using Cms.Formats.Uci;
using Cms.Tests.Tidy;
using Xunit;

namespace Cms.Tests.Schemas;

/// <summary>The schemas that come with cms, against the sample files and broken copies of them.</summary>
public sealed class ShippedSchemaTests
{
    // A module, what is added to its sample, and one violation; a rule that ends in a colon is only the beginning of it.
    private static readonly (string Module, string More, string Expected)[] BrokenNetworks =
    [
        ("network", "config interface\n option proto 'static'", "network.@interface[5] named:required"),
        ("network", "config interface 'x'", "network.x.proto required"),
        ("network", "config interface 'x'\n option proto 'static'\n option ipaddr '192.168.1.256'", "network.x.ipaddr format:ipv4,cidr4"),
        ("network", "config interface 'x'\n option proto 'static'\n option netmask '255.0.255.0'", "network.x.netmask type:netmask"),
        ("network", "config interface 'x'\n option proto 'static'\n option mtu '67'", "network.x.mtu range:68-65535"),
        ("network", "config interface 'x'\n option proto 'dhcp'\n option dns '9.9.9.9 one.one'", "network.x.dns type:ipaddr"),
        ("network", "config interface 'x'\n option proto 'dhcp'\n option auto 'maybe'", "network.x.auto type:bool"),
        ("network", "config interface 'x'\n option proto 'wireguard'", "network.x.private_key required_if:proto=wireguard"),
        ("network", "config interface 'x'\n option proto 'wireguard'\n option private_key 'c2hvcnQ='", "network.x.private_key length:44"),
        ("network", "config interface 'x'\n option proto 'static'\n option ip6assign '65'", "network.x.ip6assign max:64"),
        ("network", "config device\n option type 'bridge'", "network.@device[2].name required"),
        ("network", "config device\n option name 'wan'", "network.@device[2].name unique"),
        ("network", "config device\n option name 'eth0.5'\n option type '8021q'\n option ifname 'eth0'", "network.@device[2].vid required_if:type=8021q,8021ad"),
        ("network", "config globals", "network max:1"),
        ("network", "config route\n option interface 'lna'\n option target '10.0.0.0/8'", "network.@route[1].interface ref:interface"),
        ("network", "config route\n option interface 'lan'\n option target 'fd00::/8'", "network.@route[1].target format:ipv4,cidr4"),
        ("network", "config bridge-vlan\n option device 'br-lan'\n option vlan '4095'", "network.@bridge-vlan[0].vlan range:1-4094"),
        ("network", "config wireguard_wg0\n option endpoint_port '51820'", "network.@wireguard_wg0[1].public_key required"),
        ("network", "config rule\n option lookup 'main'\n option goto '5'", "network.@rule[0].lookup forbidden_if:goto"),
        ("wireless", "config wifi-device\n option type 'mac80211'", "wireless.@wifi-device[2] named:required"),
        ("wireless", "config wifi-device 'radio2'", "wireless.radio2.type required"),
        ("wireless", "config wifi-device 'radio2'\n option type 'mac80211'\n option band '3g'", "wireless.radio2.band values:2g,5g,6g,60g"),
        ("wireless", "config wifi-device 'radio2'\n option type 'mac80211'\n option channel '0'", "wireless.radio2.channel regex:"),
        ("wireless", "config wifi-device 'radio2'\n option type 'mac80211'\n option htmode 'HE25'", "wireless.radio2.htmode values:"),
        ("wireless", "config wifi-device 'radio2'\n option type 'mac80211'\n option country 'Germany'", "wireless.radio2.country regex:"),
        ("wireless", "config wifi-device 'radio2'\n option type 'mac80211'\n option txpower '99'", "wireless.radio2.txpower max:40"),
        ("wireless", "config wifi-iface\n option ssid 'x'", "wireless.@wifi-iface[3].device required"),
        ("wireless", "config wifi-iface\n option device 'radio9'", "wireless.@wifi-iface[3].device ref:wifi-device"),
        ("wireless", "config wifi-iface\n option device 'radio0'\n option mode 'ap'", "wireless.@wifi-iface[3].ssid required_if:mode=ap,sta,adhoc"),
        ("wireless", "config wifi-iface\n option device 'radio0'\n option mode 'ap'\n option ssid 'ééééééééééééééééé'", "wireless.@wifi-iface[3].ssid size:32"),
        ("wireless", "config wifi-iface\n option device 'radio0'\n option mode 'mesh'", "wireless.@wifi-iface[3].mesh_id required_if:mode=mesh"),
        ("wireless", "config wifi-iface\n option device 'radio0'\n option encryption 'psk9'", "wireless.@wifi-iface[3].encryption regex:"),
        ("wireless", "config wifi-iface\n option device 'radio0'\n option encryption 'sae'", "wireless.@wifi-iface[3].key required_if:"),
        ("wireless", "config wifi-iface\n option device 'radio0'\n list maclist '00:11:22:33:44'", "wireless.@wifi-iface[3].maclist type:mac"),
        ("wireless", "config wifi-iface\n option device 'radio0'\n option ieee80211w '3'", "wireless.@wifi-iface[3].ieee80211w values:0,1,2"),
        ("dhcp", "config dhcp 'x'\n option start '100'", "dhcp.x.interface required"),
        ("dhcp", "config dhcp 'x'\n option interface 'guest'", "dhcp.x.interface ref:network.interface"),
        ("dhcp", "config dhcp 'x'\n option interface 'lan'\n option leasetime '12x'", "dhcp.x.leasetime regex:"),
        ("dhcp", "config dhcp 'x'\n option interface 'lan'\n option limit '-1'", "dhcp.x.limit type:uint"),
        ("dhcp", "config dhcp 'x'\n option interface 'lan'\n option ra 'client'", "dhcp.x.ra values:"),
        ("dhcp", "config dhcp 'x'\n option interface 'lan'\n list ra_flags 'all'", "dhcp.x.ra_flags values:"),
        ("dhcp", "config dhcp 'x'\n option interface 'lan'\n option ra_mtu '1279'", "dhcp.x.ra_mtu range:0,1280-65535"),
        ("dhcp", "config dnsmasq\n option domain 'la n'", "dhcp.@dnsmasq[1].domain type:hostname"),
        ("dhcp", "config dnsmasq\n option leasefile 'leases'", "dhcp.@dnsmasq[1].leasefile type:path"),
        ("dhcp", "config dnsmasq\n option boguspriv 'perhaps'", "dhcp.@dnsmasq[1].boguspriv type:bool"),
        ("dhcp", "config dnsmasq\n option port '65536'", "dhcp.@dnsmasq[1].port max:65535"),
        ("dhcp", "config dnsmasq\n option cachesize '10001'", "dhcp.@dnsmasq[1].cachesize max:10000"),
        ("dhcp", "config host\n option ip '192.168.1.300'", "dhcp.@host[2].ip regex:"),
        ("dhcp", "config host\n option mac '20:de:ad:be:ef'", "dhcp.@host[2].mac regex:"),
        ("dhcp", "config odhcpd 'second'", "dhcp max:1"),
        ("dhcp", "config odhcpd 'odhcpd'\n option loglevel '8'", "dhcp.odhcpd.loglevel max:7"),
        ("dhcp", "config srvhost\n option srv '_sip._tcp'\n option target 'gw'", "dhcp.@srvhost[0].port required"),
    ];

    private static readonly (string Module, string More, string Expected)[] BrokenOthers =
    [
        ("firewall", "config zone\n option input 'ACCEPT'", "firewall.@zone[2].name required"),
        ("firewall", "config zone\n option name 'lan'", "firewall.@zone[2].name unique"),
        ("firewall", "config zone\n option name 'x'\n option input 'ALLOW'", "firewall.@zone[2].input values:"),
        ("firewall", "config zone\n option name 'x'\n option network 'lan guest'", "firewall.@zone[2].network ref:network.interface"),
        ("firewall", "config zone\n option name 'x'\n option masq 'jes'", "firewall.@zone[2].masq type:bool"),
        ("firewall", "config forwarding\n option src 'lan'", "firewall.@forwarding[1].dest required"),
        ("firewall", "config forwarding\n option src 'lan'\n option dest 'dmz'", "firewall.@forwarding[1].dest ref:zone@name,*"),
        ("firewall", "config rule\n option src 'wann'", "firewall.@rule[10].src ref:zone@name,*"),
        ("firewall", "config rule\n option dest_port '70000'", "firewall.@rule[10].dest_port type:portrange"),
        ("firewall", "config rule\n option dest_port '80 443-400'", "firewall.@rule[10].dest_port type:portrange"),
        ("firewall", "config rule\n option src_ip '!192.168.1.0/33'", "firewall.@rule[10].src_ip format:ipaddr,cidr"),
        ("firewall", "config rule\n option src_mac '!00:11:22:33:44:6'", "firewall.@rule[10].src_mac type:mac"),
        ("firewall", "config rule\n option target 'REFUSE'", "firewall.@rule[10].target values:"),
        ("firewall", "config rule\n option family 'ipv5'", "firewall.@rule[10].family values:"),
        ("firewall", "config rule\n option limit '10/fortnight'", "firewall.@rule[10].limit regex:"),
        ("firewall", "config rule\n option start_time '25:00'", "firewall.@rule[10].start_time type:time"),
        ("firewall", "config rule\n option weekdays 'Mon Toe'", "firewall.@rule[10].weekdays regex:"),
        ("firewall", "config rule\n option target 'MARK'", "firewall.@rule[10].set_mark required_if:target=MARK"),
        ("firewall", "config redirect\n option src_dport '0'", "firewall.@redirect[0].src_dport type:portrange"),
        ("firewall", "config include\n option path 'rules.sh'", "firewall.@include[1].path type:path"),
        ("firewall", "config defaults", "firewall max:1"),
        ("system", "config system", "system max:1"),
        ("system", "config timeserver 'x'\n option enabled 'often'", "system.x.enabled type:bool"),
        ("system", "config timeserver 'x'\n list server 'a b' \n list server 'ntp..org'", "system.x.server type:host"),
        ("system", "config timeserver 'x'\n list server 'ntp0'\n list server 'ntp1'\n list server 'ntp2'\n list server 'ntp3'\n list server 'ntp4'\n list server 'ntp5'\n list server 'ntp6'\n list server 'ntp7'\n list server 'ntp8'\n list server 'ntp9'\n list server 'ntp10'\n list server 'ntp11'\n list server 'ntp12'\n list server 'ntp13'\n list server 'ntp14'\n list server 'ntp15'\n list server 'ntp16'\n", "system.x.server count:1-16"),
        ("system", "config led\n option trigger 'netdev'\n option dev 'wan'", "system.@led[1].sysfs required"),
        ("system", "config led\n option sysfs 'a'", "system.@led[1].trigger required"),
        ("system", "config led\n option sysfs 'a/b'\n option trigger 'none'", "system.@led[1].sysfs regex:"),
        ("system", "config led\n option sysfs 'a'\n option trigger 'netdev'", "system.@led[1].dev required_if:trigger=netdev"),
        ("system", "config led\n option sysfs 'a'\n option trigger 'timer'\n option delayon '5'", "system.@led[1].delayoff required_if:trigger=timer"),
        ("system", "config led\n option sysfs 'a'\n option trigger 'none'\n option mode 'link blink'", "system.@led[1].mode values:"),
        ("system", "config led\n option sysfs 'a'\n option trigger 'none'\n option interval '-5'", "system.@led[1].interval type:uint"),
        ("system", "config button\n option button 'reset'", "system.@button[0].handler required"),
        ("system", "config button\n option button 'reset'\n option handler 'x'\n option action 'held'", "system.@button[0].action values:"),
        ("dropbear", "config dropbear\n option Port '70000'", "dropbear.@dropbear[1].Port type:port"),
        ("dropbear", "config dropbear\n option PasswordAuth 'sometimes'", "dropbear.@dropbear[1].PasswordAuth type:bool"),
        ("dropbear", "config dropbear\n option BannerFile 'banner'", "dropbear.@dropbear[1].BannerFile type:path"),
        ("dropbear", "config dropbear\n option MaxAuthTries '0'", "dropbear.@dropbear[1].MaxAuthTries range:1-10"),
        ("auth", "config user 'a'", "auth.a.username required"),
        ("auth", "config user\n option username 'a'", "auth.@user[0] named:required"),
        ("auth", "config user 'a'\n option username 'a b'", "auth.a.username alpha_num"),
        ("auth", "config user 'a'\n option username 'x23456789012345678901234567890123'", "auth.a.username size:32"),
        ("auth", "config user 'a'\n option username 'x'\nconfig user 'b'\n option username 'x'", "auth.b.username unique"),
        ("auth", "config user 'a'\n list username 'x'", "auth.a.username list:0"),
        ("auth", "config user 'a'\n option username 'x'\n option password 'short'", "auth.a.password min:8"),
        ("auth", "config user 'a'\n option username 'x'\n option uid '999'", "auth.a.uid range:0,1000-60000"),
        ("auth", "config user 'a'\n option username 'x'\n option role 'root'", "auth.a.role values:"),
        ("auth", "config user 'a'\n option username 'x'\n option groups 'wheel'", "auth.a.groups ref:group"),
        ("auth", "config user 'a'\n option username 'x'\n option email 'x@'", "auth.a.email type:email"),
        ("auth", "config user 'a'\n option username 'x'\n option expires '2023-02-29'", "auth.a.expires type:date"),
        ("auth", "config group 'g'", "auth.g.gid required"),
        ("auth", "config group 'g'\n option gid '1'\n option rights 'read'", "auth.g.rights list:1"),
        ("auth", "config field 'x'\n option tpye 'int'", "auth.x.tpye unknown:refuse"),
        ("auth", "config module 'm'\n option cache_size 'big'", "auth.m.cache_size type:size"),
    ];

    public static TheoryData<string, string, string> BrokenModules => [.. BrokenNetworks.Concat(BrokenOthers).Select(each => new TheoryDataRow<string, string, string>(each.Module, each.More, each.Expected))];

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
    [MemberData(nameof(BrokenModules))]
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
