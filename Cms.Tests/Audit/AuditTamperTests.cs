using System.Globalization;
using System.Security.Cryptography;
using Cms.Formats.Audit;
using Cms.Storage.Audit;
using Cms.Storage.Checks;
using Cms.Storage.Journals;
using Xunit;

namespace Cms.Tests.Audit;

/// <summary>What is done to the log by somebody who can write the journal's file is found.</summary>
public sealed class AuditTamperTests : IDisposable
{
    private readonly AuditPlace _place = new() { Options = new AuditOptions(TimeProvider.System) { RowsPerSignature = 10 } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("sequence = 100")]
    [InlineData("time = time + 1")]
    [InlineData("kind = 'login'")]
    [InlineData("outcome = 'denied'")]
    [InlineData("count = 2")]
    [InlineData("principal = 'uid:1'")]
    [InlineData("address = NULL")]
    [InlineData("gateway = 'file'")]
    [InlineData("module = 'netwrok'")]
    [InlineData("revision = revision + 1")]
    [InlineData("commit_id = NULL")]
    [InlineData("transaction_id = 'other'")]
    [InlineData("changes = 0")]
    [InlineData("paths = 'lan.mtu' || char(10) || 'wan.mtu'")]
    [InlineData("detail = ''")]
    [InlineData("content = zeroblob(32)")]
    [InlineData("previous = zeroblob(32)")]
    [InlineData("hash = zeroblob(32)")]
    [InlineData("signature = zeroblob(64)")]
    public async Task A_changed_column_is_found(string change)
    {
        await FillAsync(20);
        Assert.Empty((await VerifyAsync()).Problems);

        Assert.Equal(1, _place.Execute($"UPDATE audit SET {change} WHERE sequence = 6"));

        Assert.NotEmpty((await VerifyAsync()).Problems);
        Assert.False(Check(out _));
    }

    [Theory]
    [InlineData("DELETE FROM audit WHERE sequence = 7", "row 7 is missing")]
    [InlineData("DELETE FROM audit WHERE sequence BETWEEN 4 AND 9", "rows 4 to 9 are missing")]
    [InlineData("DELETE FROM audit WHERE sequence < 5", "rows 1 to 4 are missing")]
    [InlineData("DELETE FROM audit WHERE sequence > (SELECT MAX(sequence) - 4 FROM audit)", "that was kept")]
    [InlineData("DELETE FROM audit", "that was kept")]
    [InlineData("UPDATE audit SET sequence = CASE sequence WHEN 4 THEN -5 ELSE -4 END WHERE sequence IN (4, 5); UPDATE audit SET sequence = -sequence WHERE sequence < 0", "not as it was written")]
    public async Task Rows_that_were_removed_or_put_elsewhere_are_found(string sql, string expected)
    {
        await FillAsync(20);
        _place.Execute(sql);

        Assert.Contains((await VerifyAsync()).Problems, problem => problem.Contains(expected, StringComparison.Ordinal));
        Assert.False(Check(out _));
    }

    [Fact]
    public async Task One_who_writes_the_chain_anew_without_the_key_is_found()
    {
        await FillAsync(30);
        var rows = await RowsAsync();
        Rewrite(rows, row => row.Sequence == 5 ? row with { Principal = "uid:1" } : row);

        Assert.Contains((await VerifyAsync()).Problems, problem => problem.Contains("signature", StringComparison.Ordinal));
        Assert.False(Check(out _));
    }

    [Fact]
    public async Task One_who_signs_the_chain_anew_with_another_key_is_found()
    {
        await FillAsync(30);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var known = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
        Rewrite(await RowsAsync(), row => row.Sequence == 5 ? row with { Principal = "uid:1" } : row.Signature is null ? row : row with { Detail = known }, key);

        var report = await VerifyAsync();
        Assert.Contains(report.Problems, problem => problem.Contains("not trusted", StringComparison.Ordinal));
        Assert.False(Check(out _));
    }

