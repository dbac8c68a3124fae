using System.Globalization;

namespace Cms.Formats.Audit;

/// <summary>Checks rows of the audit log, oldest first: each hash, the chain, and the signatures.</summary>
/// <remarks>Pure: no key, clock or file of its own. One thread. Rows are taken one by one, so any number is checked in little memory.</remarks>
public sealed class AuditVerifier
{
    /// <summary>The most findings that are told.</summary>
    public const int MaxProblems = 100;

    private readonly HashSet<string>? _trusted;
    private readonly HashSet<string> _awaited;
    private readonly List<string> _problems = [];
    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal);
    private readonly List<(long First, long Last)> _gaps = [];
    private readonly HashSet<(long First, long Last)> _told = [];
    private AuditRow? _last;
    private long _rows;
    private long _first;
    private long _signatures;
    private long _signedUpTo;
    private long _removedUpTo;

    /// <param name="trustedKeys">The only public keys that may sign, as base64; null when any key may, and people compare the fingerprints.</param>
    /// <param name="heads">Hashes that were kept elsewhere; there has to be a row of each.</param>
    public AuditVerifier(IEnumerable<string>? trustedKeys = null, params IReadOnlyList<string> heads)
    {
        _trusted = trustedKeys?.ToHashSet();
        _awaited = [.. heads.Select(head => head.ToLowerInvariant())];
    }

    /// <summary>Whether these are all rows that there are, and none may be missing before the first one.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Checks the next row.</summary>
    public void Add(AuditRow row)
    {
        _rows++;
        _first = _first == 0 ? row.Sequence : _first;
        if (row.ComputeHash() != row.Hash)
        {
            Tell($"row {row.Sequence} is not as it was written");
        }

        CheckLink(row);
        CheckSignature(row);
        if (row.Kind == AuditKinds.Repair)
        {
            _told.UnionWith(AuditGaps.Parse(row.Detail));
        }

        if (row.Kind == AuditKinds.Archive && AuditGaps.ParseRemoved(row.Detail) is { } removed)
        {
            _removedUpTo = Math.Max(_removedUpTo, removed.Last);
        }

        if (row.Kind == AuditKinds.Tampered)
        {
            Tell($"row {row.Sequence}: {row.Detail}");
        }

        _awaited.Remove(row.Hash);
        _last = row;
    }

    /// <summary>What was found.</summary>
    public AuditReport Report()
    {
        var notes = new List<string>();
        if (_first > 1)
        {
            (IsWhole && _removedUpTo < _first - 1 ? _problems : notes).Add($"{AuditGaps.Describe((1, _first - 1))} before the first one");
        }

        foreach (var gap in _gaps)
        {
            (_told.Contains(gap) ? notes : _problems).Add(AuditGaps.Describe(gap) + (_told.Contains(gap) ? "; a repair of the journal says so" : ""));
        }

        foreach (var head in _awaited)
        {
            Tell($"no row has the hash {head} that was kept: rows were removed at the end, or the log was written anew");
        }

        if (_last is not null && _last.Sequence > _signedUpTo)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"the last {_last.Sequence - Math.Max(_signedUpTo, _first - 1)} rows are not signed yet"));
        }

        return new AuditReport
        {
            Rows = _rows,
            First = _first,
            Last = _last?.Sequence ?? 0,
            Head = _last?.Hash ?? AuditRow.NoHash,
            Signatures = _signatures,
            SignedUpTo = _signedUpTo,
            Keys = [.. _keys],
            Problems = [.. _problems],
            Notes = notes,
        };
    }

    // What came before the first row is in an archive that is not here.
    private void CheckLink(AuditRow row)
    {
        if (_last is null)
        {
            if (row.Sequence == 1 && row.Previous != AuditRow.NoHash)
            {
                Tell("row 1 says that there was one before it");
            }
        }
        else if (row.Sequence <= _last.Sequence)
        {
            Tell($"row {row.Sequence} comes after row {_last.Sequence}: rows are out of order or doubled");
        }
        else if (row.Sequence > _last.Sequence + 1)
        {
            _gaps.Add((_last.Sequence + 1, row.Sequence - 1));
        }
        else if (row.Previous != _last.Hash)
        {
            Tell($"row {row.Sequence} does not follow row {_last.Sequence}: one of them is not as it was written");
        }
    }

    private void CheckSignature(AuditRow row)
    {
        if (row.Kind != AuditKinds.Signature)
        {
            if (row.Signature is not null)
            {
                Tell($"row {row.Sequence} has a signature and is none");
            }

            return;
        }

        if (row.Signature is null || !AuditKey.IsValid(row.Detail, row.Hash, row.Signature))
        {
            Tell($"the signature of row {row.Sequence} does not hold");
        }
        else if (_trusted?.Contains(row.Detail) == false)
        {
            Tell($"row {row.Sequence} is signed by a key that is not trusted: {AuditKey.FingerprintOf(row.Detail)}");
        }
        else
        {
            _keys.Add(AuditKey.FingerprintOf(row.Detail));
            _signatures++;
            _signedUpTo = row.Sequence;
        }
    }

    private void Tell(string problem)
    {
        if (_problems.Count < MaxProblems)
        {
            _problems.Add(problem);
        }
    }
}
