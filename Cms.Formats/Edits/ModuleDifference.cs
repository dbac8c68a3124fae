using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Formats.Edits;

/// <summary>One thing in which two states of a module differ.</summary>
/// <param name="Path">Its address without the module: <c>lan.mtu</c>, <c>@rule[2]</c>, <c>hosts[a]</c>; as it is in the later state unless it is gone there.</param>
public abstract record ModuleDifference(string Path)
{
    /// <summary>A difference of one section.</summary>
    /// <param name="Path">Its address.</param>
    /// <param name="Section">The section's id in the later state, or in the earlier one when it is gone.</param>
    public abstract record OfSection(string Path, SectionId Section) : ModuleDifference(Path);

    /// <summary>A difference of one table.</summary>
    /// <param name="Path">Its address.</param>
    /// <param name="Table">The table's name.</param>
    public abstract record OfTable(string Path, string Table) : ModuleDifference(Path);

    /// <summary>A section is new; its options follow.</summary>
    public sealed record SectionAdded(string Path, SectionId Section, string Type, string? Name) : OfSection(Path, Section);

    /// <summary>A section is gone; the options that it had follow.</summary>
    public sealed record SectionRemoved(string Path, SectionId Section, string Type, string? Name) : OfSection(Path, Section);

    /// <summary>A section has another name; null stands for none.</summary>
    public sealed record SectionRenamed(string Path, SectionId Section, string? OldName, string? Name) : OfSection(Path, Section);

    /// <summary>A section has another type.</summary>
    public sealed record SectionRetyped(string Path, SectionId Section, string OldType, string Type) : OfSection(Path, Section);

    /// <summary>A section stands elsewhere among those that both states have.</summary>
    /// <param name="Path">Its address.</param>
    /// <param name="Section">The section.</param>
    /// <param name="OldIndex">Its 0-based place among all sections of the earlier state.</param>
    /// <param name="Index">Its 0-based place among all sections of the later state.</param>
    public sealed record SectionMoved(string Path, SectionId Section, int OldIndex, int Index) : OfSection(Path, Section);

    /// <summary>An option has another value; null stands for an option that is not there.</summary>
    public sealed record OptionChanged(string Path, SectionId Section, string Option, ConfigValue? OldValue, ConfigValue? Value) : OfSection(Path, Section);

    /// <summary>The options that both states have stand in another order; the names are all that each state has.</summary>
    public sealed record OptionsReordered(string Path, SectionId Section, IReadOnlyList<string> OldOrder, IReadOnlyList<string> Order) : OfSection(Path, Section);

    /// <summary>A table is new, or has other columns than before; its rows follow.</summary>
    public sealed record TableCreated(string Path, string Table, TableSchema Schema) : OfTable(Path, Table);

    /// <summary>A table is gone, or has other columns now; the rows that it had follow.</summary>
    public sealed record TableDropped(string Path, string Table, TableSchema Schema) : OfTable(Path, Table);

    /// <summary>A row holds something else; null stands for a row that is not there.</summary>
    public sealed record RowChanged(string Path, string Table, TableSchema Schema, TableRow? OldRow, TableRow? Row) : OfTable(Path, Table);

    /// <summary>The rows that both states have stand in another order.</summary>
    public sealed record RowsReordered(string Path, string Table) : OfTable(Path, Table);
}
