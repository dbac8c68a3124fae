using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Benchmarks;

/// <summary>The writer of a table that another process reads: its rows have the keys and values of <see cref="LookupData"/>.</summary>
internal static class TableWriter
{
    /// <summary>The table.</summary>
    public const string Table = "bench";

    /// <summary>How many rows it has.</summary>
    public const int Rows = 100_000;

    /// <summary>The place of the column with the value.</summary>
    public const int ValueColumn = 1;

    private const int LoadCommit = 1000;

    /// <summary>Prints a line with the number of rows when they are there, and begins to commit, one row at a time, on a line of input.</summary>
    /// <param name="path">The segment to make.</param>
    /// <param name="input">The parent's words.</param>
    /// <param name="output">Where the lines go.</param>
    public static async Task RunAsync(string path, TextReader input, TextWriter output)
    {
        var schema = TableSchema.TryCreate(
            [new("key", ElementType.String, LookupData.KeySize, ColumnIndex.None), new("value", ElementType.String, LookupData.ValueSize, ColumnIndex.None)],
            "key",
            out var problem) ?? throw new InvalidDataException(problem);
        using var segment = SegmentLoad.Create(path);
        SegmentLoad.Commit(segment, [new ModuleChange.TableCreated(Table, schema)]);
        foreach (var numbers in LookupData.LoadOrder().Where(number => number < Rows).Chunk(LoadCommit))
        {
            SegmentLoad.Commit(segment, [.. numbers.Select(number => new ModuleChange.RowInserted(Table, Row(schema, number)))]);
        }

        await output.WriteLineAsync(FormattableString.Invariant($"{Rows}"));
        if (await input.ReadLineAsync() is not null)
        {
            await PacedCommits.RunAsync(input, output, commit => SegmentLoad.Commit(segment, [new ModuleChange.RowUpdated(Table, Row(schema, (uint)(commit % Rows)))]));
        }
    }

    private static TableRow Row(TableSchema schema, uint number)
    {
        var key = new byte[LookupData.KeySize];
        LookupData.WriteKey(number, key);
        return new TableRowBuilder(schema)
            .Set(schema.PrimaryKey, key)
            .Set(ValueColumn, Encoding.ASCII.GetBytes(LookupData.Value(number)))
            .Build();
    }
}
