using System.Diagnostics;
using System.Globalization;
using Cms.Client;
using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Benchmarks;

/// <summary>From kill -9 under load to the first acknowledged write, with a module of a million options.</summary>
internal static class RecoverySuite
{
    private const string Module = "bench";
    private const int Sections = 100_000;
    private const int Writers = 8;
    private const int WarmRounds = 5;
    private const int ColdRounds = 3;
    private const int CheckedSections = 1000;
    private static readonly TimeSpan LoadTime = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(Installation installation, Report report)
    {
        using var node = new NodeProcess(installation);
        report.Add("start-empty-ms", (await node.StartAndWaitAsync()).TotalMilliseconds, "ms");
        await ImportAsync(node, report);
        var warm = new Sample();
        for (var round = 0; round < WarmRounds; round++)
        {
            warm.Add(await RecoverAsync(node, () => { }));
        }

        var cold = new Sample();
        for (var round = 0; round < ColdRounds; round++)
        {
            cold.Add(await RecoverAsync(node, node.ForgetSegments));
        }

        report.AddBelow("warm-1m-ms", warm.Median.TotalMilliseconds, "ms", 1000);
        report.AddBelow("cold-1m-s", cold.Median.TotalSeconds, "s", 30);
        await BackUpAsync(installation, node, report);
    }

    private static async Task BackUpAsync(Installation installation, NodeProcess node, Report report)
    {
        using var client = node.NewClient();
        var start = Stopwatch.GetTimestamp();
        var made = await client.CreateBackupAsync(new BackupRequest { Name = Module }, CancellationToken.None);
        report.AddBelow("backup-1m-s", Stopwatch.GetElapsedTime(start).TotalSeconds, "s", 300);
        report.Add("backup-1m-mb", made.SizeBytes / 1e6, "MB");
        using var fresh = new NodeProcess(installation);
        await fresh.StartAndWaitAsync();
        fresh.TakeBackups(node);
        using var restoring = fresh.NewClient();
        start = Stopwatch.GetTimestamp();
        await restoring.RestoreAsync(Module, new RestoreRequest(), CancellationToken.None);
        report.AddBelow("restore-1m-s", Stopwatch.GetElapsedTime(start).TotalSeconds, "s", 300);
        CheckImported(fresh);
    }

    private static async Task ImportAsync(NodeProcess node, Report report)
    {
        var text = GeneratedText.Of(Sections);
        using var client = node.NewClient();
        var start = Stopwatch.GetTimestamp();
        await client.ImportAsync(Module, text, new ImportOptions { WaitForFile = true }, CancellationToken.None);
        report.Add("import-1m-s", Stopwatch.GetElapsedTime(start).TotalSeconds, "s");
        report.Add("import-1m-peak-mb", node.PeakBytes / 1e6, "MB");
    }

    private static async Task<TimeSpan> RecoverAsync(NodeProcess node, Action afterKill)
    {
        var writers = Enumerable.Range(0, Writers).Select(index => new Writer(node, index)).ToList();
        var load = writers.ConvertAll(writer => writer.RunUntilKilledAsync());
        // The kill comes in the midst of the load, however much of it was answered by then.
        await Task.Delay(LoadTime);
        var killed = Stopwatch.GetTimestamp();
        await node.KillAsync();
        afterKill();
        node.Start();
        var probe = NodeProcess.SetOption(GeneratedText.Section(Writers), GeneratedText.Option(0), killed.ToString(CultureInfo.InvariantCulture));
        await node.InsistAsync(client => client.CommitAsync(Module, probe, CancellationToken.None));
        var time = Stopwatch.GetElapsedTime(killed);
        await Task.WhenAll(load);
        writers.ForEach(writer => writer.Check());
        CheckImported(node);
        return time;
    }

    private static void CheckImported(NodeProcess node)
    {
        for (var section = Sections - 1; section > Writers; section -= Sections / CheckedSections)
        {
            var option = section % GeneratedText.OptionsPerSection;
            var read = node.Read(Module, GeneratedText.Section(section), GeneratedText.Option(option));
            if (read != GeneratedText.Value(section, option))
            {
                throw new InvalidDataException($"{GeneratedText.Section(section)} reads '{read}' after the recovery");
            }
        }
    }

    /// <summary>Sets one option to ever new values until the daemon dies. One thread.</summary>
    private sealed class Writer(NodeProcess node, int index)
    {
        private readonly string _section = GeneratedText.Section(index);
        private long _acknowledged;

        public async Task RunUntilKilledAsync()
        {
            using var client = node.NewClient();
            try
            {
                while (true)
                {
                    var next = Format(_acknowledged + 1);
                    await client.CommitAsync(Module, NodeProcess.SetOption(_section, GeneratedText.Option(1), next), CancellationToken.None);
                    _acknowledged++;
                }
            }
            catch (RefusedException gone) when (gone.Refusal.Code is ErrorCode.Unavailable or ErrorCode.UnknownOutcome)
            {
                // Killed: the value that was under way may have been taken or not.
            }
        }

        public void Check()
        {
            var read = node.Read(Module, _section, GeneratedText.Option(1));
            if (_acknowledged == 0 || (read != Format(_acknowledged) && read != Format(_acknowledged + 1)))
            {
                throw new InvalidDataException($"{_section} was acknowledged as {Format(_acknowledged)} and reads '{read}' after the recovery");
            }
        }

        private static string Format(long value) => value.ToString("D10", CultureInfo.InvariantCulture);
    }
}
