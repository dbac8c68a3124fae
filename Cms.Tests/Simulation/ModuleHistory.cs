using Cms.Formats.Modules;
using Cms.Storage.Journals;
using Cms.Tests.Segments;

namespace Cms.Tests.Simulation;

/// <summary>The durable commits of one module and the plain model of its state after each.</summary>
internal sealed class ModuleHistory(string module)
{
    private readonly List<ModuleModel> _states = [new()];
    private readonly List<CommitHead> _heads = [];
    private readonly Dictionary<string, CommitHead> _requests = [];
    private readonly HashSet<string> _texts = [];

    /// <summary>The newest durable revision.</summary>
    public Revision Last => new(_heads.Count);

    /// <summary>The newest revision that anybody can have seen; it and all before it must stay.</summary>
    public Revision Seen { get; private set; }

    public IReadOnlyList<CommitHead> Heads => _heads;

    /// <summary>The state at a durable revision.</summary>
    public ModuleModel At(Revision revision) => _states[(int)revision.Value];

    public CommitHead? FindRequest(string requestId) => _requests.GetValueOrDefault(requestId);

    /// <summary>Whether some commit set an option to this text.</summary>
    public bool HasHeld(string text) => _texts.Contains(text);

    /// <summary>Notes that somebody can have seen a revision.</summary>
    /// <exception cref="InvariantViolation">A power cut now would lose it.</exception>
    public void See(Revision revision, string how)
    {
        if (revision > Last)
        {
            throw new InvariantViolation($"{module}: revision {revision} is {how}, and only {Last} is durable");
        }

        if (revision > Seen)
        {
            Seen = revision;
        }
    }

    public void TakeBack(CommitHead head)
    {
        if (head.Revision <= Seen)
        {
            throw new InvariantViolation($"{module}: revision {head.Revision} was seen and is lost: {head}");
        }

        _heads.RemoveAt(_heads.Count - 1);
        _states.RemoveAt(_states.Count - 1);
        if (head.Origin.Gateway == SimulatedClient.Gateway)
        {
            _requests.Remove(head.Origin.Message);
        }
    }

    public void Add(JournalRow row, Asked? asked)
    {
        var head = row.Head;
        if (head.Revision != Last.Next)
        {
            throw new InvariantViolation($"{module}: revision {head.Revision} follows {Last}");
        }

        if (asked is not null && !_requests.TryAdd(asked.RequestId, head))
        {
            throw new InvariantViolation($"{module}: {asked} was committed twice, as {_requests[asked.RequestId].Revision} and {head.Revision}");
        }

        var changes = EventCodec.Decode(row.Parts);
        var (before, after) = (_states[^1], _states[^1].Clone());
        after.Apply(head.Revision, changes);
        _heads.Add(head);
        _states.Add(after);
        _texts.UnionWith(changes.OfType<ModuleChange.OptionSet>().SelectMany(set => set.Value.Elements()).Select(text => System.Text.Encoding.UTF8.GetString(text.Span)));
        if (asked is { IsRefused: true })
        {
            throw new InvariantViolation($"{module}: {asked} was refused and is durable as revision {head.Revision}");
        }

        if (asked?.Of(module)?.Check(before, after) is { } wrong)
        {
            throw new InvariantViolation($"{module}: {asked} became revision {head.Revision}, but {wrong}");
        }
    }
}
