using System.Text;
using Cms.Formats.Schemas.Values;
using Xunit;

namespace Cms.Tests.Schemas;

public sealed class ValueFormatTests
{
    private static readonly string Label = new('a', 63);

    // Format, what it takes, what it does not take.
    private static readonly Dictionary<string, (string[] Good, string[] Bad)> Examples = new()
    {
        ["string"] = (["", "a b", "é"], []),
        ["int"] = (["0", "-1", "+5", "9223372036854775807", "-9223372036854775808", "0x10", "0xFF", "007"],
            ["", " 1", "1 ", "1.0", "1e3", "9223372036854775808", "0x", "-0x10", "0xffffffffffffffff", "ten", "1,000"]),
        ["uint"] = (["0", "1500", "0x10"], ["", "-1", "1.5", "9223372036854775808"]),
        ["float"] = (["0", "-1.5", "1e3", ".5"], ["", "1,5", "NaN", "Infinity", "1.5x", "1e999"]),
        ["bool"] = (["1", "on", "yes", "true", "enabled", "0", "off", "no", "false", "disabled"], ["", "2", "On", "TRUE", "y", "01"]),
        ["ipv4"] = (["0.0.0.0", "192.168.1.1", "255.255.255.255"], ["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", "1..2.3", "0x1.2.3.4", "::1", "1.2.3.4/8"]),
        ["ipv6"] = (["::", "::1", "1::", "fe80::1", "2001:db8:0:0:0:0:0:1", "1:2:3:4:5:6:7::", "::ffff:10.0.0.1", "1:2:3:4:5:6:1.2.3.4", "ABCD::ef"],
            ["", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "1::2::3", "12345::", "g::", "fe80::1%lan", "1:", ":1", "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", "fd00::/8"]),
        ["ipaddr"] = (["10.0.0.1", "::1"], ["", "localhost", "10.0.0.1/8"]),
        ["cidr4"] = (["10.0.0.0/8", "0.0.0.0/0", "1.2.3.4/32"], ["", "10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "/8", "10.0.0.0/08", "10.0.0.0/255.0.0.0", "::/0"]),
        ["cidr6"] = (["fd00::/48", "::/0", "::1/128"], ["", "fd00::", "fd00::/129", "10.0.0.0/8", "fd00::/-1"]),
        ["cidr"] = (["10.0.0.0/8", "fd00::/48"], ["", "10.0.0.0", "fd00::", "10.0.0.0/48"]),
        ["netmask"] = (["255.255.255.0", "0.0.0.0", "255.255.255.255", "255.128.0.0"], ["", "255.0.255.0", "0.0.0.255", "24", "/24", "255.255.255.1"]),
        ["mac"] = (["02:11:32:aa:bb:cc", "FF:FF:FF:FF:FF:FF"], ["", "02:11:32:aa:bb", "02-11-32-aa-bb-cc", "02:11:32:aa:bb:cg", "2:11:32:aa:bb:cc", "02:11:32:aa:bb:cc:dd", "021132aabbcc"]),
        ["hostname"] = (["gw", "gw.example.org", "example.org.", "a-b", "3com.com", "xn--bcher-kva.example", "1.2.3.a", Label],
            ["", ".", "-a", "a-", "a..b", "a_b", "1.2.3.4", "10", "a b", "a.-b", Label + "a", string.Join('.', Enumerable.Repeat(Label, 4)), "é.example"]),
        ["host"] = (["gw", "10.0.0.1", "::1"], ["", "10.0.0.256", "a b", "::g"]),
        ["port"] = (["1", "443", "65535"], ["", "0", "65536", "70000", "080", "-1", "http", "80-90", "0x50"]),
        ["portrange"] = (["80", "1000-2000", "33434:33689", "5-5"], ["", "2000-1000", "0-10", "1-65536", "1-", "-1", "1-2-3", "1--2", "80,90"]),
        ["url"] = (["https://example.org", "http://[::1]:8080/a?b=c#d", "http://user:pass@gw:80/", "file:///etc/config", "ws://10.0.0.1/x", "svn+ssh://h/p"],
            ["", "example.org", "http://", "http:///x", "://x", "1http://x", "http://a b", "http://h:0", "http://h:99999/", "http://[::1", "http://-a/", "http://h/<x>", "file://", "mailto:a@b"]),
        ["email"] = (["root@example.org", "a.b+c@gw"], ["", "root", "@gw", "root@", "a..b@gw", ".a@gw", "a.@gw", "a b@gw", "a@10.0.0.1"]),
        ["duration"] = (["0", "90", "12h", "1d12h", "2w", "1m30s", "1w1d1h1m1s"], ["", "h", "12x", "12h1d", "1h1h", "-1", "1.5h", "12 h", "infinite", "012h", "12h30"]),
        ["size"] = (["0", "512", "100M", "1k", "2GiB", "3KB", "10B", "1T"], ["", "M", "-1", "1.5M", "10X", "10iB", "1 M", "10b", "9999999999999T", "01"]),
        ["date"] = (["2024-02-29", "1970-01-01", "0001-12-31"], ["", "2023-02-29", "2024-13-01", "2024-00-10", "2024-1-1", "24-01-01", "2024/01/01", "2024-01-32", "0000-01-01", "2024-01-01 "]),
        ["time"] = (["00:00", "23:59", "23:59:59"], ["", "24:00", "12:60", "12:00:60", "1:00", "12", "12:00:", "12.00", "12:0x"]),
        ["datetime"] = (["2024-02-29T23:59:00", "2024-02-29 23:59:00", "2024-02-29T23:59:00Z", "2024-02-29T23:59:00.123+01:00", "2024-02-29T23:59:00-05:30"],
            ["", "2024-02-29", "2024-02-29T23:59", "2024-02-30T23:59:00", "2024-02-29T24:00:00", "2024-02-29T23:59:00.", "2024-02-29T23:59:00+1", "2024-02-29t23:59:00", "2024-02-29T23:59:00z"]),
        ["uuid"] = (["123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000"],
            ["", "123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400", "{123e4567-e89b-12d3-a456-426614174000}", "123g4567-e89b-12d3-a456-426614174000"]),
        ["hex"] = (["00", "00ff", "DEADBEEF"], ["", "0", "0x00", "fg", "00 ff"]),
        ["base64"] = (["aGVsbG8=", "aGVsbA==", "aGVs", "+/+/"], ["", "aGVsbG8", "aGVs=", "a===", "aG=s", "aGV!", "-_-_", "===="]),
        ["path"] = (["/", "/etc/config", "/a b"], ["", "etc", "./x", "/a\n", "~/x"]),
    };

    public static TheoryData<string> Names => [.. ValueFormats.All.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_format_takes_what_it_should_and_nothing_else(string name)
    {
        var format = ValueFormats.Find(name)!;
        var (good, bad) = Examples[name];
        Assert.Equal([], good.Append(format.Example).Where(text => !format.Check(Encoding.UTF8.GetBytes(text))));
        Assert.Equal([], bad.Where(text => format.Check(Encoding.UTF8.GetBytes(text))));
    }

    [Theory]
    [InlineData("90", 90)]
    [InlineData("1d12h", 129_600)]
    [InlineData("2w", 1_209_600)]
    public void A_duration_is_seconds(string text, long expected)
    {
        Assert.True(TimeFormats.TryReadDuration(Encoding.UTF8.GetBytes(text), out var seconds));
        Assert.Equal(expected, seconds);
    }

    [Theory]
    [InlineData("512", 512)]
    [InlineData("1k", 1024)]
    [InlineData("100M", 104_857_600)]
    [InlineData("2GiB", 2_147_483_648)]
    public void A_size_is_bytes(string text, long expected)
    {
        Assert.True(TimeFormats.TryReadSize(Encoding.UTF8.GetBytes(text), out var bytes));
        Assert.Equal(expected, bytes);
    }
}
