using Cms.Formats.Audit;
using Cms.Storage.Checks;

namespace Cms.Storage.Audit;

/// <summary>Finds the rows of the audit log that are intact in a damaged journal.</summary>
/// <remarks>One thread. What is not intact stays in the damaged file, which is kept.</remarks>
internal sealed class AuditSalvage(JournalScan scan)
{
    private readonly List<(long First, long Last)> _lost = [];

    /// <summary>The rows that cannot be kept, once <see cref="Rows"/> was called.</summary>
    public IReadOnlyList<(long First, long Last)> Lost => _lost;

    /// <summary>The rows that are as they were written, in order.</summary>
    public IReadOnlyList<AuditRow> Rows()
    {
        var rows = new List<AuditRow>();
        var last = Number("SELECT MAX(sequence) FROM audit") ?? 0;
        var next = Number("SELECT MIN(sequence) FROM audit") ?? 1;
        while (next <= last)
        {
            var found = scan.AuditRows(next, out var failure);
            foreach (var row in found.Where(row => row.Sequence >= next && row.ComputeHash() == row.Hash))
            {
                NoteLost(next, row.Sequence - 1);
                rows.Add(row);
                next = row.Sequence + 1;
            }

            if (failure is null)
            {
                NoteLost(next, last);
                break;
            }

            // Behind what cannot be read there may be more.
            NoteLost(next, next);
            next++;
        }

        return rows;
    }

    /// <summary>The row that tells of the repair and of what is lost, to follow these rows.</summary>
    public AuditRow Tell(IReadOnlyList<AuditRow> rows, DateTimeOffset time)
    {
        var end = Math.Max(rows.Count == 0 ? 0 : rows[^1].Sequence, _lost.Count == 0 ? 0 : _lost[^1].Last);
        var row = new AuditRow
        {
            Sequence = end + 1,
            Time = DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds()),
            Kind = AuditKinds.Repair,
            Outcome = AuditEntry.Done,
            Principal = AuditEntry.Daemon,
            Gateway = AuditEntry.Daemon,
            Detail = _lost.Count == 0 ? "the journal was repaired; no row is lost" : AuditGaps.Format(_lost),
            Previous = rows.Count == 0 ? AuditRow.NoHash : rows[^1].Hash,
        };
        return row with { Hash = row.ComputeHash() };
    }

    private void NoteLost(long first, long last)
    {
        if (first > last)
        {
            return;
        }

        if (_lost is [.., var before] && before.Last == first - 1)
        {
            _lost[^1] = (before.First, last);
        }
        else
        {
            _lost.Add((first, last));
        }
    }

    private long? Number(string sql) => scan.Rows(sql, out _) is [[long number]] ? number : null;
}
