using Cms.Storage.Journals;

namespace Cms.Tests.Simulation;

/// <summary>What a power cut would leave of the journal, read from the disk itself and not by way of the journal.</summary>
/// <remarks>Commits that nobody has seen may go again: a flush that failed may have left them. Those that were seen may not.</remarks>
internal sealed class DurableHistory(SimulatedDisk disk, IReadOnlyList<string> modules, Func<string, Asked?> findAsked)
{
    private readonly List<(LogRecord Record, JournalLog.Place Start)> _records = [];
    private readonly Dictionary<string, ModuleHistory> _modules = [];
    private JournalLog.Place _end = JournalLog.Place.Start;
    private int _version;

    /// <summary>The commits of a module.</summary>
    public ModuleHistory Of(string module) =>
        _modules.TryGetValue(module, out var history) ? history : _modules[module] = new ModuleHistory(module);

    /// <summary>Reads what became durable or different.</summary>
    /// <exception cref="InvariantViolation">Something that was seen is gone, or what is there should not be.</exception>
    public void Update()
    {
        if (_version == disk.DurableVersion)
        {
            return;
        }

        _version = disk.DurableVersion;
        while (_records.Count > 0 && _end.Offset > disk.FirstChangedByte)
        {
            var (record, start) = _records[^1];
            _records.RemoveAt(_records.Count - 1);
            _end = start;
            TakeBack(record);
        }

        disk.ForgetChanges();
        while (JournalLog.TryDecode(disk.Durable, _end, out var end) is { } record)
        {
            _records.Add((record, _end));
            _end = end;
            Add(record);
        }
    }

    /// <summary>The modules in which a request is durable.</summary>
    public IEnumerable<string> ModulesOf(Asked asked) => asked.Parts.Select(part => part.Module).Where(module => Of(module).FindRequest(asked.RequestId) is not null);

    /// <summary>The transactions over several modules and the commits that each made.</summary>
    public IEnumerable<IReadOnlyList<CommitHead>> Transactions() => _records.Select(each => each.Record).OfType<LogRecord.Committed>()
        .Where(committed => committed.Rows.Select(row => row.Head.Module).Distinct().Count() > 1)
        .Select(committed => committed.Rows.Select(row => row.Head).ToList());

    private void TakeBack(LogRecord record)
    {
        foreach (var row in ((record as LogRecord.Committed)?.Rows ?? []).Reverse())
        {
            Of(row.Head.Module.Name).TakeBack(row.Head);
        }
    }

    private void Add(LogRecord record)
    {
        if (record is not LogRecord.Committed committed)
        {
            return;
        }

        foreach (var asked in committed.Rows.Select(row => AskedBy(row.Head)).OfType<Asked>().Distinct())
        {
            CheckReads(asked, committed);
        }

        foreach (var row in committed.Rows)
        {
            Of(row.Head.Module.Name).Add(row, AskedBy(row.Head));
        }

        new DurableSchemas(Of, modules).Check();
    }

    // The message of a commit names its request too, so that a journal that mixes up request ids is found out.
    private Asked? AskedBy(CommitHead head) => head.Origin.Gateway != SimulatedClient.Gateway ? null
        : findAsked(head.Origin.Message) ?? throw new InvariantViolation($"the journal holds a request that nobody sent: {head}");

    // Modules that were only read must be as they were read when the commit took its place among all commits.
    private void CheckReads(Asked asked, LogRecord.Committed committed)
    {
        foreach (var part in asked.Parts)
        {
            var row = committed.Rows.FirstOrDefault(row => row.Head.Module.Name == part.Module);
            if (part.Expected is { } expected && Of(part.Module).Last != expected)
            {
                throw new InvariantViolation($"{asked} was committed although {part.Module} was at revision {Of(part.Module).Last} and not {expected}");
            }

            if (part.Command is not null && row is null)
            {
                throw new InvariantViolation($"{asked} was committed without {part.Module}");
            }
        }
    }
}
