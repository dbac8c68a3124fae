using Cms.Actors.Transactions;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Actors.Schemas;

/// <summary>Decides whether the modules of a commit, as they would be after it, refer only to sections that are there. Pure.</summary>
internal static class ReferenceCheck
{
    /// <summary>The modules that have to take part beside those that voted.</summary>
    public static IReadOnlyList<string> FindMissing(IReadOnlyDictionary<string, Vote> votes) =>
        [.. votes.Values.SelectMany(vote => vote.Claims.Needs).Distinct(StringComparer.Ordinal).Where(module => !votes.ContainsKey(module))];

    /// <summary>Why the commit is not made although not all that it needs have voted: it refers to modules that there are not. Null when there are.</summary>
    public static Refusal? FindNowhere(IReadOnlyDictionary<string, Vote> votes, Func<string, bool> hasModule)
    {
        var nowhere = votes.Values.SelectMany(vote => vote.Claims.Added).Where(reference => !votes.ContainsKey(reference.Module) && !hasModule(reference.Module))
            .Select(Describe).Take(SchemaGate.MostViolations).ToList();
        return nowhere.Count == 0 ? null : SchemaGate.Refuse(nowhere);
    }

    /// <summary>Why the commit is not made, or null. Every module that the claims need has voted.</summary>
    public static Refusal? Decide(IReadOnlyDictionary<string, Vote> votes)
    {
        var violations = votes.Values.SelectMany(vote => vote.Claims.Added).Where(reference => !IsThere(votes, reference)).Select(Describe)
            .Concat(votes.SelectMany(vote => FindReferrers(votes, vote.Key, vote.Value.Claims.Removed)))
            .Distinct().Take(SchemaGate.MostViolations).ToList();
        return violations.Count == 0 ? null : SchemaGate.Refuse(violations);
    }

    /// <summary>A reference that leads nowhere, for the caller.</summary>
    public static Violation Describe(OutwardReference reference) => new(
        reference.Path,
        $"ref:{reference.Module}.{reference.Target.SectionType}",
        reference.NameShown,
        $"module {reference.Module} has no {reference.Target.SectionType} '{reference.NameShown}'");

    private static bool IsThere(IReadOnlyDictionary<string, Vote> votes, OutwardReference reference) =>
        votes[reference.Module].View?.FindSection(reference.Target.Name) is { } found && FieldReference.IsOfType(found.Type, reference.Target.SectionType);

    private static IEnumerable<Violation> FindReferrers(IReadOnlyDictionary<string, Vote> votes, string module, IReadOnlyList<ReferenceTarget> removed) =>
        removed.Count == 0 ? [] : votes
            .Where(vote => vote.Key != module && vote.Value is { Schema: not null, View: not null })
            .SelectMany(vote => SchemaValidator.FindReferrers(vote.Value.View!, vote.Value.Schema!, module, removed, SchemaGate.MostViolations));
}
