using Cms.Actors.Access;
using Cms.Actors.Modules;
using Cms.Actors.Schemas;
using Cms.Actors.Topics;
using Cms.Actors.Validation;
using Cms.Formats.Refusals;
using Cms.Storage.Journals;

namespace Cms.Actors.Transactions;

/// <summary>Commits over several modules, all or none.</summary>
/// <remarks>
/// Each module prepares its part: it decides, reserves room, and then waits. When all agree the commits are appended in one
/// journal transaction, whose rows are the verdict: nothing else has to be remembered, and a daemon that dies leaves nothing in
/// doubt. Modules are prepared one after the other in the order of their names, so that two commits never wait for each other.
/// Any thread may call.
/// </remarks>
public sealed class TransactionCoordinator : IDisposable
{
    private readonly Func<string, ModuleActor> _findModule;
    private readonly IJournal _journal;
    private readonly Func<Guid> _newId;
    private readonly ValidatorDirectory _validators;
    private readonly ReferenceDirectory _references;
    private readonly SemaphoreSlim _publishing = new(1);

    /// <param name="findModule">The actor of a module.</param>
    /// <param name="journal">Where commits are made durable.</param>
    /// <param name="validators">Who is asked before commits become durable.</param>
    /// <param name="references">Which modules refer to which; it has its commits carried out here from now on.</param>
    /// <param name="newId">Makes the ids of transactions.</param>
    internal TransactionCoordinator(Func<string, ModuleActor> findModule, IJournal journal, ValidatorDirectory validators, ReferenceDirectory references, Func<Guid> newId)
    {
        (_findModule, _journal, _validators, _references, _newId) = (findModule, journal, validators, references, newId);
        references.Coordinator = this;
    }

    /// <summary>Has a commit over modules decided and carried out.</summary>
    /// <param name="parts">At least one; each module at most once.</param>
    /// <param name="stopWaiting">Ends the wait; what has begun is finished all the same.</param>
    public Task<TransactionReply> CommitAsync(IReadOnlyList<TransactionPart> parts, CancellationToken stopWaiting) =>
        CommitAsync(NewTransactionId(), parts, stopWaiting);

    /// <inheritdoc/>
    public void Dispose() => _publishing.Dispose();

    /// <summary>Runs something while no commit over modules is half visible.</summary>
    internal async Task<T> BetweenCommitsAsync<T>(Func<T> look, CancellationToken cancellation)
    {
        await _publishing.WaitAsync(cancellation);
        try
        {
            return look();
        }
        finally
        {
            _publishing.Release();
        }
    }

    /// <summary>Makes the id of a transaction.</summary>
    internal string NewTransactionId() => _newId().ToString("N");

    /// <inheritdoc cref="CommitAsync(IReadOnlyList{TransactionPart}, CancellationToken)"/>
    internal async Task<TransactionReply> CommitAsync(string transactionId, IReadOnlyList<TransactionPart> parts, CancellationToken stopWaiting)
    {
        return await CommitWithReadersAsync(transactionId, parts).WaitAsync(stopWaiting);
    }

