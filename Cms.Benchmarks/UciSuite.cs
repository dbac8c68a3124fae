using Cms.Client;

namespace Cms.Benchmarks;

/// <summary>Parsing a large text, and one <c>get</c> as a process on a small and on a large module.</summary>
internal static class UciSuite
{
    private const long TextBytes = 210_000_000;
    private const int SmallSections = 100;
    private const int LargeSections = 100_000;

    // Names an executable of the reference implementation, to be measured by the same driver in the same run.
    private const string ReferenceVariable = "CMS_REFERENCE_UCI";

    public static async Task RunAsync(Installation installation, Report report)
    {
        await MeasureParsingAsync(installation, report);
        await MeasureGetAsync(installation, report);
    }

    private static async Task MeasureParsingAsync(Installation installation, Report report)
    {
        using var disk = installation.NewDiskScratch();
        using var run = installation.NewRunScratch();
        int sections;
        await using (var file = File.Create(disk["text"]))
        {
            sections = GeneratedText.WriteUntil(file, TextBytes);
        }

        using var worker = WorkerProcess.OfThisProgram("parse-worker", disk["text"], run["segment"]);
        var figures = await worker.FiguresAsync();
        if (figures["sections"] != sections)
        {
            throw new InvalidDataException($"of {sections} sections {figures["sections"]} are in the segment");
        }

        report.AddAbove("parse-mb-per-s", figures["parse-mb-per-s"], "MB/s", 100);
        report.AddBelow("parse-peak-mb", figures["parse-peak-mb"], "MB", 200);
        report.Add("parse-into-segment-mb-per-s", figures["parse-into-segment-mb-per-s"], "MB/s");
        report.AddBelow("parse-into-segment-peak-mb", figures["parse-into-segment-peak-mb"], "MB", 200);
    }

    private static async Task MeasureGetAsync(Installation installation, Report report)
    {
        using var node = new NodeProcess(installation);
        await node.StartAndWaitAsync();
        using var client = node.NewClient();
        await client.ImportAsync("small", GeneratedText.Of(SmallSections), new ImportOptions { WaitForFile = true }, CancellationToken.None);
        await client.ImportAsync("large", GeneratedText.Of(LargeSections), new ImportOptions { WaitForFile = true }, CancellationToken.None);
        report.Add("process-floor-ms", await TimeAsync("/bin/true", [], node, ""), "ms");
        report.AddBelow("get-1k-ms", await TimeAsync(installation.Command, ["get", Address("small", SmallSections)], node, Value(SmallSections)), "ms", 8);
        report.AddBelow("get-1m-ms", await TimeAsync(installation.Command, ["get", Address("large", LargeSections)], node, Value(LargeSections)), "ms", 8);
        report.Add("uci-get-1k-ms", await TimeAsync(installation.Command, ["uci", .. UciGet(node)], node, Value(SmallSections)), "ms");
        if (Environment.GetEnvironmentVariable(ReferenceVariable) is { Length: > 0 } reference)
        {
            report.Add("reference-uci-get-1k-ms", await TimeAsync(reference, UciGet(node), node, Value(SmallSections)), "ms");
        }
    }

    private static async Task<double> TimeAsync(string program, IReadOnlyList<string> arguments, NodeProcess node, string expected)
    {
        var environment = new Dictionary<string, string> { ["CMS_RUN_DIRECTORY"] = node.Paths.RunDirectory };
        return (await TimedProcess.MedianAsync(program, arguments, environment, expected)).TotalMilliseconds;
    }

    private static string[] UciGet(NodeProcess node) => ["-c", node.ConfigDirectory, "get", Address("small", SmallSections)];

    // The last option but one of the middle: a reader that searches pays for the way there.
    private static string Address(string module, int sections) =>
        $"{module}.{GeneratedText.Section(sections / 2)}.{GeneratedText.Option(GeneratedText.OptionsPerSection - 2)}";

    private static string Value(int sections) => GeneratedText.Value(sections / 2, GeneratedText.OptionsPerSection - 2) + "\n";
}
