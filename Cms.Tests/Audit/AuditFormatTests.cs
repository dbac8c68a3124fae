using System.Text;
using Cms.Formats.Audit;
using Cms.Formats.Modules;
using Xunit;

namespace Cms.Tests.Audit;

/// <summary>The bytes of <c>docs/formats/audit.md</c>.</summary>
public sealed class AuditFormatTests
{
    private static readonly AuditRow Row = new()
    {
        Sequence = 2,
        Time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_001),
        Kind = AuditKinds.Commit,
        Outcome = "ok",
        Principal = "uid:0",
        Gateway = "unix cms[1]",
        Module = "network",
        Revision = 1,
        Commit = 1,
        Changes = 1,
        Paths = ["lan.mtu"],
        Content = string.Concat(Enumerable.Repeat("ab", 32)),
        Previous = AuditRow.NoHash,
    };

    [Fact]
    public void The_row_of_the_format_text_has_its_hash() =>
        Assert.Equal("a0067b91b794cc1cd10991a6e56f93d051e551f38b5ef2b9222a3127d85b241a", Row.ComputeHash());

    [Fact]
    public void The_commit_of_the_format_text_has_its_content()
    {
        var columns = new CommitColumns(1, 1, null, "r1", 1_700_000_000_001, "uid:0", "unix cms[1]", "hello", 1);
        var content = CommitDigest.Of(new ModuleName("network"), columns, [Encoding.UTF8.GetBytes("abc")]);
        Assert.Equal("9c80e552c3ca9fb5edddb20b53839aa5d287834e4490cd3ffed97d93660dc84f", content);
    }

    [Fact]
    public void A_row_comes_back_from_its_line_as_it_was()
    {
        var row = Row with { Address = "2001:db8::1", Transaction = "t\u00e4glich", Detail = "\"quoted\" \u20ac", Count = 7 };
        row = row with { Hash = row.ComputeHash() };
        var back = AuditJson.Parse(Encoding.UTF8.GetString(AuditJson.ToLine(row)));
        Assert.Equal(row.Hash, back.ComputeHash());
        Assert.Equal(row with { Paths = back.Paths }, back);
    }

    [Fact]
    public void No_two_rows_run_together_to_the_same_bytes()
    {
        var hashes = new[]
        {
            Row,
            Row with { Principal = "uid:0unix", Gateway = " cms[1]" },
            Row with { Paths = ["lan", "mtu"] },
            Row with { Paths = ["lan.mtu", ""] },
            Row with { Address = "" },
            Row with { Revision = null },
            Row with { Module = null, Transaction = "network" },
        }.Select(row => row.ComputeHash()).ToList();
        Assert.Equal(hashes.Count, hashes.Distinct().Count());
    }
}
