using Cms.Actors.Modules;
using Cms.Actors.Topics;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Segments;
using Cms.Tests.Segments;

namespace Cms.Tests.Simulation;

/// <summary>What must hold at every moment, looked at after each step and at each answer.</summary>
internal sealed class Invariants : IDisposable
{
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestCalmCall = TimeSpan.FromSeconds(3);

    private readonly SimulatedMachine _machine;
    private readonly IReadOnlyList<string> _modules;
    private readonly Dictionary<string, Asked> _asked = [];
    private readonly Dictionary<string, SegmentReader> _readers = [];
    private int _segmentLosses;

    public Invariants(SimulatedMachine machine, IReadOnlyList<string> modules)
    {
        (_machine, _modules) = (machine, modules);
        History = new DurableHistory(machine.Disk, modules, id => _asked.GetValueOrDefault(id));
    }

    /// <summary>What is durable.</summary>
    public DurableHistory History { get; }

    /// <summary>The requests that were sent.</summary>
    public IReadOnlyCollection<Asked> Asked => _asked.Values;

    /// <summary>Notes a request before it is sent.</summary>
    public void Expect(Asked asked) => _asked.TryAdd(asked.RequestId, asked);

    /// <summary>After a step: readers are never ahead of the disk and never go back, and nobody waits without an end.</summary>
    public void CheckStep()
    {
        History.Update();
        foreach (var module in _modules)
        {
            if (ReaderOf(module) is { } reader)
            {
                See(module, reader.VisibleRevision, "visible");
            }
        }

        if (_machine.Node?.Calls.FirstOrDefault(IsLate) is { } late)
        {
            throw new InvariantViolation($"no answer since {late.Since}: {late.What}");
        }
    }

    // A module that is well answers soon, whatever becomes of another one.
    private bool IsLate(SimulatedNode.Call call) => _machine.Clock.Now - call.Since is var wait
        && (wait > LongestCall || (wait > LongestCalmCall && _machine.Faults.IsCalm && call.Modules.Count > 0 && !call.Modules.Any(_machine.Faults.WasBad)));

    /// <summary>What a reader of the segment sees now; null while there is no segment.</summary>
    /// <exception cref="InvariantViolation">It is not the state of a durable revision, whole.</exception>
    public IModuleView? Read(string module)
    {
        if (ReaderOf(module) is not { } reader)
        {
            return null;
        }

        var view = reader.Snapshot();
        See(module, view.Revision, "read");
        var difference = ViewAssert.Difference(History.Of(module).At(view.Revision), view);
        return difference is null ? view : throw new InvariantViolation($"{module}: a reader at revision {view.Revision} sees: {difference}");
    }

    /// <summary>Looks at what a watcher is told: durable, visible, and as it was committed.</summary>
    public void CheckTold(TopicEvent.Committed told)
    {
        History.Update();
        var module = told.Module.Name;
        if (ReaderOf(module)?.VisibleRevision is not { } visible || visible < told.Revision)
        {
            throw new InvariantViolation($"{module}: revision {told.Revision} is told of before readers see it");
        }

        See(module, told.Revision, "answered");
        var head = History.Of(module).Heads[(int)told.Revision.Value - 1];
        if ((head.Origin, head.ChangeCount, head.TransactionId) != (told.Origin, told.ChangeCount, told.TransactionId))
        {
            throw new InvariantViolation($"{module}: told is {told}, committed was {head}");
        }
    }

    /// <summary>Looks at the revisions that were visible together: of a commit over modules all parts or none. A module that is not there was not open.</summary>
    public void CheckTogether(IReadOnlyDictionary<string, Revision> revisions)
    {
        History.Update();
        foreach (var heads in History.Transactions())
        {
            if (heads.Where(head => revisions.ContainsKey(head.Module.Name)).Select(head => revisions[head.Module.Name] >= head.Revision).Distinct().Count() > 1)
            {
                throw new InvariantViolation($"half of a commit over modules is visible at {string.Join(", ", revisions)}: {string.Join("; ", heads)}");
            }
        }
    }

    /// <summary>Looks at an answer when it leaves the daemon.</summary>
    public void CheckReply(Asked asked, IReadOnlyDictionary<string, ModuleReply> replies, Refusal? refusal)
    {
        History.Update();
        if (IsPassing(refusal))
        {
            return;
        }

        if (refusal is not null)
        {
            asked.IsRefused = true;
            if (asked.Answers?.Values.Any(answer => answer.ChangeCount > 0) == true || History.ModulesOf(asked).Any())
            {
                throw new InvariantViolation($"{asked} is refused ({refusal.Message}), though it was carried out");
            }

            return;
        }

        foreach (var (module, reply) in replies)
        {
            CheckReply(asked, module, reply);
        }

        asked.Answers ??= replies;
    }

    /// <summary>Whether a refusal says only that it should be sent again.</summary>
    public static bool IsPassing(Refusal? refusal) => refusal?.Code is ErrorCode.Unavailable or ErrorCode.Busy or ErrorCode.UnknownOutcome or ErrorCode.Locked;

    public void Dispose() => CloseReaders();

    private void CheckReply(Asked asked, string module, ModuleReply reply)
    {
        var head = History.Of(module).FindRequest(asked.RequestId);
        if (reply.ChangeCount == 0 ? head is not null : head is null || (head.Revision, head.ChangeCount) != (reply.Revision, reply.ChangeCount))
        {
            throw new InvariantViolation($"{module}: {asked} is answered with revision {reply.Revision} and {reply.ChangeCount} changes, but durable is {(head is null ? "nothing" : head)}");
        }

        var visible = ReaderOf(module)?.VisibleRevision ?? throw new InvariantViolation($"{module}: {asked} is answered without a segment");
        if (visible < reply.Revision)
        {
            throw new InvariantViolation($"{module}: {asked} is answered with revision {reply.Revision}, and readers see {visible}");
        }

        See(module, reply.Revision, "answered");
        var first = asked.Answers?.GetValueOrDefault(module);
        if (first is { ChangeCount: > 0 } && (first.Revision, first.ChangeCount, true) != (reply.Revision, reply.ChangeCount, reply.IsRepeated))
        {
            throw new InvariantViolation($"{module}: {asked} got {first} first and now {reply}");
        }
    }

    private void See(string module, Revision revision, string how)
    {
        var history = History.Of(module);
        if (revision < history.Seen && how != "answered")
        {
            throw new InvariantViolation($"{module}: revision {revision} is {how} after {history.Seen} was");
        }

        history.See(revision, how);
    }

    // A reader stays open over kills, as those of other processes do; only with the machine they go.
    private SegmentReader? ReaderOf(string module)
    {
        if (_segmentLosses != _machine.SegmentLosses)
        {
            CloseReaders();
            _segmentLosses = _machine.SegmentLosses;
        }

        if (_readers.TryGetValue(module, out var open))
        {
            return open;
        }

        if (!File.Exists(_machine.SegmentPath(module)))
        {
            return null;
        }

        return _readers[module] = SegmentReader.Open(_machine.SegmentPath(module));
    }

    private void CloseReaders()
    {
        foreach (var reader in _readers.Values)
        {
            reader.Dispose();
        }

        _readers.Clear();
    }
}
