using System.Diagnostics;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Uci;

namespace Cms.Actors.Modules;

/// <summary>Decides what a command does to a module. Pure: the same view and command give the same decision.</summary>
public static class ModuleDecider
{
    /// <summary>Decides one command.</summary>
    /// <param name="view">The module, under the commands decided before in the same batch.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="limits">The bounds to keep.</param>
    public static Decision Decide(IModuleView view, ModuleCommand command, EditLimits limits) => command switch
    {
        ModuleCommand.Edit edit => DecideEdit(view, edit, limits),
        ModuleCommand.ApplyDelta delta => DecideDelta(view, delta, limits),
        ModuleCommand.Replace replace => DecidePlan(view, ThreeWayMerge.Plan(view, replace.Content, view), limits),
        ModuleCommand.Include include => DecideAll(new EditSession(view, limits), ModuleInclusion.Plan(include.Content, view)),
        ModuleCommand.Revert revert => DecideRevert(view, revert, limits),
        ModuleCommand.Restore restore => DecideRestore(view, restore, limits),
        ModuleCommand.MergeFile merge => DecidePlan(view, ThreeWayMerge.Plan(merge.Ground, merge.Content, view), limits),
        _ => throw new UnreachableException($"unknown command {command.GetType().Name}"),
    };

    private static Decision DecideEdit(IModuleView view, ModuleCommand.Edit edit, EditLimits limits)
    {
        var operations = edit.Operations;
        var most = edit.IsBulk ? limits.MaxBulkOperations : limits.MaxOperations;
        if (operations.Count > most)
        {
            return Decision.Reject(new Refusal(ErrorCode.TooLarge, $"the request has {operations.Count} operations; the most is {most}: split it, or use import"));
        }

        var session = new EditSession(view, limits);
        return FindConflicts(session, operations) ?? DecideAll(session, operations) with { Born = session.Born, Counters = session.Counters };
    }

    private static Decision? FindConflicts(EditSession session, IReadOnlyList<ModuleOperation> operations)
    {
        List<string>? conflicts = null;
        var first = 0;
        for (var index = 0; index < operations.Count; index++)
        {
            if (session.FindConflict(operations[index]) is not { } path)
            {
                continue;
            }

            first = conflicts is null ? index : first;
            conflicts ??= [];
            conflicts.Add(path);
        }

        return conflicts is null ? null : Decision.Reject(Conflict([.. conflicts.Distinct()]), first);
    }

    private static Refusal Conflict(IReadOnlyList<string> paths) => new(
        ErrorCode.Conflict,
        $"changed since it was staged: {string.Join(", ", paths)}; look at the new value, then revert and stage again")
    { Paths = paths };

    private static Decision DecideDelta(IModuleView view, ModuleCommand.ApplyDelta command, EditLimits limits)
    {
        var session = new EditSession(view, limits);
        var editor = new DeltaEditor(view, session);
        UciDelta.Apply(command.Delta, command.Package, editor);
        return editor.Refusal is { } refusal ? Decision.Reject(refusal) : Decision.Accept(session.Changes);
    }

    private static Decision DecideRevert(IModuleView view, ModuleCommand.Revert revert, EditLimits limits)
    {
        if (RevertPlan.TryCreate(revert.Before, revert.After ?? view, view, revert.Scope, out var refusal) is not { } plan)
        {
            return Decision.Reject(refusal!);
        }

        return revert.After is null && plan.Kept.Count > 0
            ? Decision.Reject(new Refusal(
                ErrorCode.Conflict,
                $"{string.Join(", ", plan.Kept)} cannot go back alone: its section is gone, or its name is another section's now; roll back the whole section or the module")
            { Paths = plan.Kept })
            : DecideAll(new EditSession(view, limits), plan.Operations) with { Conflicts = plan.Kept };
    }

    private static Decision DecideRestore(IModuleView view, ModuleCommand.Restore restore, EditLimits limits)
    {
        var content = restore.SharesIds ? restore.Content : new RenumberedModule(restore.Content, view);
        return DecideRevert(view, new ModuleCommand.Revert(restore.Origin, content, After: null, ModuleScope.Module), limits);
    }

    private static Decision DecidePlan(IModuleView view, MergePlan plan, EditLimits limits) =>
        DecideAll(new EditSession(view, limits), plan.Operations) with { Conflicts = plan.Conflicts };

    private static Decision DecideAll(EditSession session, IReadOnlyList<ModuleOperation> operations)
    {
        for (var index = 0; index < operations.Count; index++)
        {
            if (session.Apply(operations[index]) is { } refusal)
            {
                return Decision.Reject(refusal, index);
            }
        }

        return Decision.Accept(session.Changes);
    }
}
