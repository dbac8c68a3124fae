using System.Diagnostics;
using Cms.Actors.Schemas;
using Cms.Actors.Secrets;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Uci;

namespace Cms.Actors.Modules;

/// <summary>Decides what a command does to a module. Pure: the same view and command give the same decision.</summary>
public static class ModuleDecider
{
    /// <summary>Decides one command.</summary>
    /// <param name="view">The module, under the commands decided before in the same batch, with the plain text of its secrets.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="limits">The bounds to keep.</param>
    /// <param name="schema">The module's schema, which says of what type values are stored; null for none.</param>
    /// <param name="secrets">What the module has sealed; null for nothing.</param>
    public static Decision Decide(IModuleView view, ModuleCommand command, EditLimits limits, ModuleSchema? schema = null, DecidedSecrets? secrets = null)
    {
        var session = new EditSession(view, limits, schema, secrets?.Unsealer);
        return command switch
        {
            ModuleCommand.Edit edit => DecideEdit(session, edit, limits),
            ModuleCommand.ApplyDelta delta => DecideDelta(view, delta, session),
            ModuleCommand.Replace replace => DecideReplace(SecretsAs(replace.Content, view, secrets), replace, session),
            ModuleCommand.Include include => DecideAll(session, ModuleInclusion.Plan(include.Content, SecretsAs(include.Content, view, secrets))),
            ModuleCommand.Import import => DecideImport(SecretsAs(import.Content.Content, view, secrets), import, session),
            ModuleCommand.Revert revert => DecideRevert(view, secrets is null ? revert : secrets.Plain(revert), session),
            ModuleCommand.Restore restore => DecideRestore(view, restore, session, secrets),
            ModuleCommand.MergeFile merge => DecidePlan(session, ThreeWayMerge.Plan(merge.Ground, merge.Content, secrets?.AsInFile ?? view)),
            ModuleCommand.ChangeSchema change => SchemaDecider.Decide(view, change, limits, secrets),
            _ => throw new UnreachableException($"unknown command {command.GetType().Name}"),
        };
    }

    private static IModuleView SecretsAs(IModuleView content, IModuleView view, DecidedSecrets? secrets) => secrets?.As(content, view) ?? view;

    private static Decision DecideReplace(IModuleView view, ModuleCommand.Replace replace, EditSession session) =>
        DecidePlan(session, ThreeWayMerge.Plan(view, replace.Content, view));

    private static Decision DecideEdit(EditSession session, ModuleCommand.Edit edit, EditLimits limits)
    {
        var operations = edit.Operations;
        var most = edit.IsBulk ? limits.MaxBulkOperations : limits.MaxOperations;
        if (operations.Count > most)
        {
            return Decision.Reject(new Refusal(ErrorCode.TooLarge, $"the request has {operations.Count} operations; the most is {most}: split it, or use import"));
        }

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

    private static Decision DecideDelta(IModuleView view, ModuleCommand.ApplyDelta command, EditSession session)
    {
        var editor = new DeltaEditor(view, session);
        UciDelta.Apply(command.Delta, command.Package, editor);
        return editor.Refusal is { } refusal ? Decision.Reject(refusal) : Decision.Accept(session);
    }

    private static Decision DecideImport(IModuleView view, ModuleCommand.Import import, EditSession session) =>
        import.Content.Plan(view, out var refusal) is { } operations ? DecideAll(session, operations) : Decision.Reject(refusal!);

    private static Decision DecideRevert(IModuleView view, ModuleCommand.Revert revert, EditSession session)
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
            : DecideAll(session, plan.Operations) with { Conflicts = plan.Kept };
    }

    private static Decision DecideRestore(IModuleView view, ModuleCommand.Restore restore, EditSession session, DecidedSecrets? secrets)
    {
        var content = !restore.SharesIds ? new RenumberedModule(restore.Content, view) : secrets?.Plain(restore.Content) ?? restore.Content;
        return DecideRevert(view, new ModuleCommand.Revert(restore.Origin, content, After: null, ModuleScope.Module), session);
    }

    private static Decision DecidePlan(EditSession session, MergePlan plan) =>
        DecideAll(session, plan.Operations) with { Conflicts = plan.Conflicts };

    private static Decision DecideAll(EditSession session, IReadOnlyList<ModuleOperation> operations)
    {
        for (var index = 0; index < operations.Count; index++)
        {
            if (session.Apply(operations[index]) is { } refusal)
            {
                return Decision.Reject(refusal, index);
            }
        }

        return Decision.Accept(session);
    }
}