    [Fact]
    public async Task A_log_that_was_cut_is_told_at_the_next_start_and_ever_after()
    {
        await FillAsync(20);
        _place.Execute("DELETE FROM audit WHERE sequence > 12");

        var told = new List<string>();
        await using (var journal = _place.Open())
        {
            await journal.BeginAuditAsync(told.Add);
            Assert.Equal(AuditKinds.Tampered, Assert.Single(journal.Audit.Find(new AuditQuery { Kind = AuditKinds.Tampered })).Kind);
        }

        Assert.Contains("not there any more", Assert.Single(told), StringComparison.Ordinal);
        Assert.Contains((await VerifyAsync()).Problems, problem => problem.Contains("not there any more", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_commit_that_was_changed_with_its_checksums_is_found()
    {
        await FillAsync(20);
        Assert.True(Check(out var output), output);
        ChangeCommit();

        Assert.False(Check(out output));
        Assert.Contains("revision 9 is not the commit that was audited", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_without_a_row_and_a_row_without_its_commit_are_found()
    {
        await FillAsync(20);
        _place.Execute("DELETE FROM commits WHERE revision = 9");
        Assert.False(Check(out var output));
        Assert.Contains("revision 9 was audited and is not in the journal", output, StringComparison.Ordinal);

        _place.Execute("INSERT INTO commits SELECT module, 9, part, part_count, epoch, 77, NULL, 'x', time, principal, gateway, message, change_count, payload, payload_checksum, checksum FROM commits WHERE revision = 8");
        Assert.False(Check(out output));
        Assert.Contains("1 commits of the journal are not in it, such as commit 77", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_that_was_kept_elsewhere_is_held_against_the_log()
    {
        await FillAsync(5);
        await using var journal = _place.Open();
        var head = journal.Audit.Verify(null).Head;
        await journal.Audit.RecordAsync(new AuditEntry(AuditKinds.Backup, AuditEntry.Begun, "uid:0", "unix"), Token);

        Assert.Empty(journal.Audit.Verify(head).Problems);
        Assert.Contains("that was kept", Assert.Single(journal.Audit.Verify(new string('a', 64)).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repair_keeps_the_rows_that_are_intact_tells_which_are_not_and_the_chain_goes_on()
    {
        await FillAsync(40);
        _place.Execute("UPDATE audit SET principal = 'uid:1' WHERE sequence BETWEEN 20 AND 22");
        var told = new List<string>();
        var isWhole = JournalRepair.Run(_place.State, _place.JournalPath, DateTimeOffset.UnixEpoch, () => new Guid(9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9), told.Add);

        Assert.False(isWhole);
        Assert.Contains("audit log: lost rows 20-22", told);
        await FillAsync(5);
        var report = await VerifyAsync();
        Assert.Empty(report.Problems);
        Assert.Contains("rows 20 to 22 are missing; a repair of the journal says so", report.Notes);
        Assert.True(Check(out var output), output);
    }

    private async Task FillAsync(int commits)
    {
        await using var journal = _place.Open();
        await journal.BeginAuditAsync(Assert.Fail);
        await AuditPlace.FillAsync(journal, commits);
    }

    private async Task<IReadOnlyList<AuditRow>> RowsAsync()
    {
        await using var journal = _place.Open();
        return [.. journal.Audit.ReadAll()];
    }

    private async Task<AuditReport> VerifyAsync()
    {
        await using var journal = _place.Open();
        return journal.Audit.Verify(null);
    }

    private bool Check(out string output)
    {
        var lines = new List<string>();
        var isGood = JournalCheck.Run(_place.State, _place.JournalPath, lines.Add);
        output = string.Join('\n', lines);
        return isGood;
    }

    // With the checksum that it should have then.
    private void ChangeCommit()
    {
        using var connection = _place.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {CommitRow.Columns} FROM commits WHERE revision = 9";
        CommitRow changed;
        using (var row = command.ExecuteReader())
        {
            Assert.True(row.Read());
            changed = CommitRow.Read(row) with { Principal = "uid:1" };
        }

        command.CommandText = "UPDATE commits SET principal = 'uid:1', checksum = $checksum WHERE revision = 9";
        command.Parameters.AddWithValue("$checksum", changed.ComputeChecksum());
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    // As one does who has read how the hashes are made.
    private void Rewrite(IReadOnlyList<AuditRow> rows, Func<AuditRow, AuditRow> change, ECDsa? key = null)
    {
        using var connection = _place.Connect();
        var previous = AuditRow.NoHash;
        foreach (var old in rows)
        {
            var row = change(old) with { Previous = previous };
            row = row with { Hash = row.ComputeHash() };
            row = row.Signature is null || key is null ? row : row with { Signature = Convert.ToBase64String(key.SignHash(Convert.FromHexString(row.Hash))) };
            previous = row.Hash;
            using var command = connection.CreateCommand();
            var values = AuditTable.ValuesOf(row);
            command.CommandText = $"INSERT OR REPLACE INTO audit VALUES({string.Join(", ", Enumerable.Range(0, values.Length).Select(index => "$" + index.ToString(CultureInfo.InvariantCulture)))})";
            for (var index = 0; index < values.Length; index++)
            {
                command.Parameters.AddWithValue("$" + index.ToString(CultureInfo.InvariantCulture), values[index] ?? DBNull.Value);
            }

            command.ExecuteNonQuery();
        }
    }
}
