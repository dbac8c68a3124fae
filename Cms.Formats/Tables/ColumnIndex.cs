namespace Cms.Formats.Tables;

/// <summary>Whether rows are found by a column. The numbers are part of the journal and segment formats.</summary>
public enum ColumnIndex : byte
{
    /// <summary>Only by looking at every row.</summary>
    None = 0,

    /// <summary>By a hash index; several rows may hold one value.</summary>
    Repeating = 1,

    /// <summary>By a hash index; no two rows hold one value.</summary>
    Unique = 2,
}
