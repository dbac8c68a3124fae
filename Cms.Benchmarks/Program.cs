using Cms.Benchmarks;

const int Usage = 2;

// Console.In would wait for a line also when it is asked not to.
using var input = new StreamReader(Console.OpenStandardInput());
switch (args)
{
    case ["parse-worker", var text, var segment]:
        ParseWorker.Run(text, segment, Console.Out);
        return 0;
    case ["lookup-writer", var segment]:
        await LookupWriter.RunAsync(segment, input, Console.Out);
        return 0;
    case ["table-writer", var segment]:
        await TableWriter.RunAsync(segment, input, Console.Out);
        return 0;
    case ["status-worker", var segment]:
        StatusWorker.Run(segment, Console.Out);
        return 0;
    case ["event-reader", var socket, var count]:
        await EventReader.RunAsync(socket, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture), Console.Out);
        return 0;
    case ["watch-crowd", var socket, var count, var matching]:
        await WatchCrowd.RunAsync(
            socket,
            int.Parse(count, System.Globalization.CultureInfo.InvariantCulture),
            int.Parse(matching, System.Globalization.CultureInfo.InvariantCulture),
            Console.Out);
        return 0;
    case ["bare-server", var socket, var length]:
        await BareServer.RunAsync(socket, length, input, Console.Out);
        return 0;
    case ["request-load", var socket, var connections, var method, var token]:
        await RequestLoad.RunAsync(socket, connections, method, token, input, Console.Out);
        return 0;
    case ["churn-worker", var segment]:
        ChurnWorker.Run(segment, Console.Out);
        return 0;
    default:
        break;
}

var suites = new Dictionary<string, Func<Installation, Report, Task>>(StringComparer.Ordinal)
{
    ["uci"] = UciSuite.RunAsync,
    ["cli"] = CliSuite.RunAsync,
    ["commit"] = CommitSuite.RunAsync,
    ["bulk"] = BulkSuite.RunAsync,
    ["events"] = EventsSuite.RunAsync,
    ["http"] = HttpSuite.RunAsync,
    ["migrate"] = MigrateSuite.RunAsync,
    ["recovery"] = RecoverySuite.RunAsync,
    ["schema"] = SchemaSuite.RunAsync,
    ["segment"] = SegmentSuite.RunAsync,
    ["table"] = TableSuite.RunAsync,
};

if (args is not [var wanted] || (wanted != "all" && !suites.ContainsKey(wanted)))
{
    await Console.Error.WriteLineAsync($"name one suite: all, {string.Join(", ", suites.Keys)}");
    return Usage;
}

try
{
    var installation = Installation.Find(AppContext.BaseDirectory);
    foreach (var (name, run) in suites.Where(suite => wanted == "all" || wanted == suite.Key))
    {
        var report = new Report(name);
        await run(installation, report);
        report.Print(Console.Out);
        report.Save(installation.ReportDirectory);
    }

    return 0;
}
catch (InstallationException missing)
{
    await Console.Error.WriteLineAsync(missing.Message);
    return Usage;
}
