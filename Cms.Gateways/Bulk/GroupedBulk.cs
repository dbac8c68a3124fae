using System.Globalization;
using Cms.Actors.Modules;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Cms.Storage.Journals;

namespace Cms.Gateways.Bulk;

/// <summary>Carries a bulk out in commits of some operations each, sending the next while those before are being made durable.</summary>
/// <remarks>
/// Invariants: groups are cut by the text and the size alone, so that the same text has the same groups again. They are sent in the
/// order of their first lines, save that a group which is full does not wait for one that began after it. What is on its way is of
/// one module; a module refuses all groups behind one that it refused. One thread at a time.
/// </remarks>
internal sealed class GroupedBulk(Func<string, ModuleActor> find, IJournal journal, Func<CommitOrigin> originNow, int size) : IBulkTarget
{
    private const char GroupMark = '#';
    private const int GroupDigits = 10;

    private const int MaxSent = 16;
    private const int MaxFilling = 16;

    private readonly CommitOrigin _origin = originNow();
    private readonly Dictionary<string, ModuleActor> _known = [];
    private readonly Dictionary<string, CommitHead?> _doneBefore = [];
    private readonly List<BulkGroup> _filling = [];
    private readonly Queue<(BulkGroup Group, Task<ModuleReply> Reply)> _sent = new();
    private readonly BulkTally _tally = new();
    private readonly CommandSequence _sequence = new();
    private BulkRefusal? _refusal;
    private long? _firstLost;
    private long _groups;

    public async ValueTask<BulkRefusal?> AddAsync(IReadOnlyList<BulkOperation> operations, CancellationToken cancellation)
    {
        for (var index = 0; index < operations.Count && _refusal is null; index++)
        {
            var operation = operations[index];
            if (GroupFor(operation) is not { } group)
            {
                break;
            }

            group.Add(operation);
            if (group.Operations.Count == size)
            {
                await SendUpToAsync(group, cancellation);
            }
            else if (_filling.Count > MaxFilling)
            {
                await SendUpToAsync(_filling[0], cancellation);
            }
        }

        return _refusal;
    }

    public async Task<(BulkReply Done, BulkRefusal? Refusal)> FinishAsync(BulkRefusal? refusal, long lines, CancellationToken cancellation)
    {
        _refusal ??= refusal;
        if (_refusal is null && _filling.Count > 0)
        {
            await SendUpToAsync(_filling[^1], cancellation);
        }

        await SettleAsync(0, cancellation);
        foreach (var group in _filling)
        {
            Lose(group);
        }

        return (_tally.ToReply(_firstLost - 1 ?? (_refusal is null ? lines : _refusal.Line - 1)), _refusal);
    }

    private BulkGroup? GroupFor(BulkOperation operation)
    {
        for (var index = _filling.Count - 1; index >= 0; index--)
        {
            if (_filling[index].Name == operation.Module)
            {
                return _filling[index];
            }
        }

        if (Find(operation) is not { } module)
        {
            return null;
        }

        var group = new BulkGroup(operation.Module, module, Math.Min(size, 1024));
        _filling.Add(group);
        return group;
    }

    private ModuleActor? Find(BulkOperation operation)
    {
        if (_known.TryGetValue(operation.Module, out var known))
        {
            return known;
        }

        try
        {
            return _known[operation.Module] = find(operation.Module);
        }
        catch (RefusedException refused)
        {
            _refusal = new BulkRefusal(operation.Line, refused.Refusal);
            return null;
        }
    }

    // All that began before the group go first, so that a refusal leaves no gap before it.
    private async ValueTask SendUpToAsync(BulkGroup last, CancellationToken cancellation)
    {
        BulkGroup group;
        do
        {
            group = _filling[0];
            _filling.RemoveAt(0);
            await SendAsync(group, cancellation);
        }
        while (group != last);
    }

    /// <summary>Whether a request id is of the form that the groups of a bulk have.</summary>
    public static bool IsGroupId(string requestId) =>
        requestId.Length > GroupDigits && requestId[^(GroupDigits + 1)] == GroupMark && !requestId.AsSpan(requestId.Length - GroupDigits).ContainsAnyExceptInRange('0', '9');

    private async ValueTask SendAsync(BulkGroup group, CancellationToken cancellation)
    {
        var isOfOther = _sent.TryPeek(out var oldest) && oldest.Group.Module != group.Module;
        // A commit that other modules have to agree to is not carried out in the order of the mailbox.
        await SettleAsync(isOfOther || group.Module.IsLinked ? 0 : MaxSent - 1, cancellation);
        if (_refusal is not null)
        {
            Lose(group);
            return;
        }

        var number = _groups++;
        var requestId = _origin.RequestId is null ? null : _origin.RequestId + GroupMark + number.ToString("D10", CultureInfo.InvariantCulture);
        if (requestId is not null && DoneBefore(group) is { } head && string.CompareOrdinal(requestId, head.Origin.RequestId) <= 0)
        {
            _tally.AddRepeated(group, head.Revision);
            return;
        }

        var command = new ModuleCommand.Edit(originNow() with { RequestId = requestId }, group.Operations) { Place = new SequencePlace(_sequence, number) };
        _sent.Enqueue((group, group.Module.AskAsync(command, cancellation)));
    }

    // Waits until no more than some are on their way; what has been answered meanwhile is taken as well.
    private async ValueTask SettleAsync(int most, CancellationToken cancellation)
    {
        while (_sent.TryPeek(out var oldest) && (_sent.Count > most || oldest.Reply.IsCompleted))
        {
            var reply = await oldest.Reply.WaitAsync(cancellation);
            _sent.Dequeue();
            if (oldest.Group.RefusalOf(reply) is { } refusal)
            {
                Refuse(oldest.Group, refusal);
            }
            else
            {
                _tally.Add(oldest.Group, reply.Revision, reply.ChangeCount);
            }
        }
    }

    // The first group that was refused is what ends the bulk: those behind it were refused for its sake, and an error of the text lies behind it.
    private void Refuse(BulkGroup group, BulkRefusal refusal)
    {
        _refusal = _firstLost is null ? refusal : _refusal;
        Lose(group);
    }

    private void Lose(BulkGroup group) => _firstLost = Math.Min(_firstLost ?? long.MaxValue, group.FirstLine);

    // A group that changed nothing has left no trace; that a later one has says that it was done.
    private CommitHead? DoneBefore(BulkGroup group)
    {
        if (!_doneBefore.TryGetValue(group.Name, out var head))
        {
            head = journal.FindLastRequest(group.Module.Module, _origin.RequestId + GroupMark);
            _doneBefore.Add(group.Name, head);
        }

        return head;
    }
}
