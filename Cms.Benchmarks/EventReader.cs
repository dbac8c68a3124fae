using System.Diagnostics;
using Cms.Client;
using Cms.Client.Wire;

namespace Cms.Benchmarks;

/// <summary>The other process: watches over the socket and says when it has heard.</summary>
internal static class EventReader
{
    /// <summary>Prints a line when all watch, then for each commit the monotonic time at which the last watch had it.</summary>
    /// <param name="socket">The daemon's.</param>
    /// <param name="count">How many watches, each with a connection of its own.</param>
    /// <param name="output">Where the lines go.</param>
    public static async Task RunAsync(string socket, int count, TextWriter output)
    {
        var clients = Enumerable.Range(0, count).Select(_ => new CmsClient(socket)).ToList();
        var watches = clients.ConvertAll(client =>
            client.WatchAsync(new WatchRequest { Patterns = ["bench"] }, CancellationToken.None).GetAsyncEnumerator());
        await Task.WhenAll(watches.Select(watch => watch.MoveNextAsync().AsTask()));
        await SayAsync(output, "ready");
        while (true)
        {
            var heard = await Task.WhenAll(watches.Select(HearAsync));
            await SayAsync(output, heard.Max().ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private static async Task<long> HearAsync(IAsyncEnumerator<WatchLine> watch)
    {
        while (await watch.MoveNextAsync())
        {
            if (watch.Current.Kind == WatchLine.Commit)
            {
                return Stopwatch.GetTimestamp();
            }
        }

        throw new InvalidDataException("the watch has ended");
    }

    private static async Task SayAsync(TextWriter output, string line)
    {
        await output.WriteLineAsync(line);
        await output.FlushAsync();
    }
}
