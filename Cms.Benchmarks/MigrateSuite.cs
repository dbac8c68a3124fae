using System.Globalization;
using System.Text;
using Cms.Client;
using Cms.Client.Wire;
using Cms.Formats.Migrations;
using Cms.Formats.Schemas;

namespace Cms.Benchmarks;

/// <summary>Migrations through the Unix socket: a transform of every option with a new schema that all of them are validated against, durable.</summary>
internal static class MigrateSuite
{
    private const string Module = "migrated";
    private const string SchemaModule = "versioned";
    private const int SmallOptions = 1_000;
    private const int LargeOptions = 1_000_000;
    private const int SmallRounds = 5;
    private const int LargeRounds = 3;
    private const int Versions = 1_000;
    private static readonly SchemaVersion First = new(1, 0, 0);
    private static readonly SchemaVersion Second = new(1, 1, 0);

    public static async Task RunAsync(Installation installation, Report report)
    {
        report.AddBelow("migrate-1k-ms", (await MeasureAsync(installation, SmallOptions, SmallRounds, null)).TotalMilliseconds, "ms", 1_000);
        report.AddBelow("migrate-1m-s", (await MeasureAsync(installation, LargeOptions, LargeRounds, report)).TotalSeconds, "s", 5);
        await MeasureVersionsAsync(installation, report);
    }

    private static async Task<TimeSpan> MeasureAsync(Installation installation, int options, int rounds, Report? report)
    {
        var times = new Sample();
        var back = new Sample();
        var peak = 0L;
        for (var round = 0; round < rounds; round++)
        {
            using var node = new NodeProcess(installation);
            await node.StartAndWaitAsync();
            using var client = node.NewClient();
            await client.ImportAsync(Module, GeneratedText.Of(options / GeneratedText.OptionsPerSection), new ImportOptions(), CancellationToken.None);
            await ApplyAsync(client, Make(null, First, "", ""));
            var migration = Make(First, Second, ForEachOption("+"), ForEachOption("-"));
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            await ApplyAsync(client, migration);
            times.AddSince(start);
            Check(node, options, 1);
            start = System.Diagnostics.Stopwatch.GetTimestamp();
            await client.Migrations.RollBackAsync(new MigrationRollbackRequest { Module = Module }, CancellationToken.None);
            back.AddSince(start);
            Check(node, options, 0);
            peak = Math.Max(peak, node.PeakBytes);
        }

        report?.Add("rollback-1m-s", back.Median.TotalSeconds, "s");
        report?.Add("migrate-1m-peak-mb", peak / 1e6, "MB");
        return times.Median;
    }

    private static async Task ApplyAsync(CmsClient client, Migration migration) =>
        await client.Migrations.ApplyAsync(new MigrationApplyRequest { Migrations = [WireMigration.Of(migration)] }, CancellationToken.None);

    private static string ForEachOption(string sign)
    {
        var script = new StringBuilder("for-each interface\n");
        for (var option = 0; option < GeneratedText.OptionsPerSection; option++)
        {
            var name = GeneratedText.Option(option);
            script.Append(CultureInfo.InvariantCulture, $"\ttransform @.{name} '{{{name}}} {sign} 1'\n");
        }

        return script.Append("end\n").ToString();
    }

    private static Migration Make(SchemaVersion? from, SchemaVersion to, string up, string down)
    {
        var schema = new StringBuilder($"config module '{Module}'\n\toption version '{to}'\n\nconfig section 'interface'\n");
        for (var option = 0; option < GeneratedText.OptionsPerSection; option++)
        {
            // The text begins with leading zeros, which a number does not keep, so the values become numbers by the migration.
            var type = from is null ? "string" : "int";
            schema.Append(CultureInfo.InvariantCulture, $"\nconfig field '{GeneratedText.Option(option)}'\n\toption section 'interface'\n\toption type '{type}'\n\toption required '1'\n");
        }

        return MigrationReader.Read(new MigrationText(Module, from, to)
        {
            Schema = Encoding.UTF8.GetBytes(schema.ToString()),
            Up = Encoding.UTF8.GetBytes(up),
            Down = Encoding.UTF8.GetBytes(down),
        });
    }

    private static void Check(NodeProcess node, int options, int added)
    {
        var (section, option) = ((options / GeneratedText.OptionsPerSection) - 1, GeneratedText.OptionsPerSection - 1);
        var expected = long.Parse(GeneratedText.Value(section, option), CultureInfo.InvariantCulture) + added;
        var read = node.Read(Module, GeneratedText.Section(section), GeneratedText.Option(option));
        if (read != expected.ToString(CultureInfo.InvariantCulture))
        {
            throw new InvalidDataException($"the last option should be {expected} and is {read}");
        }
    }

    // Each version adds a field to a schema of ordinary size, or takes one away.
    private static async Task MeasureVersionsAsync(Installation installation, Report report)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(installation.Root, "packaging", "schemas", "network"));
        using var node = new NodeProcess(installation);
        await node.StartAndWaitAsync();
        var client = node.NewClient();
        await client.ImportAsync(SchemaModule, "\n"u8.ToArray(), new ImportOptions(), CancellationToken.None);
        await client.RegisterSchemaAsync(SchemaModule, Encoding.UTF8.GetBytes(VersionOf(text, 0)), null, CancellationToken.None);
        var before = await SizeAsync(client, node);
        client.Dispose();
        client = node.NewClient();
        for (var version = 1; version < Versions; version++)
        {
            await client.RegisterSchemaAsync(SchemaModule, Encoding.UTF8.GetBytes(VersionOf(text, version)), null, CancellationToken.None);
        }

        var after = await SizeAsync(client, node);
        client.Dispose();
        report.AddBelow("schema-1000-versions-bytes", Math.Max(after.Live - before.Live, after.Journal - before.Journal), "bytes", 1 << 20);
        report.Add("schema-1000-versions-segment-bytes", after.Live - before.Live, "bytes");
        report.Add("schema-1000-versions-segment-allocated-bytes", after.Allocated - before.Allocated, "bytes");
        report.Add("schema-1000-versions-journal-bytes", after.Journal - before.Journal, "bytes");
        report.Add("schema-text-bytes", text.Length, "bytes");
    }

    private static string VersionOf(string text, int version)
    {
        var lines = text.Split('\n').Where(line => !line.TrimStart().StartsWith("option version", StringComparison.Ordinal)).ToList();
        var module = lines.FindIndex(line => line.StartsWith("config module", StringComparison.Ordinal));
        lines[module] = string.Create(CultureInfo.InvariantCulture, $"config module '{SchemaModule}'\n\toption version '1.{version}.0'");
        return string.Create(CultureInfo.InvariantCulture, $"{string.Join('\n', lines)}\nconfig field 'added{version}'\n\toption section 'interface'\n\toption type 'int'\n");
    }

    // The journal's file has everything once the node has stopped.
    private static async Task<(long Live, long Allocated, long Journal)> SizeAsync(CmsClient client, NodeProcess node)
    {
        var memory = await client.MemoryAsync(SchemaModule, CancellationToken.None);
        await node.StopAsync();
        var journal = Directory.EnumerateFiles(node.JournalDirectory, "journal.db*").Sum(file => new FileInfo(file).Length);
        await node.StartAndWaitAsync();
        return (memory.Modules[0].LiveBytes, memory.Modules[0].AllocatedBytes, journal);
    }
}
