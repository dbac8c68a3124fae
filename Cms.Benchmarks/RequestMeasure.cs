using System.Globalization;
using System.Net.Sockets;
using Cms.Client;
using Cms.Gateways.Operations;
using Microsoft.AspNetCore.Http;

namespace Cms.Benchmarks;

/// <summary>How many requests a daemon answers over kept connections, beside the same web server without a daemon behind it.</summary>
/// <remarks>
/// Servers and clients are processes of their own and share the machine's processors; who is measured works alone. Turns are
/// interleaved, so that what the machine does meanwhile meets all of them, and ratios are medians of those within a turn.
/// </remarks>
internal static class RequestMeasure
{
    private const string Module = "bench";
    private const int Connections = 64;
    private const int Turns = 7;
    private const int Scrapes = 200;
    private const int Counts = 5_000_000;
    private const string Seconds = "2";
    private const double LeastOfBare = 60;

    /// <summary>The option that is read.</summary>
    public static string Path => PathOf(0);

    /// <summary>The option of a connection that writes.</summary>
    public static string PathOf(int connection) =>
        $"/api/v1/modules/{Module}/sections/{GeneratedText.Section(connection)}/options/{GeneratedText.Option(0)}";

    public static async Task RunAsync(Installation installation, Report report)
    {
        using var node = new NodeProcess(installation) { Settings = ["--principal-rate=0", "--address-rate=0"] };
        await node.StartAndWaitAsync();
        using (var client = node.NewClient())
        {
            await client.ImportAsync(Module, GeneratedText.Of(100), new ImportOptions(), CancellationToken.None);
        }

        var token = await MakeKeyAsync(installation, node);
        using var scratch = installation.NewRunScratch();
        using var http = new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, cancellation) => ConnectAsync(node.Paths.Socket, cancellation) });
        var length = (await http.GetByteArrayAsync(new Uri($"http://cms{Path}"))).Length;
        using var bare = WorkerProcess.OfThisProgram("bare-server", scratch["bare.sock"], length.ToString(CultureInfo.InvariantCulture));
        await bare.HearAsync();
        await MeasureReadsAsync(node, scratch["bare.sock"], token, report);
        await MeasureWritesAsync(node, report);
        await MeasureScrapesAsync(node, http, report);
    }

    private static async Task MeasureReadsAsync(NodeProcess node, string bareSocket, string token, Report report)
    {
        using var bareLoad = Load(bareSocket, "GET", "-");
        using var load = Load(node.Paths.Socket, "GET", "-");
        using var keyLoad = Load(node.Paths.Socket, "GET", token);
        var turns = new List<(double Bare, double Plain, double Key, double P99, double Processor)>();
        for (var turn = -1; turn < Turns; turn++)
        {
            var bare = await TurnAsync(bareLoad);
            var before = node.ProcessorTime;
            var plain = await TurnAsync(load);
            var processor = (node.ProcessorTime - before).TotalMicroseconds / plain[3];
            var key = await TurnAsync(keyLoad);
            if (turn >= 0)
            {
                turns.Add((bare[0], plain[0], key[0], plain[2], processor));
            }
        }

        report.Add("get-rps", Median(turns.Select(turn => turn.Plain)), "/s");
        report.Add("get-bare-rps", Median(turns.Select(turn => turn.Bare)), "/s");
        report.AddAbove("get-of-bare-percent", Median(turns.Select(turn => turn.Plain / turn.Bare * 100)), "%", LeastOfBare);
        report.Add("get-p99-ms", Median(turns.Select(turn => turn.P99)) / 1000, "ms");
        report.Add("auth-overhead-percent", Median(turns.Select(turn => ((turn.Plain / turn.Key) - 1) * 100)), "%");
        var perRequest = Median(turns.Select(turn => turn.Processor));
        report.Add("get-processor-us", perRequest, "us");
        report.AddBelow("metrics-overhead-percent", CountMicroseconds() / perRequest * 100, "%", 1);
    }

    private static async Task MeasureWritesAsync(NodeProcess node, Report report)
    {
        using var load = Load(node.Paths.Socket, "PUT", "-");
        await TurnAsync(load);
        var turns = new List<double[]>();
        for (var turn = 0; turn < Turns; turn++)
        {
            turns.Add(await TurnAsync(load));
        }

        report.Add("put-durable-rps", Median(turns.Select(turn => turn[0])), "/s");
        report.Add("put-p99-ms", Median(turns.Select(turn => turn[2])) / 1000, "ms");
    }

    // What a collector costs that asks again and again.
    private static async Task MeasureScrapesAsync(NodeProcess node, HttpClient http, Report report)
    {
        var metrics = new Uri("http://cms/metrics");
        await http.GetStringAsync(metrics);
        var before = node.ProcessorTime;
        for (var scrape = 0; scrape < Scrapes; scrape++)
        {
            await http.GetStringAsync(metrics);
        }

        report.Add("metrics-scrape-ms", (node.ProcessorTime - before).TotalMilliseconds / Scrapes, "ms");
    }

    // What is done for the metrics at each request, by itself.
    private static double CountMicroseconds()
    {
        var context = new DefaultHttpContext();
        context.SetEndpoint(new Endpoint(requestDelegate: null, new EndpointMetadataCollection(), "bench"));
        var sample = new Sample();
        for (var turn = 0; turn < Turns; turn++)
        {
            var begun = System.Diagnostics.Stopwatch.GetTimestamp();
            for (var count = 0; count < Counts; count++)
            {
                RequestMeter.Count(context, RequestMeter.Start());
            }

            sample.AddSince(begun);
        }

        return sample.Median.TotalMicroseconds / Counts;
    }

    // A key that may read the module by the rules, and nothing else.
    private static async Task<string> MakeKeyAsync(Installation installation, NodeProcess node)
    {
        const string Rules = "config rule\n\toption effect 'allow'\n\tlist action 'read'\n\tlist principal 'key:bench'\n\tlist path 'bench'\n";
        using var client = node.NewClient();
        await client.ImportAsync("access", System.Text.Encoding.UTF8.GetBytes(Rules), new ImportOptions(), CancellationToken.None);
        using var command = new WorkerProcess(installation.Command, "--run-directory", node.Paths.RunDirectory, "key", "create", "bench");
        var words = await command.HearAsync();
        return words.Single(word => word.StartsWith("cms_", StringComparison.Ordinal));
    }

    private static WorkerProcess Load(string socket, string method, string token) =>
        WorkerProcess.OfThisProgram("request-load", socket, Connections.ToString(CultureInfo.InvariantCulture), method, token);

    private static async Task<double[]> TurnAsync(WorkerProcess load)
    {
        await load.TellAsync(Seconds);
        return await load.HearNumbersAsync();
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Turns / 2);
}
