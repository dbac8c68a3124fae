using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Formats.Edits;

/// <summary>One thing a caller wants done to a module; staged in sessions and sent in commits.</summary>
public abstract record ModuleOperation
{
    /// <summary>
    /// The revision that last changed the path when the caller looked, <see cref="Revision.None"/> when it was
    /// missing; null when the caller does not mind. A path that has changed since is a conflict.
    /// </summary>
    public Revision? Expected { get; init; }

    /// <summary>Adds a section at the end.</summary>
    /// <param name="Type">Its type.</param>
    /// <param name="Name">Its name, or null for an anonymous one.</param>
    /// <param name="Key">What later operations of the same request call it; unique in the request.</param>
    public sealed record AddSection(string Type, string? Name, string Key) : ModuleOperation;

    /// <summary>An operation on a section that is there, or on something in it.</summary>
    /// <param name="Section">Which one.</param>
    public abstract record OfSection(SectionSelector Section) : ModuleOperation;

    /// <summary>An operation on an option.</summary>
    /// <param name="Section">The section.</param>
    /// <param name="Option">The option's name.</param>
    public abstract record OfOption(SectionSelector Section, string Option) : OfSection(Section);

    /// <summary>Gives a section this type, adding it when the selector is a name that is free.</summary>
    public sealed record SetSection(SectionSelector Section, string Type) : OfSection(Section);

    /// <summary>Removes a section with its options.</summary>
    public sealed record DeleteSection(SectionSelector Section) : OfSection(Section);

    /// <summary>Gives a section another name.</summary>
    public sealed record RenameSection(SectionSelector Section, string NewName) : OfSection(Section);

    /// <summary>Moves a section to a 0-based place among all; one past the end means last.</summary>
    public sealed record MoveSection(SectionSelector Section, int Index) : OfSection(Section);

    /// <summary>Sets an option.</summary>
    public sealed record SetOption(SectionSelector Section, string Option, ConfigValue Value) : OfOption(Section, Option);

    /// <summary>Removes an option.</summary>
    public sealed record DeleteOption(SectionSelector Section, string Option) : OfOption(Section, Option);

    /// <summary>Gives an option another name, in the same place.</summary>
    public sealed record RenameOption(SectionSelector Section, string Option, string NewOption) : OfOption(Section, Option);

    /// <summary>Appends one element, or all of a list; a scalar becomes element 0, a missing option a list of these.</summary>
    public sealed record AddToList(SectionSelector Section, string Option, ConfigValue Elements) : OfOption(Section, Option);

    /// <summary>Gives one element of a list another value, by its 0-based index.</summary>
    public sealed record SetElement(SectionSelector Section, string Option, int Index, ConfigValue Element) : OfOption(Section, Option);

    /// <summary>Removes one element of a list by its 0-based index; past the end nothing happens, as in UCI.</summary>
    public sealed record DeleteElement(SectionSelector Section, string Option, int Index) : OfOption(Section, Option);

    /// <summary>Removes all elements of a list that read as this scalar; on a scalar or a missing option nothing happens.</summary>
    public sealed record RemoveFromList(SectionSelector Section, string Option, ConfigValue Element) : OfOption(Section, Option);

    /// <summary>Adds a number to an option that reads as a whole number; a missing one counts as 0. The option keeps its type.</summary>
    public sealed record IncrementOption(SectionSelector Section, string Option, long By) : OfOption(Section, Option);

    /// <summary>Changes nothing, but refuses the whole request as a conflict unless the option reads as this value.</summary>
    /// <param name="Section">The section.</param>
    /// <param name="Option">The option's name.</param>
    /// <param name="Value">What it must be; null when it must be missing.</param>
    public sealed record CheckOption(SectionSelector Section, string Option, ConfigValue? Value) : OfOption(Section, Option);

    /// <summary>An operation on a table.</summary>
    /// <param name="Table">The table's name.</param>
    public abstract record OfTable(string Table) : ModuleOperation;

    /// <summary>An operation on a row.</summary>
    /// <param name="Table">The table's name.</param>
    /// <param name="Row">Values by the names of their columns; the primary key's among them.</param>
    public abstract record OfRow(string Table, IReadOnlyDictionary<string, ConfigValue> Row) : OfTable(Table)
    {
        /// <summary>
        /// Whether every value is a string that is still to be read as its column's type says; an empty name is the primary key's then.
        /// </summary>
        public bool AreTexts { get; init; }
    }

    /// <summary>Creates a table without rows.</summary>
    public sealed record CreateTable(string Table, IReadOnlyList<TableColumn> Columns, string PrimaryKey) : OfTable(Table);

    /// <summary>Drops a table with its rows. It is expected to be the same table, whatever became of its rows.</summary>
    public sealed record DropTable(string Table) : OfTable(Table);

    /// <summary>Puts a row behind the last one; every column has a value.</summary>
    public sealed record InsertRow(string Table, IReadOnlyDictionary<string, ConfigValue> Row) : OfRow(Table, Row);

    /// <summary>Gives the columns of a row the values given; the primary key says which row.</summary>
    public sealed record UpdateRow(string Table, IReadOnlyDictionary<string, ConfigValue> Row) : OfRow(Table, Row);

    /// <summary>Deletes a row; nothing but the primary key is given.</summary>
    public sealed record DeleteRow(string Table, IReadOnlyDictionary<string, ConfigValue> Row) : OfRow(Table, Row);
}
