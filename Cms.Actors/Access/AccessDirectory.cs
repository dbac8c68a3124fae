using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Storage.Journals;

namespace Cms.Actors.Access;

/// <summary>The rules in force: those of the newest revision of module <c>access</c> that could be read.</summary>
/// <remarks>Any thread may call.</remarks>
public sealed class AccessDirectory
{
    private const int MostInProblem = 3;
    private const int MostPast = 100;
    private readonly TimeProvider _clock;
    private volatile AccessRules _rules = AccessRules.None;
    private volatile string? _problem;
    private volatile Task _shared = Task.CompletedTask;
    private bool _isRead;

    internal AccessDirectory(TimeProvider clock) => _clock = clock;

    /// <summary>The rules in force; none before module <c>access</c> is there.</summary>
    public AccessRules Rules => _rules;

    /// <summary>Other rules may be in force; told by the module's writer, so whoever listens returns at once.</summary>
    public event Action? Renewed;

    /// <summary>Has modules take their segments from who may no longer read them, or give them to who may; completes when they have.</summary>
    internal Func<IEnumerable<string>, Task> Share { get; set; } = _ => Task.CompletedTask;

    /// <summary>What somebody may do now; a few nanoseconds for one whose object is kept.</summary>
    public AccessScope ScopeOf(Principal principal) => _rules.ScopeOf(principal, _clock);

    /// <summary>Takes up the rules of a module that is opened; should they have mistakes, the newest ones before that have none.</summary>
    /// <param name="module">Whose writer calls.</param>
    /// <param name="view">The module.</param>
    /// <param name="past">The module at an earlier revision.</param>
    internal void Open(ModuleName module, IModuleView view, Func<Revision, IModuleView> past)
    {
        if (IsRules(module))
        {
            _rules = _isRead ? _rules : FindPast(view, past) ?? _rules;
            Renew(module, view);
        }
    }

    /// <summary>Takes up the rules of a commit before anybody hears of it; called by the module's writer.</summary>
    internal void Renew(ModuleName module, IModuleView view)
    {
        if (!IsRules(module))
        {
            return;
        }

        var read = AccessRules.Read(view, out var mistakes);
        var before = _rules;
        _isRead = true;
        _rules = read ?? _rules;
        _shared = Share(before.SegmentGroups.Keys.Union(_rules.SegmentGroups.Keys));
        _ = LimitRules.Read(view, out var limits);
        _problem = read is null ? $"the rules of before stay in force, since there are mistakes: {Describe(mistakes)}"
            : limits.Count > 0 ? $"limits are passed over, since there are mistakes: {Describe(limits)}"
            : null;
        Renewed?.Invoke();
    }

    /// <summary>Completes when the segments are readable for whom the rules say; only of concern to who has changed them.</summary>
    internal Task SharedAsync(ModuleName module) => IsRules(module) ? _shared : Task.CompletedTask;

    /// <summary>The number of the Unix group that may read the segment of a module by the rules; null for none.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="module">The module.</param>
    /// <param name="problem">Why the group that is wanted may not, for people, or null.</param>
    internal static uint? GroupOf(AccessRules rules, ModuleName module, out string? problem)
    {
        problem = null;
        if (module.Namespace.Length > 0 || !rules.SegmentGroups.TryGetValue(module.Name, out var group))
        {
            return null;
        }

        var number = UnixGroups.Find(group);
        problem = rules.FindReadProblem(module.Name, group) ?? (number is null ? $"this machine has no group '{group}'" : null);
        return problem is null ? number : null;
    }

    /// <summary>What is wrong with the rules when this is their module; null otherwise.</summary>
    internal string? ProblemOf(ModuleName module) => IsRules(module) ? _problem : null;

    internal static string Describe(IReadOnlyList<AccessMistake> mistakes) =>
        string.Join("; ", mistakes.Take(MostInProblem)) + (mistakes.Count > MostInProblem ? $"; and {mistakes.Count - MostInProblem} more" : "");

    // What a daemon that runs on would have kept; null when nothing of it is to be found.
    private static AccessRules? FindPast(IModuleView newest, Func<Revision, IModuleView> past)
    {
        try
        {
            var rules = AccessRules.Read(newest, out _);
            for (var revision = newest.Revision.Value - 1; rules is null && revision > Math.Max(newest.Revision.Value - MostPast, 0); revision--)
            {
                rules = AccessRules.Read(past(new Revision(revision)), out _);
            }

            return rules;
        }
        catch (JournalException)
        {
            // History that is not kept or cannot be read has no rules in it: then only administrators may do anything.
            return null;
        }
    }

    private static bool IsRules(ModuleName module) => module is { Namespace: "", Name: AccessScope.RulesModule };
}
