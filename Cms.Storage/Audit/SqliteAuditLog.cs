using Cms.Formats.Audit;
using Cms.Storage.Journals;

namespace Cms.Storage.Audit;

/// <summary>The audit log in the journal's file, written by the journal's one flush.</summary>
/// <remarks>May be called from any thread, save <see cref="Chain"/>, which is for batches of the journal's writer.</remarks>
internal sealed class SqliteAuditLog : IAuditLog, IAsyncDisposable
{
    private readonly SqliteWriter _writer;
    private readonly SqliteQueries _queries;
    private readonly AuditSigner? _signer;
    private readonly AuditRepeats _repeats = new();
    private readonly AuditArchives? _archives;
    private readonly AuditRotation? _rotation;
    private AuditUpkeep? _upkeep;

    public SqliteAuditLog(SqliteWriter writer, SqliteQueries queries, AuditOptions options)
    {
        (_writer, _queries, Options) = (writer, queries, options);
        _signer = options.Directory is { } directory ? AuditSigner.Open(directory) : null;
        Chain = new AuditChain(writer.Connection, options, _signer);
        if (options.Directory is { } state)
        {
            _archives = new AuditArchives(state);
            _rotation = new AuditRotation(writer, queries, Chain, _archives, options);
        }
    }

    /// <summary>How it is kept.</summary>
    public AuditOptions Options { get; }

    /// <summary>What appends rows.</summary>
    public AuditChain Chain { get; }

    public string PublicKeys => _signer?.PublicKeys ?? "";

    /// <summary>Records that the journal was opened, and begins to sign by time.</summary>
    /// <param name="failed">Told what could not be done in the background, which is tried again.</param>
    /// <exception cref="JournalException">It may not be recorded.</exception>
    public async Task BeginAsync(Action<string> failed)
    {
        var lost = FindLost();
        await _writer.WriteAsync(
            () =>
            {
                if (lost is not null)
                {
                    Chain.Append(AuditEntry.OfDaemon(AuditKinds.Tampered, lost));
                }

                if (_signer is { IsNew: true })
                {
                    Chain.Append(AuditEntry.OfDaemon(AuditKinds.Key, "a key of the audit log was made: " + AuditKey.FingerprintOf(_signer.PublicKey)));
                }

                Chain.Append(AuditEntry.OfDaemon(AuditKinds.Start, "the daemon opened the journal"));
                Chain.Sign();
            },
            CancellationToken.None);
        if (lost is not null)
        {
            failed(lost);
        }

        try
        {
            KeepAnchor();
        }
        catch (IOException full)
        {
            failed(full.Message);
        }

        _upkeep = new AuditUpkeep(this, failed);
        Chain.Grown += _upkeep.Want;
        _upkeep.Want();
    }

    public Task RecordAsync(AuditEntry entry, CancellationToken stopWaiting) =>
        (AuditKinds.IsCoalesced(entry.Kind) ? _repeats.Take(entry) : entry) is { } told
            ? _writer.WriteAsync(() => Chain.Append(told), stopWaiting)
            : Task.CompletedTask;

    /// <summary>Records what was counted since the last time.</summary>
    public async Task RecordCountedAsync()
    {
        if (_repeats.TakeCounted() is { Count: > 0 } counted)
        {
            await _writer.WriteAsync(() => counted.ToList().ForEach(Chain.Append), CancellationToken.None);
        }
    }

    /// <summary>Signs what is not signed yet.</summary>
    public async Task SignAsync()
    {
        await _writer.WriteAsync(Chain.Sign, CancellationToken.None);
        KeepAnchor();
    }

    /// <summary>Moves old rows to archives.</summary>
    public Task RotateAsync(CancellationToken cancellation) => _rotation?.RunAsync(cancellation) ?? Task.CompletedTask;

    public IReadOnlyList<AuditRow> Find(AuditQuery query)
    {
        var found = FindInJournal(query);
        return found.Count == query.Count || _archives is null ? found : [.. found, .. FindInArchives(query, found)];
    }

    // What went to an archive after the journal was looked at has been found there.
    private List<AuditRow> FindInArchives(AuditQuery query, IReadOnlyList<AuditRow> found)
    {
        var known = found.Select(row => row.Sequence).ToHashSet();
        var first = _queries.Query("SELECT MIN(sequence) FROM audit", null, row => row.IsDBNull(0) ? long.MaxValue : row.GetInt64(0))[0];
        var rows = new List<AuditRow>();
        foreach (var archive in _archives!.List().Reverse().Where(archive => !(archive.First >= query.Before)))
        {
            var room = query.Count - found.Count - rows.Count;
            rows.AddRange(AuditArchives.Read(archive).TakeWhile(row => row.Sequence < first).Where(row => query.Matches(row) && !known.Contains(row.Sequence)).TakeLast(room).Reverse());
            if (found.Count + rows.Count == query.Count)
            {
                break;
            }
        }

        return rows;
    }

