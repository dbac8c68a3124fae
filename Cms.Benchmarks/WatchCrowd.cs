using System.Diagnostics;
using System.Globalization;

namespace Cms.Benchmarks;

/// <summary>The other process: many WebSockets, each with one subscription, some of which a commit concerns.</summary>
internal static class WatchCrowd
{
    private const int AtOnce = 64;

    /// <summary>Prints how many are open when all are, then for each commit the monotonic times at which those concerned had it.</summary>
    /// <param name="socket">The daemon's.</param>
    /// <param name="count">How many connections.</param>
    /// <param name="matching">How many of them watch the first section; the others watch others.</param>
    /// <param name="output">Where the lines go.</param>
    public static async Task RunAsync(string socket, int count, int matching, TextWriter output)
    {
        FileLimit.Check(count + 100);
        var times = new List<long>(matching);
        var heard = new SemaphoreSlim(0);
        void Hear()
        {
            lock (times)
            {
                times.Add(Stopwatch.GetTimestamp());
                if (times.Count == matching)
                {
                    heard.Release();
                }
            }
        }

        var sockets = new CrowdSocket[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (index, _) =>
        {
            var section = GeneratedText.Section(index < matching ? 0 : 1 + (index % 90));
            sockets[index] = await CrowdSocket.OpenAsync(socket, $"bench.{section}");
        });
        var readers = sockets.Select(each => each.ReadAsync(Hear)).ToList();
        await SayAsync(output, count.ToString(CultureInfo.InvariantCulture));
        while (true)
        {
            var all = heard.WaitAsync();
            if (await Task.WhenAny([all, .. readers]) is var first && first != all)
            {
                await first;
                throw new InvalidDataException("a connection has ended");
            }

            string line;
            lock (times)
            {
                line = string.Join(' ', times);
                times.Clear();
            }

            await SayAsync(output, line);
        }
    }

    private static async Task SayAsync(TextWriter output, string line)
    {
        await output.WriteLineAsync(line);
        await output.FlushAsync();
    }
}
