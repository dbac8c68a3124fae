using Cms.Actors.Modules;
using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Actors.Access;

/// <summary>Looks at what was decided, whatever was asked: may all of it be changed for this caller? Pure.</summary>
internal static class AccessGate
{
    /// <summary>Why a decision is not to become a commit, or null.</summary>
    /// <param name="module">The module.</param>
    /// <param name="before">The module before it.</param>
    /// <param name="command">What was asked.</param>
    /// <param name="decision">What was decided; it has changes.</param>
    public static Refusal? Check(string module, IModuleView before, ModuleCommand command, Decision decision)
    {
        if (!command.Access.IsEverything && new ChangeCheck(command.Access.In(module), before).Find(decision.Changes) is { } denied)
        {
            return new Refusal(ErrorCode.Denied, $"{command.Origin.Principal} may not {denied}; nothing was changed: see cms access explain");
        }

        return module == AccessScope.RulesModule && command is not ModuleCommand.MergeFile && command.IsValidated ? CheckRules(before, decision.After!) : null;
    }

    // What was wrong before, in an edited text, does not stop who mends something else.
    private static Refusal? CheckRules(IModuleView before, IModuleView after)
    {
        _ = AccessRules.Read(before, out var known);
        _ = AccessRules.Read(after, out var mistakes);
        return mistakes.Except(known).ToList() is { Count: > 0 } added
            ? new Refusal(ErrorCode.InvalidArgument, $"that would be no rules: {AccessDirectory.Describe(added)}") { Paths = [.. added.Select(mistake => mistake.Path)] }
            : null;
    }
}
