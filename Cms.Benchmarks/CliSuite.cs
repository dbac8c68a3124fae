using System.Diagnostics;
using Cms.Client;

namespace Cms.Benchmarks;

/// <summary>Commands as whole processes, from their start to their end, on a small module and on one of a million options.</summary>
internal static class CliSuite
{
    private const string Small = "small";
    private const string Large = "large";
    private const int SmallSections = 100;
    private const int LargeSections = 100_000;
    private const int LastOption = GeneratedText.OptionsPerSection - 1;

    public static async Task RunAsync(Installation installation, Report report)
    {
        using var node = new NodeProcess(installation);
        await node.StartAndWaitAsync();
        using var client = node.NewClient();
        await client.ImportAsync(Small, GeneratedText.Of(SmallSections), new ImportOptions { WaitForFile = true }, CancellationToken.None);
        await client.ImportAsync(Large, GeneratedText.Of(LargeSections), new ImportOptions { WaitForFile = true }, CancellationToken.None);
        var commands = new Commands(installation, node);
        report.Add("process-floor-ms", await commands.TimeAsync("/bin/true", [], ""), "ms");
        report.AddBelow("startup-ms", await commands.TimeAsync(["--version"]), "ms", 8);
        report.AddBelow("get-ms", await commands.TimeAsync(["get", Address(Small, SmallSections)], Value(SmallSections)), "ms", 8);
        report.AddBelow("get-1m-ms", await commands.TimeAsync(["get", Address(Large, LargeSections)], Value(LargeSections)), "ms", 8);
        report.Add("exists-1m-ms", await commands.TimeAsync(["exists", Address(Large, LargeSections)], ""), "ms");
        report.AddBelow("complete-ms", await commands.TimeAsync(["complete", "--line", $"cms get {Address(Small, SmallSections)[..^2]}"]), "ms", 30);
        report.AddBelow("complete-1m-ms", await commands.TimeAsync(["complete", "--line", $"cms get {Address(Large, LargeSections)[..^2]}"]), "ms", 30);
        await MeasureSearchAsync(commands, report);
    }

    private static async Task MeasureSearchAsync(Commands commands, Report report)
    {
        var path = Address(Large, LargeSections);
        var hit = $"{path}='{GeneratedText.Value(LargeSections / 2, LastOption)}'\n";
        string[] inLarge = ["search", "--module", Large];
        report.AddBelow("search-1m-ms", await commands.TimeAsync([.. inLarge, GeneratedText.Value(LargeSections / 2, LastOption)], hit), "ms", 100);
        report.AddBelow("search-1m-path-ms", await commands.TimeAsync([.. inLarge, "--path", path[(Large.Length + 1)..]], hit), "ms", 100);
        report.AddBelow("search-1m-glob-ms", await commands.TimeAsync([.. inLarge, $"*{GeneratedText.Section(LargeSections / 2)[^5..]}.*{LastOption}"], hit), "ms", 100);
        report.AddBelow(
            "search-1m-regex-ms", await commands.TimeAsync([.. inLarge, "--regex", $"^{Large}\\.{GeneratedText.Section(LargeSections / 2)}\\.[a-z]+00{LastOption}$"], hit), "ms", 100);
        report.AddBelow("search-exact-1m-ms", await commands.TimeAsync([.. inLarge, "--path", "--glob", path], hit), "ms", 8);
        report.Add("search-1m-regex-without-text-ms", await commands.TimeAsync([.. inLarge, "--regex", "--value", @"^\d{11}$", "--count"], "0\n", exitCode: 3), "ms");
    }

    private static string Address(string module, int sections) => $"{module}.{GeneratedText.Section(sections / 2)}.{GeneratedText.Option(LastOption)}";

    private static string Value(int sections) => GeneratedText.Value(sections / 2, LastOption) + "\n";

    /// <summary>Runs <c>cms</c> on a node.</summary>
    private sealed class Commands(Installation installation, NodeProcess node)
    {
        private readonly Dictionary<string, string> _environment = new() { ["CMS_RUN_DIRECTORY"] = node.Paths.RunDirectory };

        /// <summary>The median time of a command that prints the same each time, whatever it is.</summary>
        public async Task<double> TimeAsync(IReadOnlyList<string> arguments)
        {
            var start = new ProcessStartInfo(installation.Command, arguments) { RedirectStandardOutput = true };
            start.Environment["CMS_RUN_DIRECTORY"] = node.Paths.RunDirectory;
            using var first = Process.Start(start)!;
            var printed = await first.StandardOutput.ReadToEndAsync();
            await first.WaitForExitAsync();
            return printed.Length > 0 ? await TimeAsync(arguments, printed) : throw new InvalidDataException($"cms {string.Join(' ', arguments)} printed nothing");
        }

        public Task<double> TimeAsync(IReadOnlyList<string> arguments, string expected, int exitCode = 0) => TimeAsync(installation.Command, arguments, expected, exitCode);

        public async Task<double> TimeAsync(string program, IReadOnlyList<string> arguments, string expected, int exitCode = 0) =>
            (await TimedProcess.MedianAsync(program, arguments, _environment, expected, exitCode)).TotalMilliseconds;
    }
}
