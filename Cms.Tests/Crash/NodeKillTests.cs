using System.Diagnostics;
using System.Globalization;
using Cms.Formats.Segments;
using Cms.Formats.Uci;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Crash;

/// <summary>The daemon dies by kill -9 again and again under writers and readers in other processes.</summary>
public sealed class NodeKillTests
{
    private const int Kills = 50;
    private const int Writers = 3;
    private const int Readers = 2;
    private const string Module = "load";

    [Fact]
    public async Task Every_acknowledged_commit_survives_fifty_kills_and_no_reader_sees_half_of_one()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        await using var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf(Module), "\n", TestContext.Current.CancellationToken);
        await node.StartAsync();
        using var load = new Load(node.RunDirectory);
        for (var kill = 0; kill < Kills; kill++)
        {
            // The moment of death is meant to be random; there is no event to wait for. Each second time all writers have got something through.
            await (kill % 2 == 0 ? load.EachCommitsAsync() : Task.CompletedTask);
            await Task.Delay(random.Next(5, 150), TestContext.Current.CancellationToken);
            await node.KillAsync();
            await node.StartAsync();
        }

        await load.StopWritersAsync();
        Assert.Null(await load.StopReadersAsync());
        Check(node, load, seed);
        await node.StopAsync();
        CheckFile(node);
    }

    private static void Check(NodeProcess node, Load load, int seed)
    {
        using var reader = SegmentReader.Open(Path.Combine(node.RunDirectory, "segments", Module + ".seg"));
        var view = reader.Snapshot();
        for (var writer = 0; writer < Writers; writer++)
        {
            var acknowledged = load.Acknowledged(writer);
            Assert.True(acknowledged >= Kills / 2, $"seed {seed}: writer {writer} got {acknowledged} commits through only");
            var section = view.FindSection(Load.SectionOf(writer))!;
            Assert.Null(CountedSection.Check(view, section, out var number));
            Assert.InRange(number, acknowledged, acknowledged + 1);
        }
    }

    private static void CheckFile(NodeProcess node)
    {
        using var reader = SegmentReader.Open(Path.Combine(node.RunDirectory, "segments", Module + ".seg"));
        using var expected = new MemoryStream();
        UciWriter.Write(reader.Snapshot(), expected);
        Assert.Equal(expected.ToArray(), File.ReadAllBytes(node.FileOf(Module)));
    }

    /// <summary>Writers and readers in processes of their own.</summary>
    private sealed class Load : IDisposable
    {
        private readonly List<Process> _writers = [];
        private readonly List<Process> _readers = [];
        private readonly int[] _acknowledged = new int[Writers];

        public Load(string runDirectory)
        {
            for (var writer = 0; writer < Writers; writer++)
            {
                var index = writer;
                var process = Start("write-node", runDirectory, Module, SectionOf(writer));
                process.OutputDataReceived += (_, line) => Note(index, line.Data);
                process.BeginOutputReadLine();
                _writers.Add(process);
            }

            for (var reader = 0; reader < Readers; reader++)
            {
                _readers.Add(Start("read-node", runDirectory, Module));
            }
        }

        public static string SectionOf(int writer) => string.Create(CultureInfo.InvariantCulture, $"writer{writer}");

        public int Acknowledged(int writer) => Volatile.Read(ref _acknowledged[writer]);

        /// <summary>Waits until each writer has got another commit through.</summary>
        public Task EachCommitsAsync()
        {
            var before = Enumerable.Range(0, Writers).Select(Acknowledged).ToList();
            return Eventually.IsSoAsync(() => Enumerable.Range(0, Writers).All(writer => Acknowledged(writer) > before[writer]));
        }

        public async Task StopWritersAsync()
        {
            foreach (var writer in _writers)
            {
                writer.Kill();
                await writer.WaitForExitAsync();
            }
        }

        /// <returns>What a reader complained about, or null.</returns>
        public async Task<string?> StopReadersAsync()
        {
            foreach (var reader in _readers)
            {
                reader.StandardInput.Close();
                var errors = await reader.StandardError.ReadToEndAsync();
                var output = await reader.StandardOutput.ReadToEndAsync();
                await reader.WaitForExitAsync();
                if (reader.ExitCode != 0 || output.Contains("\n0 reads", StringComparison.Ordinal))
                {
                    return output + errors;
                }
            }

            return null;
        }

        public void Dispose()
        {
            foreach (var process in _writers.Concat(_readers))
            {
                if (!process.HasExited)
                {
                    process.Kill();
                }

                process.Dispose();
            }
        }

        private static Process Start(params string[] arguments)
        {
            var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Cms.Tests.Worker.dll"), .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            return Process.Start(start) ?? throw new InvalidOperationException("the worker did not start");
        }

        private void Note(int writer, string? line)
        {
            if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                Volatile.Write(ref _acknowledged[writer], number);
            }
        }
    }
}
