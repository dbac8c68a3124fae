using Cms.Formats.Access;
using Cms.Formats.Modules;

namespace Cms.Actors.Access;

/// <summary>The rules in force: those of the newest revision of module <c>access</c> that could be read.</summary>
/// <remarks>Any thread may call.</remarks>
public sealed class AccessDirectory
{
    private const int MostInProblem = 3;
    private readonly TimeProvider _clock;
    private volatile AccessRules _rules = AccessRules.None;
    private volatile string? _problem;

    internal AccessDirectory(TimeProvider clock) => _clock = clock;

    /// <summary>The rules in force; none before module <c>access</c> is there.</summary>
    public AccessRules Rules => _rules;

    /// <summary>Other rules may be in force; told by the module's writer, so whoever listens returns at once.</summary>
    public event Action? Renewed;

    /// <summary>What somebody may do now; a few nanoseconds for one whose object is kept.</summary>
    public AccessScope ScopeOf(Principal principal) => _rules.ScopeOf(principal, _clock);

    /// <summary>Takes up the rules of a commit before anybody hears of it; called by the module's writer.</summary>
    internal void Renew(ModuleName module, IModuleView view)
    {
        if (!IsRules(module))
        {
            return;
        }

        var read = AccessRules.Read(view, out var mistakes);
        _rules = read ?? _rules;
        _problem = read is null ? $"the rules of before stay in force, since there are mistakes: {Describe(mistakes)}" : null;
        Renewed?.Invoke();
    }

    /// <summary>What is wrong with the rules when this is their module; null otherwise.</summary>
    internal string? ProblemOf(ModuleName module) => IsRules(module) ? _problem : null;

    internal static string Describe(IReadOnlyList<AccessMistake> mistakes) =>
        string.Join("; ", mistakes.Take(MostInProblem)) + (mistakes.Count > MostInProblem ? $"; and {mistakes.Count - MostInProblem} more" : "");

    private static bool IsRules(ModuleName module) => module is { Namespace: "", Name: AccessScope.RulesModule };
}
