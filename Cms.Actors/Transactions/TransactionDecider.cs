using Cms.Formats.Refusals;

namespace Cms.Actors.Transactions;

/// <summary>Decides from the votes of all modules what becomes of a commit over them. Pure.</summary>
internal static class TransactionDecider
{
    /// <summary>Why the commit is not made, or null when every module agrees.</summary>
    /// <param name="votes">Each module's vote, by module.</param>
    /// <param name="before">The modules of the commit that first answered the request id; empty when nobody knows it.</param>
    public static Refusal? Decide(IReadOnlyDictionary<string, Vote> votes, IReadOnlySet<string> before)
    {
        // What was answered before stands, even if modules that it only read, or that were as asked already, have changed since.
        if (IsRepetition(votes, before))
        {
            return null;
        }

        var refused = votes.Where(vote => vote.Value.Reply.Refusal is not null).Select(vote => (Module: vote.Key, Refusal: vote.Value.Reply.Refusal!)).ToList();
        if (refused.Count == 0)
        {
            return CheckRepetition(votes);
        }

        // A caller who sees all conflicts, or all that a schema does not allow, at once needs one look, not one for each module.
        var gravest = refused.FirstOrDefault(each => each.Refusal.Code != ErrorCode.Conflict, refused[0]).Refusal.Code;
        var shown = refused.Where(each => each.Refusal.Code == gravest).ToList();
        shown = gravest is ErrorCode.Conflict or ErrorCode.SchemaViolated ? shown : [shown[0]];
        return new Refusal(shown[0].Refusal.Code, string.Join("; ", shown.Select(each => $"{each.Module}: {each.Refusal.Message}")))
        {
            Paths = [.. shown.SelectMany(each => each.Refusal.Paths.Select(path => $"{each.Module}.{path}"))],
            Violations = [.. shown.SelectMany(each => each.Refusal.Violations)],
        };
    }

    /// <summary>Whether all that was carried out under this request id is asked for again.</summary>
    /// <inheritdoc cref="Decide"/>
    public static bool IsRepetition(IReadOnlyDictionary<string, Vote> votes, IReadOnlySet<string> before) =>
        before.Count > 0 && before.All(module => votes.TryGetValue(module, out var vote) && vote.Reply.IsRepeated);

    // What was answered before is answered again; a request id that only some of the modules know was another request's.
    private static Refusal? CheckRepetition(IReadOnlyDictionary<string, Vote> votes)
    {
        var isRepeated = votes.Values.Any(vote => vote.Reply.IsRepeated);
        var fresh = votes.Where(vote => vote.Value.Commit is not null).Select(vote => vote.Key).ToList();
        return isRepeated && fresh.Count > 0
            ? new Refusal(
                ErrorCode.InvalidArgument,
                $"the request id was used before for a commit without {string.Join(", ", fresh)}; make up a new one for each request")
            : null;
    }
}
