using System.Diagnostics;
using System.Text;
using Cms.Formats.Segments;
using Cms.Formats.Segments.Tables;

namespace Cms.Benchmarks;

/// <summary>The walk of <see cref="LookupData"/> over the rows of a table that another process writes.</summary>
internal static class TableWalk
{
    private const int Rounds = 11;
    private const int WarmUpWalks = 300;
    private const int WarmUpSteps = 5_000;
    private const int Steps = 500_000;
    // The compiler of hot code works beside the program and does not say when it is done.
    private static readonly TimeSpan CompilerPause = TimeSpan.FromSeconds(0.5);

    /// <summary>The median time of finding a row by its key at the newest revision and copying a column out.</summary>
    /// <param name="path">The segment that <see cref="TableWriter"/> has made.</param>
    public static async Task<double> MedianNanosecondsAsync(string path)
    {
        using var reader = SegmentReader.Open(path);
        var table = reader.OpenTable(TableWriter.Table) ?? throw new InvalidDataException("there is no table");
        for (var walk = 0; walk < WarmUpWalks; walk++)
        {
            _ = Walk(table, WarmUpSteps, (ulong)walk << 40);
        }

        await Task.Delay(CompilerPause);
        var times = new List<double>();
        for (var round = 1ul; round <= Rounds; round++)
        {
            var begun = Stopwatch.GetTimestamp();
            var end = Walk(table, Steps, round);
            times.Add(Stopwatch.GetElapsedTime(begun).TotalNanoseconds / Steps);
            if (end != Expected(Steps, round))
            {
                throw new InvalidDataException("some rows were answered wrongly");
            }
        }

        return times.Order().ElementAt(Rounds / 2);
    }

    private static ulong Walk(SegmentTable table, int steps, ulong state)
    {
        Span<byte> key = stackalloc byte[LookupData.KeySize];
        Span<byte> value = stackalloc byte[LookupData.ValueSize];
        for (var step = 0; step < steps; step++)
        {
            LookupData.WriteKey(NumberAfter(state), key);
            if (table.Refresh())
            {
                Copy(table, key, value);
            }

            state = LookupData.WalkOn(state, value);
        }

        return state;
    }

    // The revision that was the newest may be one of those that are no longer kept by the time the row is read.
    private static void Copy(SegmentTable table, ReadOnlySpan<byte> key, Span<byte> value)
    {
        while (true)
        {
            try
            {
                if (table.TryFind(key, out var row))
                {
                    row.GetBytes(TableWriter.ValueColumn).CopyTo(value);
                }

                return;
            }
            catch (SnapshotTooOldException)
            {
                _ = table.Refresh();
            }
        }
    }

    private static ulong Expected(int steps, ulong state)
    {
        for (var step = 0; step < steps; step++)
        {
            state = LookupData.WalkOn(state, Encoding.ASCII.GetBytes(LookupData.Value(NumberAfter(state))));
        }

        return state;
    }

    private static uint NumberAfter(ulong state) => LookupData.NumberAfter(state) % TableWriter.Rows;
}
