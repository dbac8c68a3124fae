using Cms.Formats.Modules;

namespace Cms.Formats.Tables;

/// <summary>A column of a table.</summary>
/// <param name="Name">[A-Za-z0-9_], 1 to 255 characters, unique in the table.</param>
/// <param name="Type">What every row holds here; there is no absent value.</param>
/// <param name="SizeBytes">An int's 1, 2, 4 or 8; 8 for a float, 1 for a bool; the most bytes of a string.</param>
/// <param name="Index">Whether rows are found by it; the primary key is found by anyway.</param>
public sealed record TableColumn(string Name, ElementType Type, int SizeBytes, ColumnIndex Index)
{
    /// <summary>The least int that the column holds.</summary>
    public long LeastInt => SizeBytes == sizeof(long) ? long.MinValue : -(1L << ((8 * SizeBytes) - 1));

    /// <summary>The greatest int that the column holds.</summary>
    public long GreatestInt => SizeBytes == sizeof(long) ? long.MaxValue : (1L << ((8 * SizeBytes) - 1)) - 1;
}
