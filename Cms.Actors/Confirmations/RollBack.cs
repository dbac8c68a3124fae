using Cms.Actors.Modules;
using Cms.Actors.Transactions;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Storage.Confirmations;
using Cms.Storage.Journals;

namespace Cms.Actors.Confirmations;

/// <summary>Takes back the commits of a confirmation that ran out, all or none, as ordinary commits.</summary>
/// <remarks>They have a request id that is made of the confirmation's, so that what a crash cut short is carried out once.</remarks>
internal sealed class RollBack(ConfirmationContext context, StoredConfirmation confirmation)
{
    private readonly string _requestId = "confirm-" + confirmation.Terms.Id;

    /// <summary>Takes them back, if that was not done before.</summary>
    /// <returns>What was done, in words.</returns>
    /// <exception cref="RefusedException">It cannot be done now; nothing was.</exception>
    /// <exception cref="JournalException">The journal failed; it is to be tried again.</exception>
    public async Task<string> RunAsync()
    {
        if (Done() is { } done)
        {
            return done;
        }

        var parts = confirmation.Commits.Select(ToPart).ToList();
        var reply = await context.Transactions.CommitAsync(parts, CancellationToken.None);
        if (reply.Refusal is { } refusal)
        {
            throw new RefusedException(refusal);
        }

        // A module in which nothing was left to take back has no commit that says so.
        var untouched = reply.Modules.Where(each => each.Value.ChangeCount == 0).SelectMany(each => each.Value.Kept.Select(path => $"{each.Key}.{path}")).ToList();
        string?[] told = [Done(), untouched.Count == 0 ? null : ModuleReply.Describe(untouched)];
        return told.OfType<string>().ToList() is { Count: > 0 } all ? string.Join("; ", all) : "it was taken back by others already";
    }

    private TransactionPart ToPart(ConfirmedCommit commit)
    {
        var message = $"roll back revision {commit.Revision}, which {confirmation.Terms.Principal} did not confirm in time";
        var origin = new CommitOrigin("confirm", "confirm", message, _requestId);
        var before = context.History.StateAt(commit.Module, new Revision(commit.Revision.Value - 1));
        var after = context.History.StateAt(commit.Module, commit.Revision);
        return new TransactionPart(commit.Module.Name, new ModuleCommand.Revert(origin, before, after, ModuleScope.Module) { IsValidated = false });
    }

    private string? Done()
    {
        var heads = confirmation.Commits.Select(commit => context.Journal.FindRequest(commit.Module, _requestId)).OfType<CommitHead>().ToList();
        return heads.Count == 0 ? null : string.Join("; ", heads.Select(head => $"{head.Module} revision {head.Revision}: {head.Origin.Message}"));
    }
}
