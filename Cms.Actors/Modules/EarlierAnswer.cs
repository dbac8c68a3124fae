using Cms.Formats.Refusals;
using Cms.Storage.Journals;

namespace Cms.Actors.Modules;

/// <summary>What a request was answered that is sent again.</summary>
internal static class EarlierAnswer
{
    /// <summary>The answer, or null when the request is new or has no id; a refusal when the id is another principal's.</summary>
    /// <param name="context">The module.</param>
    /// <param name="batch">What is decided and not yet in the journal.</param>
    /// <param name="origin">Who asks now.</param>
    public static ModuleReply? Find(ModuleContext context, Batch batch, CommitOrigin origin)
    {
        if (origin.RequestId is not { } requestId)
        {
            return null;
        }

        var answered = batch.FindRequest(requestId);
        var journaled = answered is null ? context.Journal.FindRequest(context.Module, requestId) : null;
        if ((answered?.Origin ?? journaled?.Origin) is { } before && before.Principal != origin.Principal && !origin.Access.IsEverything)
        {
            return new ModuleReply(batch.Revision, 0, new Refusal(ErrorCode.Conflict, $"the request id '{requestId}' is taken; make up another one"));
        }

        return (answered, journaled) switch
        {
            ({ } commit, _) => new ModuleReply(commit.Revision, commit.Changes.Count, null) { IsRepeated = true },
            (_, { } head) => new ModuleReply(head.Revision, head.ChangeCount, null) { IsRepeated = true, TransactionId = head.TransactionId },
            _ => null,
        };
    }
}
