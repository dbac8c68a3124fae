using System.Text;
using Cms.Formats.Modules;
using Cms.Storage.Journals;

namespace Cms.Tests.Simulation;

/// <summary>What the records of a log amount to.</summary>
internal sealed class JournalIndex
{
    private readonly Dictionary<ModuleName, List<JournalRow>> _rows = [];
    private readonly Dictionary<(ModuleName Module, string RequestId), JournalRow> _requests = [];
    private readonly Dictionary<ModuleName, FileRecord> _files = [];
    private readonly List<FileConflict> _conflicts = [];

    public Guid? Id { get; private set; }

    public long Epoch { get; private set; }

    public long LastCommitId { get; private set; }

    public IReadOnlyList<FileConflict> Conflicts => _conflicts;

    public IReadOnlyList<ModuleName> Modules =>
        [.. _rows.Keys.OrderBy(module => module.Namespace, StringComparer.Ordinal).ThenBy(module => module.Name, StringComparer.Ordinal)];

    /// <summary>The commits of a module; that of revision n at place n - 1.</summary>
    public IReadOnlyList<JournalRow> Rows(ModuleName module) => _rows.GetValueOrDefault(module) ?? [];

    public JournalRow? FindRequest(ModuleName module, string requestId) => _requests.GetValueOrDefault((module, requestId));

    public JournalRow? FindLastRequest(ModuleName module, string prefix) => Rows(module)
        .Where(row => row.Head.Origin.RequestId is { } id && id.Length == prefix.Length + 10 && id.StartsWith(prefix, StringComparison.Ordinal) && id[prefix.Length..].All(char.IsAsciiDigit))
        .MaxBy(row => Encoding.UTF8.GetBytes(row.Head.Origin.RequestId!), Comparer<byte[]>.Create((one, other) => one.AsSpan().SequenceCompareTo(other)));

    public FileRecord? FindFile(ModuleName module) => _files.GetValueOrDefault(module);

    public IReadOnlyList<JournalRow> FindTransaction(string transactionId) =>
        [.. Modules.SelectMany(Rows).Where(row => row.Head.TransactionId == transactionId)];

    /// <summary>Why these rows cannot be added in this order, or null.</summary>
    public string? WhyNot(IReadOnlyList<JournalRow> rows)
    {
        var next = new Dictionary<ModuleName, long>();
        var requests = new HashSet<(ModuleName, string)>();
        foreach (var head in rows.Select(row => row.Head))
        {
            var expected = next.TryGetValue(head.Module, out var known) ? known : Rows(head.Module).Count + 1;
            if (head.Revision.Value != expected)
            {
                return $"module {head.Module} has no place for revision {head.Revision}; {expected} is next";
            }

            if (head.Origin.RequestId is { } request && (FindRequest(head.Module, request) is not null || !requests.Add((head.Module, request))))
            {
                return $"module {head.Module} has answered request {request} already";
            }

            next[head.Module] = expected + 1;
        }

        return null;
    }

    public void Apply(LogRecord record)
    {
        switch (record)
        {
            case LogRecord.Opened opened:
                (Id, Epoch) = (opened.Id, opened.Epoch);
                break;
            case LogRecord.Committed committed:
                foreach (var row in committed.Rows)
                {
                    Apply(row);
                }

                break;
            case LogRecord.Settled:
                break;
            case LogRecord.FileSet file:
                _files[file.Module] = file.File;
                break;
            case LogRecord.ConflictAdded added:
                _conflicts.Add(added.Conflict);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void Apply(JournalRow row)
    {
        LastCommitId = Math.Max(LastCommitId, row.Head.CommitId);
        if (!_rows.TryGetValue(row.Head.Module, out var rows))
        {
            _rows[row.Head.Module] = rows = [];
        }

        rows.Add(row);
        if (row.Head.Origin.RequestId is { } request)
        {
            _requests[(row.Head.Module, request)] = row;
        }
    }
}
