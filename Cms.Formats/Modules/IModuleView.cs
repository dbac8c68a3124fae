using Cms.Formats.Tables;

namespace Cms.Formats.Modules;

/// <summary>The whole state of one module at one revision, as deciders, gateways and the command line read it.</summary>
/// <remarks>Used by one thread at a time. What it returns are copies that outlive it.</remarks>
public interface IModuleView
{
    /// <summary>The revision that this view shows.</summary>
    Revision Revision { get; }

    /// <summary>The id that the next section to be born gets.</summary>
    SectionId NextSection { get; }

    /// <summary>How many sections there are.</summary>
    int SectionCount { get; }

    /// <summary>The sections in order.</summary>
    IEnumerable<SectionView> Sections();

    /// <summary>The section with this id, or null.</summary>
    SectionView? FindSection(SectionId id);

    /// <summary>The section with this given name, or null; anonymous sections have none.</summary>
    SectionView? FindSection(string name);

    /// <summary>The options of a section in order; none when there is no such section.</summary>
    IEnumerable<OptionView> Options(SectionId section);

    /// <summary>One option, or null when the section or the option is missing.</summary>
    OptionView? FindOption(SectionId section, string option);

    /// <summary>The tables in the order of their creation. A view of a text has none.</summary>
    IEnumerable<TableView> Tables() => [];

    /// <summary>The table of this name, or null.</summary>
    TableView? FindTable(string table) => null;

    /// <summary>The rows of a table in the order of their insertion; none when there is no such table.</summary>
    IEnumerable<RowView> Rows(string table) => [];

    /// <summary>The row with this primary key, or null.</summary>
    /// <param name="table">The table's name.</param>
    /// <param name="key">As <see cref="TableRow.Key"/> has it.</param>
    RowView? FindRow(string table, ReadOnlyMemory<byte> key) => null;

    /// <summary>The rows that hold a value in a column with an index, in no particular order.</summary>
    /// <param name="table">The table's name.</param>
    /// <param name="column">The column's place in the schema; the primary key's or one with an index.</param>
    /// <param name="value">A string's bytes, an int's 8 little-endian bytes, a bool's one byte.</param>
    IEnumerable<RowView> FindRows(string table, int column, ReadOnlyMemory<byte> value) => [];
}

/// <summary>A section as a view shows it.</summary>
/// <param name="Id">Its permanent id.</param>
/// <param name="Type">Its type.</param>
/// <param name="Name">Its given name, or null when anonymous.</param>
/// <param name="Changed">The commit that last added, renamed, retyped or moved it; its options have revisions of their own.</param>
public sealed record SectionView(SectionId Id, string Type, string? Name, Revision Changed);

/// <summary>An option as a view shows it.</summary>
/// <param name="Name">[A-Za-z0-9_], 1 to 255 characters.</param>
/// <param name="Value">Its value.</param>
/// <param name="Changed">The commit that last set or renamed it.</param>
public sealed record OptionView(string Name, ConfigValue Value, Revision Changed);
