namespace Cms.Formats.Segments.Layout;

/// <summary>What an entry of the kind <see cref="BlockKind.Table"/> holds; bits 5..4 of its kind byte.</summary>
internal enum TableEntryKind
{
    /// <summary>The list of all tables and the id of the next one.</summary>
    Directory = 0,

    /// <summary>A table under its name: id, columns, list of rows.</summary>
    Table = 1,

    /// <summary>A row under its table's id and its primary key.</summary>
    Row = 2,

    /// <summary>A value of an indexed column: the rows that hold it.</summary>
    Value = 3,
}
