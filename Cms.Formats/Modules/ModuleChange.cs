using Cms.Formats.Tables;

namespace Cms.Formats.Modules;

/// <summary>
/// One decided step from a module's state to the next; a commit is a list of them, applied in order.
/// The journal stores these and the segment is their projection, so cases are added, never changed.
/// </summary>
public abstract record ModuleChange
{
    /// <summary>A change of one section.</summary>
    /// <param name="Section">The section concerned.</param>
    public abstract record OfSection(SectionId Section) : ModuleChange;

    /// <summary>A change of one table.</summary>
    /// <param name="Table">The name of the table concerned.</param>
    public abstract record OfTable(string Table) : ModuleChange;

    /// <summary>A section was born at the end of the module.</summary>
    /// <param name="Section">An id never used before in this module.</param>
    /// <param name="Type">1 to 255 bytes of 33..126.</param>
    /// <param name="Name">Null for an anonymous section; otherwise unique in the module, [A-Za-z0-9_], 1 to 255 characters.</param>
    public sealed record SectionAdded(SectionId Section, string Type, string? Name) : OfSection(Section);

    /// <summary>A section went, and all its options with it.</summary>
    public sealed record SectionRemoved(SectionId Section) : OfSection(Section);

    /// <summary>A section got a name, or another one.</summary>
    public sealed record SectionRenamed(SectionId Section, string Name) : OfSection(Section);

    /// <summary>A section got another type.</summary>
    public sealed record SectionRetyped(SectionId Section, string Type) : OfSection(Section);

    /// <summary>A section moved.</summary>
    /// <param name="Section">The section that moved.</param>
    /// <param name="Index">0-based place among all sections once it has moved; at most their count - 1.</param>
    public sealed record SectionMoved(SectionId Section, int Index) : OfSection(Section);

    /// <summary>An option was set: in its old place when the section has it, else behind the last one.</summary>
    public sealed record OptionSet(SectionId Section, string Option, ConfigValue Value) : OfSection(Section);

    /// <summary>An option went.</summary>
    public sealed record OptionRemoved(SectionId Section, string Option) : OfSection(Section);

    /// <summary>An option got another name and kept its place; the section had no option of that name.</summary>
    public sealed record OptionRenamed(SectionId Section, string Option, string NewOption) : OfSection(Section);

    /// <summary>A table was created, without rows.</summary>
    /// <param name="Table">A name that no other table has, [A-Za-z0-9_], 1 to 255 characters.</param>
    /// <param name="Schema">Its columns.</param>
    public sealed record TableCreated(string Table, TableSchema Schema) : OfTable(Table);

    /// <summary>A table went, and all its rows with it.</summary>
    public sealed record TableDropped(string Table) : OfTable(Table);

    /// <summary>A row was put behind the last one.</summary>
    /// <param name="Table">The table.</param>
    /// <param name="Row">Its primary key, and what it holds in unique columns, is in no other row.</param>
    public sealed record RowInserted(string Table, TableRow Row) : OfTable(Table);

    /// <summary>A row got other values and kept its place and its primary key.</summary>
    /// <param name="Table">The table.</param>
    /// <param name="Row">The whole row as it is now.</param>
    public sealed record RowUpdated(string Table, TableRow Row) : OfTable(Table);

    /// <summary>A row went.</summary>
    /// <param name="Table">The table.</param>
    /// <param name="Key">The value of its primary key, as <see cref="TableRow.Key"/> has it.</param>
    public sealed record RowDeleted(string Table, ReadOnlyMemory<byte> Key) : OfTable(Table);
}
