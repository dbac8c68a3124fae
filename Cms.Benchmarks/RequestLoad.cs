using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Cms.Benchmarks;

/// <summary>The other process: connections that are kept, each of which sends its next request when the answer to the one before is there.</summary>
/// <remarks>It takes as little of the processors as it can, since the server shares them: requests are bytes that lie ready, answers are counted and not read.</remarks>
internal static class RequestLoad
{
    private const int BufferBytes = 16 * 1024;

    /// <summary>For each line of input, which is for how many seconds, prints the requests a second and the latency at the median and at 99 % in us.</summary>
    /// <param name="socket">The server's.</param>
    /// <param name="connections">How many.</param>
    /// <param name="method">GET, or PUT, which sets another value of another option with each request.</param>
    /// <param name="token">What is shown as bearer; <c>-</c> for nothing.</param>
    /// <param name="input">Where the lines come from.</param>
    /// <param name="output">Where the lines go.</param>
    public static async Task RunAsync(string socket, string connections, string method, string token, TextReader input, TextWriter output)
    {
        var all = new List<Connection>();
        for (var number = 0; number < int.Parse(connections, CultureInfo.InvariantCulture); number++)
        {
            all.Add(await Connection.OpenAsync(socket, number, method == "PUT", token == "-" ? "" : $"Authorization: Bearer {token}\r\n"));
        }

        while (await input.ReadLineAsync() is { } seconds)
        {
            var begun = Stopwatch.GetTimestamp();
            var until = begun + (long)(double.Parse(seconds, CultureInfo.InvariantCulture) * Stopwatch.Frequency);
            var samples = await Task.WhenAll(all.Select(each => Task.Run(() => each.RunAsync(until))));
            var elapsed = Stopwatch.GetElapsedTime(begun);
            var times = samples.SelectMany(times => times).Order().ToList();
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{times.Count / elapsed.TotalSeconds} {Microseconds(times, 50)} {Microseconds(times, 99)} {times.Count}"));
            await output.FlushAsync();
        }

        all.ForEach(each => each.Dispose());
    }

    private static double Microseconds(List<long> ordered, int percent) => ordered[(ordered.Count - 1) * percent / 100] * 1e6 / Stopwatch.Frequency;

    private sealed class Connection(Socket socket, byte[] request, int place) : IDisposable
    {
        private const int ValueDigits = 10;
        private static readonly byte[] Length = "Content-Length: "u8.ToArray();
        private static readonly byte[] End = "\r\n\r\n"u8.ToArray();
        private readonly byte[] _buffer = new byte[BufferBytes];
        private long _number;

        public static async Task<Connection> OpenAsync(string path, int number, bool isPut, string header)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            var head = $"Host: cms\r\n{header}";
            var body = $$"""{"value":"{{new string('0', ValueDigits)}}"}""";
            var request = Encoding.ASCII.GetBytes(isPut
                ? $"PUT {RequestMeasure.PathOf(number)} HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"
                : $"GET {RequestMeasure.Path} HTTP/1.1\r\n{head}\r\n");
            return new Connection(socket, request, isPut ? request.Length - ValueDigits - 2 : -1);
        }

        public async Task<List<long>> RunAsync(long until)
        {
            var times = new List<long>();
            for (var start = Stopwatch.GetTimestamp(); start < until; start = Stopwatch.GetTimestamp())
            {
                if (place >= 0)
                {
                    ++_number;
                    _ = _number.TryFormat(request.AsSpan(place, ValueDigits), out _, "D10", CultureInfo.InvariantCulture);
                }

                await socket.SendAsync(request);
                await ReceiveAsync();
                times.Add(Stopwatch.GetTimestamp() - start);
            }

            return times;
        }

        public void Dispose() => socket.Dispose();

        private async ValueTask ReceiveAsync()
        {
            for (var (filled, whole) = (0, int.MaxValue); filled < whole;)
            {
                var read = await socket.ReceiveAsync(_buffer.AsMemory(filled));
                filled += read > 0 ? read : throw new InvalidDataException("the server closed the connection");
                whole = whole == int.MaxValue ? WholeLength(_buffer.AsSpan(0, filled)) : whole;
            }
        }

        private static int WholeLength(ReadOnlySpan<byte> received)
        {
            var end = received.IndexOf(End);
            if (end < 0)
            {
                return int.MaxValue;
            }

            if (!received.StartsWith("HTTP/1.1 200"u8))
            {
                throw new InvalidDataException(Encoding.UTF8.GetString(received));
            }

            var length = received[..end].IndexOf(Length);
            return length >= 0 && System.Buffers.Text.Utf8Parser.TryParse(received[(length + Length.Length)..], out int bytes, out _) ? end + End.Length + bytes
                : received.EndsWith("\r\n0\r\n\r\n"u8) ? received.Length
                : int.MaxValue;
        }
    }
}
