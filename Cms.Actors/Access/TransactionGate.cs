using Cms.Actors.Schemas;
using Cms.Actors.Transactions;
using Cms.Formats.Access;
using Cms.Formats.Refusals;

namespace Cms.Actors.Access;

/// <summary>Leaves of the answer to a commit over modules what its caller may not know of: modules take part in it that he has not named. Pure.</summary>
internal static class TransactionGate
{
    /// <summary>What the caller of a commit may do; all parts of it are of one caller.</summary>
    public static AccessScope AccessOf(IEnumerable<TransactionPart> parts) =>
        parts.Select(part => part.Command?.Access).OfType<AccessScope>().FirstOrDefault(access => !access.IsEverything) ?? AccessScope.Everything;

    /// <summary>A refusal by the modules themselves.</summary>
    /// <param name="refusal">Why the commit is not made.</param>
    /// <param name="access">What its caller may do.</param>
    /// <param name="votes">What the modules said.</param>
    public static Refusal Show(Refusal refusal, AccessScope access, IReadOnlyDictionary<string, Vote> votes) =>
        votes.Any(vote => vote.Value.Reply.Refusal is not null && !access.In(vote.Key).IsKnown)
            ? new Refusal(refusal.Code, "what refers to this, or is referred to, cannot be looked at now; ask again soon")
            : refusal;

    /// <summary>A refusal because of references between modules.</summary>
    /// <param name="refusal">Why the commit is not made.</param>
    /// <param name="access">What its caller may do.</param>
    /// <param name="votes">What the modules said; all of them agreed.</param>
    public static Refusal ShowReferences(Refusal refusal, AccessScope access, IReadOnlyDictionary<string, Vote> votes)
    {
        if (access.IsEverything)
        {
            return refusal;
        }

        var shown = refusal.Violations.Where(violation => votes.Any(vote =>
            violation.Path.StartsWith(vote.Key + ".", StringComparison.Ordinal) && vote.Value.View is { } view && AccessGate.IsReadable(access.In(vote.Key), view, violation.Path))).ToList();
        return shown.Count > 0 ? SchemaGate.Refuse(shown)
            : new Refusal(ErrorCode.SchemaViolated, "the schema of another module does not allow it: something that you may not read refers to this, or this to what is not there");
    }

    /// <summary>What became of each module that the caller may know of.</summary>
    public static TransactionReply Show(TransactionReply reply, AccessScope access) => access.IsEverything ? reply : reply with
    {
        Modules = reply.Modules.Where(module => access.In(module.Key).IsKnown).ToDictionary(),
        Refused = reply.Refused.Where(module => access.In(module.Key).IsKnown).ToDictionary(),
    };
}
