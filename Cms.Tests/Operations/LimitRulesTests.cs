using System.Net;
using System.Text;
using Cms.Formats.Access;
using Cms.Formats.Uci;
using Xunit;

namespace Cms.Tests.Operations;

public sealed class LimitRulesTests
{
    [Fact]
    public void The_first_rule_that_fits_holds()
    {
        var rules = Read(
            "config limit\n option principal 'key:ci-*'\n option rate 5\n option burst 7\n"
            + "config rule\n option effect allow\n"
            + "config limit 'all'\n option principal '*'\n option rate 100\n"
            + "config limit\n option principal 'user:anna'\n option rate 1\n"
            + "config limit\n option address '10.0.0.0/8'\n option rate 0\n"
            + "config limit\n option address '2001:db8::/32'\n option rate 3\n");
        Assert.Equal(new RateLimit(5, 7), rules.OfPrincipal("key:ci-1"));
        Assert.Equal(new RateLimit(100, 200), rules.OfPrincipal("user:anna"));
        Assert.Equal(new RateLimit(0, 1), rules.OfAddress(IPAddress.Parse("10.1.2.3")));
        Assert.Equal(new RateLimit(3, 6), rules.OfAddress(IPAddress.Parse("2001:db8::1")));
        Assert.Null(rules.OfAddress(IPAddress.Parse("192.0.2.1")));
        Assert.Null(Read("config limit\n option principal 'user:x'\n option rate 1\n").OfPrincipal("user:xy"));
        Assert.Null(LimitRules.None.OfPrincipal("user:anna"));
    }

    [Theory]
    [InlineData("option rate 1", "principal or an address")]
    [InlineData("option principal a\n option address 10.0.0.0/8\n option rate 1", "principal or an address")]
    [InlineData("option address lan\n option rate 1", "no network")]
    [InlineData("option principal a", "access.@limit[0].rate")]
    [InlineData("option principal a\n option rate x", "access.@limit[0].rate")]
    [InlineData("option principal a\n option rate -1", "access.@limit[0].rate")]
    [InlineData("option principal a\n option rate 99999999999999999999", "access.@limit[0].rate")]
    [InlineData("option principal a\n option rate 1\n option burst 0", "access.@limit[0].burst: '0'")]
    [InlineData("option principal a\n option rate 1\n option brust 5", "access.@limit[0].brust")]
    public void What_is_no_rule_is_named_and_passed_over(string options, string named)
    {
        var rules = LimitRules.Read(Parse($"config limit\n {options}\nconfig limit\n option principal '*'\n option rate 9\n"), out var problems);
        Assert.Contains(named, Assert.Single(problems).ToString(), StringComparison.Ordinal);
        Assert.Equal(9, rules.OfPrincipal("a")?.PerSecond);
    }

    private static LimitRules Read(string text)
    {
        var rules = LimitRules.Read(Parse(text), out var problems);
        Assert.Empty(problems);
        return rules;
    }

    private static UciPackage Parse(string text) => UciPackage.Parse("access", Encoding.UTF8.GetBytes(text), UciReaderOptions.Default);
}
