using Cms.Formats.Modules;

namespace Cms.Client.Wire;

/// <summary>A column of a table.</summary>
public sealed record WireColumn
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>string, int, float or bool.</summary>
    public required string Type { get; init; }

    /// <summary>The most bytes of a string; 1, 2, 4 or 8 for an int, else 8; absent for others.</summary>
    public int? Size { get; init; }

    /// <summary><c>index</c>, <c>unique</c>, or absent.</summary>
    public string? Index { get; init; }
}

/// <summary>A table without its rows.</summary>
public sealed record TableReport
{
    /// <summary>Its name.</summary>
    public required string Table { get; init; }

    /// <summary>The column that tells rows apart.</summary>
    public required string PrimaryKey { get; init; }

    /// <summary>Its columns in order.</summary>
    public required IReadOnlyList<WireColumn> Columns { get; init; }

    /// <summary>How many rows it has.</summary>
    public required int Rows { get; init; }
}

/// <summary>The tables of a module at one revision.</summary>
public sealed record TablesReply
{
    /// <summary>The revision shown.</summary>
    public required long Revision { get; init; }

    /// <summary>The tables in the order of their creation.</summary>
    public required IReadOnlyList<TableReport> Tables { get; init; }
}

/// <summary>Rows of a table at one revision.</summary>
public sealed record RowsReply
{
    /// <summary>The revision shown.</summary>
    public required long Revision { get; init; }

    /// <summary>The rows: values by the names of their columns.</summary>
    public required IReadOnlyList<IReadOnlyDictionary<string, ConfigValue>> Rows { get; init; }

    /// <summary>Whether there are more than were asked for.</summary>
    public required bool More { get; init; }
}

/// <summary>Which rows are asked for.</summary>
public sealed record RowsQuery
{
    /// <summary>The most rows that one request returns.</summary>
    public const int LargestCount = 10_000;

    /// <summary>What columns must hold, such as <c>group=5</c> or <c>load>0.5</c>; all of them at once.</summary>
    public IReadOnlyList<string> Where { get; init; } = [];

    /// <summary>How many rows that fit are left out first.</summary>
    public int Skip { get; init; }

    /// <summary>The most rows to return, 1 to <see cref="LargestCount"/>.</summary>
    public int Count { get; init; } = 100;
}