    private IReadOnlyList<AuditRow> FindInJournal(AuditQuery query)
    {
        var conditions = new List<(string Sql, string Name, object? Value)>
        {
            ("sequence < $before", "$before", query.Before),
            ("principal = $principal", "$principal", query.Principal),
            ("module = $module", "$module", query.Module),
            ("kind = $kind", "$kind", query.Kind),
            ("time >= $since", "$since", query.Since?.ToUnixTimeMilliseconds()),
            ("time < $until", "$until", query.Until?.ToUnixTimeMilliseconds()),
        }.FindAll(condition => condition.Value is not null);
        var where = conditions.Count == 0 ? "" : "WHERE " + string.Join(" AND ", conditions.Select(condition => condition.Sql));
        return
        [
            .. _queries.Stream(
                $"SELECT {AuditTable.Columns} FROM audit {where} ORDER BY sequence DESC LIMIT $count",
                null,
                AuditTable.Read,
                [.. conditions.Select(condition => (condition.Name, condition.Value!)), ("$count", query.Count)]),
        ];
    }

    // From its first row on the journal is read as of one moment; what went to archives after that is read in the journal.
    public IEnumerable<AuditRow> ReadAll()
    {
        using var rows = _queries.Stream($"SELECT {AuditTable.Columns} FROM audit ORDER BY sequence", null, AuditTable.Read).GetEnumerator();
        var isMore = rows.MoveNext();
        var first = isMore ? rows.Current.Sequence : long.MaxValue;
        foreach (var archived in (_archives?.List() ?? []).SelectMany(AuditArchives.Read).TakeWhile(row => row.Sequence < first))
        {
            yield return archived;
        }

        for (; isMore; isMore = rows.MoveNext())
        {
            yield return rows.Current;
        }
    }

    public AuditReport Verify(string? head)
    {
        var keys = _signer is null ? null : AuditKey.FromPem(PublicKeys);
        var anchor = keys is null ? null : AuditAnchor.Read(Options.Directory!, keys);
        var verifier = new AuditVerifier(keys, [.. new[] { head, anchor?.Hash }.OfType<string>()]) { IsWhole = true };
        foreach (var row in ReadAll())
        {
            verifier.Add(row);
        }

        return verifier.Report();
    }

    /// <summary>Records the end and signs it; what cannot be recorded then is lost with the journal that cannot be written.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_upkeep is not null)
        {
            await _upkeep.DisposeAsync();
            await EndAsync();
        }

        _signer?.Dispose();
    }

    private async Task EndAsync()
    {
        try
        {
            await RecordCountedAsync();
            await _writer.WriteAsync(
                () =>
                {
                    Chain.Append(AuditEntry.OfDaemon(AuditKinds.Stop, "the daemon closed the journal"));
                    Chain.Sign();
                },
                CancellationToken.None);
            KeepAnchor();
        }
        catch (Exception failure) when (failure is JournalException or IOException)
        {
            // The journal takes nothing any more, and so nothing happened that is not recorded; the next start says that there was no stop.
        }
    }

    // A repair tells by itself what it could not keep.
    private string? FindLost()
    {
        if (_signer is null || AuditAnchor.Read(Options.Directory!, AuditKey.FromPem(PublicKeys)) is not { } anchor
            || FindInJournal(new AuditQuery { Count = 1 }) is [{ Kind: AuditKinds.Repair }])
        {
            return null;
        }

        var isThere = FindInJournal(new AuditQuery { Count = 1, Before = anchor.Sequence + 1 }) is [var found] ? found.Hash == anchor.Hash : FindInJournal(new AuditQuery { Count = 1 }).Count > 0;
        return isThere ? null : $"row {anchor.Sequence} of the audit log, which was signed, is not there any more; see 'cms audit verify'";
    }

    private void KeepAnchor()
    {
        if (_signer is not null && FindInJournal(new AuditQuery { Count = 1, Kind = AuditKinds.Signature }) is [var signed])
        {
            AuditAnchor.Write(Options.Directory!, signed);
        }
    }
}
