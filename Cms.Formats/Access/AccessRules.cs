using System.Runtime.CompilerServices;
using Cms.Formats.Modules;

namespace Cms.Formats.Access;

/// <summary>The rules of module <c>access</c>: who may do what, where, from where and when. Pure.</summary>
/// <remarks>
/// Never changed once read; any thread may call. The first rule in the order of the file that is about principal, action, path,
/// address and time decides; when none is, the answer is no.
/// </remarks>
public sealed class AccessRules
{
    private readonly ConditionalWeakTable<Principal, AccessScope> _scopes = [];
    private readonly IReadOnlyList<AccessRule> _rules;
    private readonly IReadOnlyDictionary<string, IReadOnlyList<PrincipalPattern>> _roles;

    internal AccessRules(
        IReadOnlyList<AccessRule> rules, IReadOnlyDictionary<string, IReadOnlyList<PrincipalPattern>> roles, IReadOnlyDictionary<string, string> segmentGroups) =>
        (_rules, _roles, SegmentGroups) = (rules, roles, segmentGroups);

    /// <summary>No rule, so that only administrators may do anything.</summary>
    public static AccessRules None { get; } = new([], new Dictionary<string, IReadOnlyList<PrincipalPattern>>(), new Dictionary<string, string>());

    /// <summary>The Unix group that is to read the segment of a module, by the module's name; whether it may is another question.</summary>
    public IReadOnlyDictionary<string, string> SegmentGroups { get; }

    /// <summary>How many rules there are.</summary>
    public int Count => _rules.Count;

    /// <summary>Reads the rules.</summary>
    /// <param name="module">Module <c>access</c>.</param>
    /// <param name="mistakes">Everything in it that is no rule; with any of them the rules cannot be relied on.</param>
    /// <returns>The rules, or null when there are mistakes.</returns>
    public static AccessRules? Read(IModuleView module, out IReadOnlyList<AccessMistake> mistakes) => new AccessRuleReader(module).Read(out mistakes);

    /// <summary>What somebody may do.</summary>
    /// <param name="principal">Who; what is found for him is remembered as long as this very object is used.</param>
    /// <param name="now">The moment, by the clock that the times of rules are meant in.</param>
    public AccessScope ScopeOf(Principal principal, DateTimeOffset now)
    {
        if (principal.IsAdministrator)
        {
            return AccessScope.Everything;
        }

        return _scopes.TryGetValue(principal, out var known) && IsGood(known, now) ? known : Find(principal, now);
    }

    /// <inheritdoc cref="ScopeOf(Principal, DateTimeOffset)"/>
    /// <param name="principal">Who; what is found for him is remembered as long as this very object is used.</param>
    /// <param name="clock">The clock that the times of rules are meant in; only asked when there are such rules.</param>
    public AccessScope ScopeOf(Principal principal, TimeProvider clock) =>
        _scopes.TryGetValue(principal, out var known) && known.GoodUntil == DateTimeOffset.MaxValue ? known : ScopeOf(principal, clock.GetLocalNow());

    /// <summary>Whether somebody may do something, and which rule says so.</summary>
    /// <param name="principal">Who.</param>
    /// <param name="now">The moment, by the clock that the times of rules are meant in.</param>
    /// <param name="action">What.</param>
    /// <param name="path">Where.</param>
    public AccessVerdict Explain(Principal principal, DateTimeOffset now, AccessAction action, in AccessPath path)
    {
        if (principal.IsAdministrator)
        {
            return new AccessVerdict(true, null, $"{principal.Name} is an administrator, who is above the rules");
        }

        var needed = AccessScope.Needed(action, path);
        var why = needed == action ? "" : $"module {AccessScope.RulesModule} needs {NameOf(needed)}; ";
        if (AccessScope.Find(LayerOf(principal, now), needed, path) is not { } rule)
        {
            return new AccessVerdict(false, null, $"{why}no rule is about it, so it is denied");
        }

        var verdict = new AccessVerdict(rule.Allows, rule.Name, $"{why}{rule.Name} {(rule.Allows ? "allows" : "denies")} it");
        if (!rule.Allows)
        {
            return verdict;
        }

        if (action == AccessAction.Watch && needed == action && Explain(principal, now, AccessAction.Read, path) is { IsAllowed: false } unread)
        {
            return unread with { Reason = $"what is watched has to be readable too: {unread.Reason}" };
        }

        return principal.Grants is { } grants && !ScopeOf(grants).Allows(action, path)
            ? new AccessVerdict(false, rule.Name, $"{verdict.Reason}, but it is beyond what {principal.Name} is good for")
            : verdict;
    }

