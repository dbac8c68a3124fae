namespace Cms.Formats.Tables;

/// <summary>The bounds of tables; they are part of the segment format.</summary>
public static class TableLimits
{
    /// <summary>The most tables of a module.</summary>
    public const int MaximumTables = 1024;

    /// <summary>The most columns of a table.</summary>
    public const int MaximumColumns = 64;

    /// <summary>The most columns with an index, besides the primary key.</summary>
    public const int MaximumIndexes = 16;

    /// <summary>The longest name of a table or column, in bytes.</summary>
    public const int MaximumNameBytes = 255;

    /// <summary>The longest string in a column that is the primary key or has an index, in bytes.</summary>
    public const int MaximumKeyBytes = 255;

    /// <summary>The most bytes of the columns of a row together, two more counted for each string.</summary>
    public const int MaximumRowBytes = 65_535;
}
