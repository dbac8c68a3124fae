using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Actors.Topics;

/// <summary>A change of a commit with what names it and, when somebody wants that, what was there before.</summary>
/// <param name="Change">What was done.</param>
public sealed record ToldChange(ModuleChange Change)
{
    /// <summary>The section just before the change, of one that was added the section itself; null for tables.</summary>
    public SectionView? Section { get; init; }

    /// <summary>The columns of the table just before the change, of one that was created its own; null for sections.</summary>
    public TableSchema? Schema { get; init; }

    /// <summary>The option just before the change; null when it was not there or is not wanted.</summary>
    public OptionView? OldOption { get; init; }

    /// <summary>The row just before the change; null when it was not there or is not wanted.</summary>
    public RowView? OldRow { get; init; }

    /// <summary>The options of a section that was removed; empty otherwise, or when they are not wanted.</summary>
    public IReadOnlyList<OptionView> OldOptions { get; init; } = [];
}
