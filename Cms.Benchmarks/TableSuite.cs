using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Formats.Tables;

namespace Cms.Benchmarks;

/// <summary>A table of a million rows in a segment: a string of 20 bytes as primary key, an int with an index, a string of 10 bytes.</summary>
internal static class TableSuite
{
    private const int RowCount = 1_000_000;
    private const int GroupCount = 1_000;
    private const int ChangedRows = 100_000;
    private const string Table = "rows";

    private static readonly TableSchema Schema = TableSchema.TryCreate(
        [
            new("name", ElementType.String, 20, ColumnIndex.None),
            new("group", ElementType.Int, 4, ColumnIndex.Repeating),
            new("tag", ElementType.String, 10, ColumnIndex.None),
        ],
        "name",
        out var problem) ?? throw new InvalidDataException(problem);

    public static Task RunAsync(Installation installation, Report report)
    {
        using var run = installation.NewRunScratch();
        var options = new SegmentOptions();
        var journal = new Guid("6f1c2a52-7f0e-4c5b-9d43-0a8b7c6d5e4f");
        var rows = Enumerable.Range(0, RowCount).Select(Row).ToArray();
        using (var writer = SegmentWriter.Create(run["segment"], journal, options))
        {
            Commit(writer, [new ModuleChange.TableCreated(Table, Schema)]);
            report.AddAbove("insert-rows-per-s", RowCount / Commit(writer, [.. rows.Select(row => new ModuleChange.RowInserted(Table, row))]), "1/s", 500_000);
            report.Add("bytes-per-row", (double)(writer.Statistics.BytesInUse + writer.Statistics.IndexBytes) / RowCount, "bytes");
            MeasureReading(run["segment"], rows, report);
            report.Add("update-rows-per-s", ChangedRows / Commit(writer, [.. rows.Take(ChangedRows).Select(row => new ModuleChange.RowUpdated(Table, Changed(row)))]), "1/s");
            report.Add("delete-rows-per-s", ChangedRows / Commit(writer, [.. rows.Take(ChangedRows).Select(row => new ModuleChange.RowDeleted(Table, row.Key))]), "1/s");
        }

        var started = Stopwatch.GetTimestamp();
        using var again = SegmentWriter.TryReopen(run["segment"], journal, options, out var whyNot) ?? throw new InvalidDataException(whyNot);
        report.Add("take-over-ms", Stopwatch.GetElapsedTime(started).TotalMilliseconds, "ms");
        return Task.CompletedTask;
    }

    private static void MeasureReading(string segment, TableRow[] rows, Report report)
    {
        using var reader = SegmentReader.Open(segment);
        var table = reader.OpenTable(Table) ?? throw new InvalidDataException("there is no table");
        var keys = rows.Select(row => row.Key).ToArray();
        new Random(1).Shuffle(keys);
        var started = Stopwatch.GetTimestamp();
        foreach (var key in keys)
        {
            _ = table.TryFind(key.Span, out _) ? true : throw new InvalidDataException("a row is not found");
        }

        report.Add("find-random-ns", Stopwatch.GetElapsedTime(started).TotalNanoseconds / RowCount, "ns");
        started = Stopwatch.GetTimestamp();
        for (var count = 0; count < RowCount; count++)
        {
            _ = table.Refresh() && table.TryFind(keys[count % 64].Span, out _);
        }

        report.Add("refresh-and-find-hot-ns", Stopwatch.GetElapsedTime(started).TotalNanoseconds / RowCount, "ns");
        started = Stopwatch.GetTimestamp();
        var found = 0;
        foreach (var row in table.Scan(row => row.GetInt(1) == 7))
        {
            found += row.Key.Length > 0 ? 1 : 0;
        }

        report.Add("scan-rows-per-s", RowCount / Stopwatch.GetElapsedTime(started).TotalSeconds, "1/s");
        started = Stopwatch.GetTimestamp();
        foreach (var row in table.Find(1, 7))
        {
            found -= row.Key.Length > 0 ? 1 : 0;
        }

        report.Add("find-1000-of-a-group-us", Stopwatch.GetElapsedTime(started).TotalMicroseconds, "us");
        _ = found == 0 ? true : throw new InvalidDataException("scan and index differ");
    }

    private static TableRow Row(int number) => new TableRowBuilder(Schema)
        .Set(0, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"row-{number:D16}")))
        .Set(1, number % GroupCount)
        .Set(2, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"tag-{number % 1_000_000:D6}")))
        .Build();

    private static TableRow Changed(TableRow row) => new TableRowBuilder(Schema).Set(0, row.Key).Set(1, 5).Build();

    // Seconds that it took to find room and to project.
    private static double Commit(SegmentWriter writer, ModuleChange[] changes)
    {
        GC.Collect();
        var started = Stopwatch.GetTimestamp();
        SegmentLoad.Commit(writer, changes);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
