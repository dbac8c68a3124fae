using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Formats.Edits;

/// <summary>What has to be done to take back what led from one state of a module to a later one.</summary>
/// <remarks>
/// Only what the current state still has as the later state left it is taken back; what was changed since is left alone. With the
/// later state as the current one the plan restores the earlier state: names, types, values, and the order of sections and options.
/// A restored section gets a new id. The rows of a table come back in their order unless more than <see cref="LongestReorder"/> of
/// them had to be written again for it; then the restored ones are the last. A restored table is the last one. Pure.
/// </remarks>
public sealed record RevertPlan
{
    /// <summary>The most options of a section, or rows of a table, that are written again only to have their order back.</summary>
    public const int LongestReorder = 10_000;

    /// <summary>To be applied to the current state, in order; none when nothing is to be taken back.</summary>
    public required IReadOnlyList<ModuleOperation> Operations { get; init; }

    /// <summary>The addresses that would have been taken back but were changed since, without the module.</summary>
    public required IReadOnlyList<string> Kept { get; init; }

    /// <summary>Plans to take back what led from <paramref name="before"/> to <paramref name="after"/>.</summary>
    /// <param name="before">The state to go back to.</param>
    /// <param name="after">The state that the changes led to.</param>
    /// <param name="current">What has become of it, with the same ids of sections.</param>
    /// <param name="scope">How much is taken back.</param>
    /// <param name="refusal">Why there is no plan, when this returns null: the scope names nothing in either state.</param>
    public static RevertPlan? TryCreate(IModuleView before, IModuleView after, IModuleView current, ModuleScope scope, out Refusal? refusal)
    {
        refusal = null;
        var table = scope is { Section: SectionSelector.ByName(var name), Option: null } ? name : null;
        var sections = new SectionRevert(before, after, current, scope);
        if (scope.Section is { } selector && !sections.IsFound)
        {
            if (table is null || (before.FindTable(table) is null && current.FindTable(table) is null))
            {
                refusal = new Refusal(
                    ErrorCode.NotFound,
                    $"there is no '{SectionLookup.Describe(selector)}'{(scope.Option is { } option ? $" with an option '{option}'" : "")}, neither at revision {before.Revision} nor now");
                return null;
            }

            return Create(new TableRevert(before, after, current).Plan(table));
        }

        var (operations, kept) = sections.Plan();
        return Create(scope.Section is null
            ? Join((operations, kept), new TableRevert(before, after, current).Plan(null))
            : (operations, kept));
    }

    private static RevertPlan Create((IReadOnlyList<ModuleOperation> Operations, IReadOnlyList<string> Kept) plan) =>
        new() { Operations = plan.Operations, Kept = [.. plan.Kept.Distinct()] };

    private static (IReadOnlyList<ModuleOperation> Operations, IReadOnlyList<string> Kept) Join(
        (IReadOnlyList<ModuleOperation> Operations, IReadOnlyList<string> Kept) first, (IReadOnlyList<ModuleOperation> Operations, IReadOnlyList<string> Kept) second) =>
        ([.. first.Operations, .. second.Operations], [.. first.Kept, .. second.Kept]);
}