    // References between modules are decided while both ends hold still; which those are, the parts tell once they are decided.
    private async Task<TransactionReply> CommitWithReadersAsync(string transactionId, IReadOnlyList<TransactionPart> parts)
    {
        while (true)
        {
            // Two parts of one module would wait for each other without an end.
            if (parts.GroupBy(part => part.Module, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            {
                return Refuse(transactionId, new Refusal(ErrorCode.InvalidArgument, $"module {twice.Key} is named twice; put what is asked of it into one part"));
            }

            var participations = parts.OrderBy(part => part.Module, StringComparer.Ordinal).Select(part => new Participation(part, transactionId)).ToList();
            var reply = await CommitAsync(transactionId, participations);
            if (reply.Needs.Count == 0)
            {
                return TransactionGate.Show(reply, TransactionGate.AccessOf(parts));
            }

            parts = [.. parts, .. reply.Needs.Select(module => new TransactionPart(module, Command: null))];
        }
    }

    private async Task<TransactionReply> CommitAsync(string transactionId, List<Participation> participations)
    {
        var votes = new Dictionary<string, Vote>();
        var access = TransactionGate.AccessOf(participations.Select(participation => participation.Part));
        try
        {
            foreach (var participation in participations)
            {
                _findModule(participation.Part.Module).Post(participation);
                votes.Add(participation.Part.Module, await participation.Voted);
            }

            var before = votes.Values.FirstOrDefault(vote => vote.Reply.IsRepeated)?.Reply.TransactionId;
            var modulesBefore = before is null ? [] : _journal.FindTransaction(before).Select(commit => commit.Module.Name).ToHashSet();
            if (TransactionDecider.Decide(votes, modulesBefore) is { } refusal)
            {
                return Refuse(transactionId, TransactionGate.Show(refusal, access, votes)) with
                {
                    Refused = votes.Where(vote => vote.Value.Reply.Refusal is not null).ToDictionary(vote => vote.Key, vote => vote.Value.Reply),
                };
            }

            if (TransactionDecider.IsRepetition(votes, modulesBefore))
            {
                return await RepeatAsync(before!, participations, votes);
            }

            if (ReferenceCheck.FindNowhere(votes, _references.HasModule) is { } nowhere)
            {
                return Refuse(transactionId, TransactionGate.ShowReferences(nowhere, access, votes));
            }

            if (ReferenceCheck.FindMissing(votes) is { Count: > 0 } missing)
            {
                return new TransactionReply(transactionId, new Dictionary<string, ModuleReply>(), null) { Needs = missing };
            }

            if (ReferenceCheck.Decide(votes) is { } broken)
            {
                return Refuse(transactionId, TransactionGate.ShowReferences(broken, access, votes));
            }

            if (await ValidateAsync(votes.Values) is { } veto)
            {
                return Refuse(transactionId, veto);
            }

            await AppendAsync(participations, [.. votes.Values.Select(vote => vote.Commit).OfType<CommitRecord>()]);
        }
        catch (JournalFullException full)
        {
            return Refuse(transactionId, new Refusal(ErrorCode.StorageFull, full.Message));
        }
        catch (JournalException failure)
        {
            participations.ForEach(participation => participation.Decide(Verdict.Unknown));
            return Refuse(transactionId, new Refusal(
                ErrorCode.UnknownOutcome,
                $"the journal failed while it appended this ({failure.Message}); ask again with the same request id to learn whether it took effect"));
        }
        finally
        {
            // Whoever has not heard a verdict by now hears that nothing was done.
            participations.ForEach(participation => participation.Decide(Verdict.Aborted));
        }

        return await AnswerAsync(transactionId, participations);
    }

    // Modules that had nothing to change then are not changed now either; one that cannot be asked now is left out of the answer.
    private async Task<TransactionReply> RepeatAsync(string before, List<Participation> participations, Dictionary<string, Vote> votes)
    {
        var repeated = participations.Where(participation => votes[participation.Part.Module].Reply.IsRepeated).ToList();
        participations.Except(repeated).ToList().ForEach(participation => participation.Decide(Verdict.Aborted));
        await AppendAsync(repeated, []);
        var reply = await AnswerAsync(before, repeated);
        var others = votes.Where(vote => !vote.Value.Reply.IsRepeated && vote.Value.Reply.Refusal is null or { Code: ErrorCode.Conflict })
            .ToDictionary(vote => vote.Key, vote => new ModuleReply(vote.Value.Reply.Revision, 0, null) { IsRepeated = true });
        return reply with { Modules = reply.Modules.Concat(others).ToDictionary() };
    }

    // A validator is asked once, with all modules that concern it.
    private async Task<Refusal?> ValidateAsync(IEnumerable<Vote> votes)
    {
        var askedAbout = votes.Where(vote => vote.Reply.Refusal is null).Select(vote => vote.AskedAbout).OfType<TopicEvent.Committed>().ToList();
        return askedAbout.Count == 0 ? null : await _validators.AskAsync(askedAbout);
    }

    private async Task AppendAsync(List<Participation> participations, List<CommitRecord> commits)
    {
        if (commits.Count > 0)
        {
            await _journal.AppendAsync(commits, CancellationToken.None);
        }

        await _publishing.WaitAsync();
        try
        {
            participations.ForEach(participation => participation.Decide(Verdict.Committed));
            foreach (var participation in participations)
            {
                await participation.Published;
            }
        }
        finally
        {
            _publishing.Release();
        }
    }

    private static async Task<TransactionReply> AnswerAsync(string transactionId, List<Participation> participations)
    {
        var replies = new Dictionary<string, ModuleReply>();
        foreach (var participation in participations)
        {
            replies.Add(participation.Part.Module, await participation.Reply);
        }

        return new TransactionReply(transactionId, replies, replies.Values.Select(reply => reply.Refusal).OfType<Refusal>().FirstOrDefault());
    }

    private static TransactionReply Refuse(string transactionId, Refusal refusal) => new(transactionId, new Dictionary<string, ModuleReply>(), refusal);
}
