using Cms.Client.Documents;
using Cms.Client.Wire;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Cli.Transfer;

/// <summary>What an apply does to one module.</summary>
/// <param name="Document">What is sent, with the revision that the plan was made from.</param>
/// <param name="Source">Where the content is from; null for a module that is emptied since no file has it.</param>
/// <param name="Differences">What changes; none when the module is so already.</param>
internal sealed record ApplyPlan(ModuleDocument Document, string? Source, IReadOnlyList<WireDifference> Differences)
{
    /// <summary>Plans a module; the daemon will do just this as long as the module is at the revision that is read here.</summary>
    /// <param name="current">The module as committed; an empty view for one that is not there.</param>
    /// <param name="document">What it is to be.</param>
    /// <param name="source">Where that is from.</param>
    /// <param name="isMerge">Whether it is added to the module.</param>
    /// <exception cref="RefusedException">It cannot be carried out, or the document expects another revision.</exception>
    public static ApplyPlan Make(IModuleView current, ModuleDocument document, string? source, bool isMerge)
    {
        if (document.Expected is { } expected && expected != current.Revision.Value)
        {
            throw new RefusedException(ErrorCode.Conflict, $"{document.Module}: the module is at revision {current.Revision}, and {source} expects {expected}; look at what has changed: cms diff {document.Module}");
        }

        try
        {
            var after = document.ToImport(isMerge).Apply(current, EditLimits.Default);
            return new ApplyPlan(document with { Expected = current.Revision.Value }, source, [.. ModuleDiff.Between(current, after).Select(DifferenceMapper.ToWire)]);
        }
        catch (RefusedException refused) when (refused.Refusal.Code != ErrorCode.Conflict)
        {
            throw new RefusedException(refused.Refusal with { Message = $"{document.Module}: {refused.Refusal.Message}" });
        }
    }

    /// <summary>How many things are added, changed and removed.</summary>
    public (int Added, int Changed, int Removed) Count()
    {
        var counts = (Added: 0, Changed: 0, Removed: 0);
        foreach (var difference in Differences)
        {
            var isNew = difference.Old is null && difference.OldRow is null && difference.OldColumns is null;
            var isGone = difference.New is null && difference.NewRow is null && difference.NewColumns is null;
            counts = isNew && !isGone ? counts with { Added = counts.Added + 1 }
                : isGone && !isNew ? counts with { Removed = counts.Removed + 1 }
                : counts with { Changed = counts.Changed + 1 };
        }

        return counts;
    }
}