    /// <summary>Why the members of a Unix group may not read all of a module at any time, whoever they are; null when they may.</summary>
    /// <param name="module">The module.</param>
    /// <param name="group">The name of the group.</param>
    /// <remarks>A <c>deny</c> before the rule that allows it counts whomever it is about, since a member may be anybody.</remarks>
    public string? FindReadProblem(string module, string group)
    {
        var path = AccessPath.OfModule(module);
        foreach (var rule in _rules.Where(rule => rule.Concerns(AccessScope.Needed(AccessAction.Read, path))))
        {
            var relation = AccessScope.RelationOf(rule, path);
            if (relation != PathRelation.Apart && !rule.Allows)
            {
                return $"{rule.Name} denies reading something that may be in it";
            }

            if (relation == PathRelation.Covers && rule is { Addresses: null, Times: null } && IsAboutAll(rule, group))
            {
                return null;
            }
        }

        return $"no rule allows group:{group} to read all of it from everywhere at any time";
    }

    /// <summary>The word of rules for an action.</summary>
    public static string NameOf(AccessAction action) => AccessRuleReader.ActionNames[(int)action];

    private bool IsAboutAll(AccessRule rule, string group)
    {
        var member = new Principal("") { Groups = [PrincipalPattern.Group + group] };
        bool Means(PrincipalPattern pattern) => pattern.Text == "*" || (pattern.IsGroup && pattern.Matches(member, new HashSet<string>()));
        return rule.Principals is null || rule.Principals.Any(each => each.IsRole ? _roles[each.Text[PrincipalPattern.Role.Length..]].Any(Means) : Means(each));
    }

    private static TimeSpan Minute => TimeSpan.FromMinutes(1);

    // A clock that was put back must not keep what it said before.
    private static bool IsGood(AccessScope scope, DateTimeOffset now) =>
        scope.GoodUntil == DateTimeOffset.MaxValue || (now < scope.GoodUntil && scope.GoodUntil - now <= Minute);

    private AccessScope Find(Principal principal, DateTimeOffset now)
    {
        var scope = AccessScope.Of(LayerOf(principal, now), IsTimed(principal) ? EndOfMinute(now) : DateTimeOffset.MaxValue);
        scope = principal.Grants is { } grants ? scope.Within(ScopeOf(grants)) : scope;
        _scopes.AddOrUpdate(principal, scope);
        return scope;
    }

    private static AccessScope ScopeOf(IReadOnlyList<AccessGrant> grants) => AccessScope.Of(
        [.. grants.Select(grant => new AccessRule("grant", Allows: true) { Actions = grant.Actions.Aggregate(0, (bits, action) => bits | AccessRule.BitOf(action)), Paths = [grant.Path] })],
        DateTimeOffset.MaxValue);

    private AccessRule[] LayerOf(Principal principal, DateTimeOffset now)
    {
        var roles = RolesOf(principal);
        return [.. _rules.Where(rule => rule.HoldsAt(now) && rule.IsAbout(principal, roles))];
    }

    private bool IsTimed(Principal principal)
    {
        var roles = RolesOf(principal);
        return _rules.Any(rule => rule.Times is not null && rule.IsAbout(principal, roles));
    }

    private HashSet<string> RolesOf(Principal principal)
    {
        HashSet<string> none = [];
        var given = principal.Groups.Where(group => group.StartsWith(PrincipalPattern.Role, StringComparison.Ordinal)).Select(group => group[PrincipalPattern.Role.Length..]);
        return [.. given.Where(_roles.ContainsKey), .. _roles.Where(role => role.Value.Any(member => member.Matches(principal, none))).Select(role => role.Key)];
    }

    // Times are given in minutes, so nothing changes before this one ends.
    private static DateTimeOffset EndOfMinute(DateTimeOffset now) => new DateTimeOffset(now.Ticks - (now.Ticks % Minute.Ticks), now.Offset) + Minute;
}
