using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Formats.Edits;

/// <summary>The differences of two states that concern one section, option or table. Pure.</summary>
public static class DifferenceFilter
{
    /// <summary>Finds the differences within a scope.</summary>
    /// <param name="before">The earlier state.</param>
    /// <param name="after">The later state.</param>
    /// <param name="scope">The section is looked for in the later state, then in the earlier one.</param>
    /// <exception cref="RefusedException">The scope names nothing in either state.</exception>
    public static IEnumerable<ModuleDifference> Apply(IModuleView before, IModuleView after, ModuleScope scope)
    {
        var all = ModuleDiff.Between(before, after);
        if (scope.Section is not { } selector)
        {
            return all;
        }

        var later = SectionLookup.Find(after, selector)?.Id;
        var earlier = SectionLookup.Find(before, selector)?.Id;
        if (later is not null || earlier is not null)
        {
            return all.OfType<ModuleDifference.OfSection>().Where(difference => difference.Section == (later ?? earlier)
                && (scope.Option is null || (difference as ModuleDifference.OptionChanged)?.Option == scope.Option));
        }

        return selector is SectionSelector.ByName(var table) && (before.FindTable(table) ?? after.FindTable(table)) is not null
            ? all.OfType<ModuleDifference.OfTable>().Where(difference => difference.Table == table)
            : throw new RefusedException(ErrorCode.NotFound, $"there is no '{SectionLookup.Describe(selector)}' in revision {before.Revision} or {after.Revision}");
    }
}
