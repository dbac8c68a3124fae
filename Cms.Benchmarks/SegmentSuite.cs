using System.Diagnostics;
using System.Globalization;
using Cms.Formats.Modules;
using Cms.Formats.Segments;

namespace Cms.Benchmarks;

/// <summary>Lookups in a segment that another process writes, beside the peers; what it takes of memory; writing and waking.</summary>
internal static class SegmentSuite
{
    private const int Notices = 2500;
    private static readonly string[] Parts = ["live", "retained", "free", "index"];
    private static readonly TimeSpan NoticesApart = TimeSpan.FromMilliseconds(1);

    public static async Task RunAsync(Installation installation, Report report)
    {
        await MeasureLookupsAsync(installation, report);
        await MeasureTableAsync(installation, report);
        await MeasureStatusAsync(installation, report);
        await MeasureNoticesAsync(installation, report);
        await MeasureChurnAsync(installation, report);
    }

    private static async Task MeasureLookupsAsync(Installation installation, Report report)
    {
        using var run = installation.NewRunScratch();
        using var huge = await HugeScratch.TryMountAsync(installation);
        using var writer = await LoadAsync(run["segment"], report);
        using var hugeWriter = huge is null ? null : await LoadAsync(huge["segment"], null);
        Directory.CreateDirectory(run["lmdb"]);
        string[] tables = ["uthash=", $"lmdb={run["lmdb"]}", $"cms={run["segment"]}", .. huge is null ? Array.Empty<string>() : [$"cms-huge={huge["segment"]}"]];
        using var native = new WorkerProcess(installation.Native("peers"), tables);
        await ReportPeerBytesAsync(native, tables.Length, report);
        using var lmdbWriter = new WorkerProcess(installation.Native("lmdb-writer"), run["lmdb"]);
        await writer.TellAsync("go");
        await (hugeWriter?.TellAsync("go") ?? Task.CompletedTask);
        using var reader = SegmentReader.Open(run["segment"]);
        using var hugeReader = huge is null ? null : SegmentReader.Open(huge["segment"]);
        var contest = new LookupContest(native, reader, hugeReader, new DictionaryWalk());
        await contest.RunAsync();
        ReportLookups(contest, report);
        ReportHits(run["segment"], report);
        await MeasurePythonAsync(installation, run["segment"], report);
        report.Add("writer-commits-per-s", await EndWriterAsync(writer), "1/s");
        report.Add("lmdb-writer-commits-per-s", await EndWriterAsync(lmdbWriter), "1/s");
    }

    // Returns the writer when all is loaded. It begins to commit when it is told to.
    private static async Task<WorkerProcess> LoadAsync(string path, Report? report)
    {
        var writer = WorkerProcess.OfThisProgram("lookup-writer", path);
        var loaded = await writer.HearNumbersAsync();
        var parts = await writer.HearNumbersAsync();
        if (report is null)
        {
            return writer;
        }

        using var blocks = new WorkerProcess("stat", "--format=%b %B", path);
        var allocated = await blocks.HearNumbersAsync();
        report.Add("loaded-bytes-per-entry", loaded.Sum() / LookupData.KeyCount, "B");
        report.Add("bytes-per-entry", allocated[0] * allocated[1] / LookupData.KeyCount, "B");
        foreach (var (part, bytes) in Parts.Zip(parts))
        {
            report.Add($"{part}-bytes-per-entry", bytes / LookupData.KeyCount, "B");
        }

        return writer;
    }

    // Each table says its bytes when it is there; of ours the file says it.
    private static async Task ReportPeerBytesAsync(WorkerProcess native, int tables, Report report)
    {
        for (var table = 0; table < tables; table++)
        {
            var words = await native.HearAsync();
            var bytes = double.Parse(words[1], CultureInfo.InvariantCulture);
            if (bytes > 0)
            {
                report.Add($"{words[0]}-bytes-per-entry", bytes / LookupData.KeyCount, "B");
            }
        }
    }

    private static void ReportLookups(LookupContest contest, Report report)
    {
        foreach (var (table, suffix) in new[] { ("ours", ""), ("cms", "-c") })
        {
            report.AddBelow($"handle-ns{suffix}", contest.Median($"{table} handle"), "ns", 5);
            report.AddBelow($"handle-int-ns{suffix}", contest.Median($"{table} number"), "ns", 5);
            report.AddBelow($"hot-string-ns{suffix}", contest.Median($"{table} hot"), "ns", 20);
            report.Add($"random-1m-ns{suffix}", contest.Median($"{table} random"), "ns");
            report.AddBelow($"random-1m-vs-uthash{suffix}", contest.Ratio($"{table} random", "uthash random"), "x", 0.5);
            report.AddBelow($"random-1m-vs-lmdb{suffix}", contest.Ratio($"{table} random", "lmdb random"), "x", 0.3);
            report.Add($"batch-1m-ns{suffix}", contest.Median($"{table} batch"), "ns");
            if (contest.Has($"{table}-huge random"))
            {
                report.Add($"random-1m-huge-ns{suffix}", contest.Median($"{table}-huge random"), "ns");
                report.Add($"batch-1m-huge-ns{suffix}", contest.Median($"{table}-huge batch"), "ns");
            }
        }

        report.Add("dict-hot-ns", contest.Median("dictionary hot"), "ns");
        foreach (var peer in new[] { "uthash", "lmdb" })
        {
            report.Add($"{peer}-hot-ns", contest.Median($"{peer} hot"), "ns");
            report.Add($"{peer}-random-1m-ns", contest.Median($"{peer} random"), "ns");
        }
    }

