using Cms.Actors.Modules;
using Cms.Actors.Schemas;
using Cms.Actors.Topics;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Storage.Journals;

namespace Cms.Actors.Transactions;

/// <summary>One module's part in a commit over several modules, on its way through the module's mailbox.</summary>
/// <remarks>
/// The module votes once; a module that is prepared does nothing else until it hears the verdict. The coordinator gives
/// the verdict once. After a commit the module tells first that readers see it, then answers.
/// </remarks>
internal sealed class Participation(TransactionPart part, string transactionId) : ModuleRequest
{
    private readonly TaskCompletionSource<Vote> _vote = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Verdict> _verdict = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _published = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ModuleReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is asked of the module.</summary>
    public TransactionPart Part { get; } = part;

    /// <summary>The transaction that this belongs to.</summary>
    public string TransactionId { get; } = transactionId;

    /// <summary>What the module says to it.</summary>
    public Task<Vote> Voted => _vote.Task;

    /// <summary>What the coordinator decided.</summary>
    public Task<Verdict> Decided => _verdict.Task;

    /// <summary>Completes when readers see the commit, or the module has failed to show it.</summary>
    public Task Published => _published.Task;

    /// <summary>The module's answer after a commit.</summary>
    public Task<ModuleReply> Reply => _reply.Task;

    public override bool LooksAtFile => Part.Command?.WaitForFile == true;

    public void Vote(Vote vote) => _vote.TrySetResult(vote);

    public void Decide(Verdict verdict) => _verdict.TrySetResult(verdict);

    public void Publish() => _published.TrySetResult();

    public void Answer(ModuleReply reply) => _reply.TrySetResult(reply);

    public override void Refuse(Revision revision, Refusal refusal)
    {
        var reply = new ModuleReply(revision, 0, refusal);
        // A module that has not voted has done nothing, whatever it failed at.
        Vote(new Vote(reply with { Refusal = refusal with { Code = refusal.Code == ErrorCode.UnknownOutcome ? ErrorCode.Unavailable : refusal.Code } }, null));
        Publish();
        Answer(reply);
    }
}

/// <summary>What a module says to its part.</summary>
/// <param name="Reply">What its caller will hear if all agree; with a refusal, the module does not agree.</param>
/// <param name="Commit">What is to be appended; null when the module has nothing to change.</param>
internal sealed record Vote(ModuleReply Reply, CommitRecord? Commit)
{
    /// <summary>The module as it would be; the coordinator may read it until it gives the verdict. Null when the module does not agree.</summary>
    public IModuleView? View { get; init; }

    /// <summary>The schema that would hold, or null.</summary>
    public ModuleSchema? Schema { get; init; }

    /// <summary>What is to be checked together with other modules.</summary>
    public ReferenceClaims Claims { get; init; } = ReferenceClaims.None;

    /// <summary>The commit as validators are to be asked about it; null when it concerns none.</summary>
    public TopicEvent.Committed? AskedAbout { get; init; }
}

/// <summary>What becomes of a commit over several modules.</summary>
internal enum Verdict
{
    /// <summary>It is durable.</summary>
    Committed,

    /// <summary>It was not made.</summary>
    Aborted,

    /// <summary>The journal failed while it was appended: each module reads again what became of it.</summary>
    Unknown,
}