    private static async Task MeasurePythonAsync(Installation installation, string segment, Report report)
    {
        const int Keys = 8;
        var script = Path.Combine(installation.Root, "Cms.Benchmarks", "Native", "python_get.py");
        var keys = Enumerable.Range(0, Keys).Select(hot => LookupData.Key(LookupData.HotNumber(hot)));
        using var python = new WorkerProcess("env", [$"PYTHONPATH={installation.PythonPath}", "/usr/bin/python3", script, segment, .. keys]);
        var figures = await python.FiguresAsync();
        report.AddBelow("python-get-ns", figures["python-get-ns"], "ns", 150);
        foreach (var name in new[] { "python-get-method-ns", "python-handle-ns", "python-snapshot-ns", "python-dict-ns" })
        {
            report.Add(name, figures[name], "ns");
        }
    }

    private static void ReportHits(string path, Report report)
    {
        foreach (var (keys, cached) in new[] { (1_000, 512), (10_000, 8_192), (LookupData.KeyCount, 65_536) })
        {
            report.AddAbove(FormattableString.Invariant($"zipf-{keys}-cached-{cached}-hit-percent"), ZipfReads.HitPercent(path, keys, cached), "%", 90);
        }
    }

    private static async Task<double> EndWriterAsync(WorkerProcess writer)
    {
        writer.EndInput();
        var figures = await writer.HearNumbersAsync();
        return figures[0] / TimeSpan.FromMicroseconds(figures[1] / 1000).TotalSeconds;
    }

    private static async Task MeasureTableAsync(Installation installation, Report report)
    {
        using var run = installation.NewRunScratch();
        using var writer = WorkerProcess.OfThisProgram("table-writer", run["segment"]);
        _ = await writer.HearAsync();
        await writer.TellAsync("go");
        report.Add("table-find-ns", await TableWalk.MedianNanosecondsAsync(run["segment"]), "ns");
    }

    private static async Task MeasureStatusAsync(Installation installation, Report report)
    {
        using var run = installation.NewRunScratch();
        using var worker = WorkerProcess.OfThisProgram("status-worker", run["segment"]);
        var figures = await worker.FiguresAsync();
        report.AddAbove("status-writes-per-s", figures["status-writes-per-s"], "1/s", 1_000_000);
        report.Add("status-writes-64-per-s", figures["status-writes-64-per-s"], "1/s");
    }

    private static async Task MeasureChurnAsync(Installation installation, Report report)
    {
        using var run = installation.NewRunScratch();
        using var worker = WorkerProcess.OfThisProgram("churn-worker", run["segment"]);
        var figures = await worker.FiguresAsync();
        report.AddBelow("fragmentation-percent", figures["fragmentation-percent"], "%", 5);
        report.Add("fragmentation-worst-percent", figures["fragmentation-worst-percent"], "%");
    }

    // This process publishes, a program in C sleeps until it is woken and compares the clock with what was published.
    private static async Task MeasureNoticesAsync(Installation installation, Report report)
    {
        using var run = installation.NewRunScratch();
        using var segment = SegmentLoad.Create(run["segment"]);
        SegmentLoad.Commit(segment, [new ModuleChange.SectionAdded(SegmentLoad.Id(0), "clock", "clock")]);
        using var waiter = new WorkerProcess(installation.Native("notice-waiter"), run["segment"], Notices.ToString(CultureInfo.InvariantCulture));
        _ = await waiter.HearAsync();
        using var timer = new PeriodicTimer(NoticesApart);
        var printed = waiter.HearNumbersAsync();
        while (!printed.IsCompleted && await timer.WaitForNextTickAsync())
        {
            // Stopwatch is CLOCK_MONOTONIC, in nanoseconds.
            SegmentLoad.Commit(segment, [new ModuleChange.OptionSet(SegmentLoad.Id(0), "stamp", ConfigValue.FromInt(Stopwatch.GetTimestamp()))]);
        }

        var delays = new Sample();
        delays.Add(TimeSpan.FromMicroseconds((await printed)[0] / 1000));
        for (var notice = 1; notice < Notices; notice++)
        {
            delays.Add(TimeSpan.FromMicroseconds((await waiter.HearNumbersAsync())[0] / 1000));
        }

        report.AddBelow("notice-p50-us", delays.Percentile(50).TotalMicroseconds, "us", 100);
        report.Add("notice-p99-us", delays.Percentile(99).TotalMicroseconds, "us");
    }
}
