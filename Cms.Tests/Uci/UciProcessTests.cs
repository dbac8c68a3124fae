using System.Diagnostics;
using System.Globalization;
using Cms.Formats.Uci;
using Xunit;

namespace Cms.Tests.Uci;

/// <summary>Several real processes on the same files, and processes that are killed.</summary>
public sealed class UciProcessTests : IDisposable
{
    private readonly UciMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task Four_processes_that_set_and_commit_lose_nothing()
    {
        const int Processes = 4;
        const int Rounds = 100;
        var running = Enumerable.Range(0, Processes).Select(process => RunBatchAsync(
            string.Concat(Enumerable.Range(0, Rounds).Select(round => $"set t.lan.p{process}_{round}='{round}'\ncommit t\n"))));

        foreach (var (output, error, code) in await Task.WhenAll(running))
        {
            Assert.Equal((string.Empty, string.Empty, 0), (output, error, code));
        }

        var lan = ReadLan();
        Assert.Equal(Processes * Rounds, lan.Options().Count(option => option.Name[0] == 'p' && option.Name.Contains('_')));
        Assert.Empty(_machine.Delta("t"));
    }

    [Fact]
    public async Task Four_processes_that_add_sections_lose_none()
    {
        var commands = string.Concat(Enumerable.Repeat("add t host\n", 50));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RunBatchAsync(commands)));

        var names = answers.SelectMany(answer => answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.Equal(200, names.Count);
        Assert.Equal(200, names.Distinct().Count());
        Assert.Equal(200, _machine.Run("show", "t").Output.Split('\n').Count(line => line.EndsWith("=host", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_a_killed_process_was_seen_to_commit_is_there()
    {
        var random = new Random(1);
        var acknowledged = 0;
        for (var round = 0; round < 8; round++)
        {
            acknowledged = await CountUntilKilledAsync(acknowledged, random.Next(1, 120));
            var lan = ReadLan();
            var written = int.Parse(System.Text.Encoding.ASCII.GetString(lan.Find("n")![0].Span), CultureInfo.InvariantCulture);
            Assert.InRange(written, acknowledged, acknowledged + 1);
            Assert.Equal("static\n", _machine.Run("get", "t.lan.proto").Output);
        }
    }

    [Fact]
    public async Task The_program_answers_like_the_personality()
    {
        var (output, error, code) = await RunAsync(string.Empty, "get", "t.lan.proto");
        Assert.Equal(("static\n", string.Empty, 0), (output, error, code));

        (output, error, code) = await RunAsync(string.Empty, "get", "t.nope");
        Assert.Equal((string.Empty, "uci: Entry not found\n", 1), (output, error, code));
    }

    private UciSection ReadLan() => UciPackage.Parse("t", File.ReadAllBytes(Path.Join(_machine.ConfigDirectory, "t")), UciReaderOptions.Default).Find("lan")!;

    private Task<(string Output, string Error, int Code)> RunBatchAsync(string commands) => RunAsync(commands, "batch");

    private async Task<(string Output, string Error, int Code)> RunAsync(string input, params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (await output, await error, process.ExitCode);
    }

    // Commits rising numbers, each acknowledged by a get, and kills the process at some point after a number of answers.
    private async Task<int> CountUntilKilledAsync(int start, int answers)
    {
        using var process = Start("batch");
        var feeding = FeedAsync(process, start);
        var last = start;
        for (var count = 0; count < answers; count++)
        {
            last = int.Parse((await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!, CultureInfo.InvariantCulture);
        }

        process.Kill();
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 } line)
        {
            last = int.Parse(line, CultureInfo.InvariantCulture);
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await feeding;
        return last;
    }

    private static async Task FeedAsync(Process process, int start)
    {
        try
        {
            for (var number = start + 1; number <= start + 1000; number++)
            {
                await process.StandardInput.WriteAsync($"set t.lan.n={number}\ncommit t\nget t.lan.n\n");
                await process.StandardInput.FlushAsync();
            }
        }
        catch (IOException)
        {
            // The process was killed, and nobody reads any more.
        }
    }

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Join(AppContext.BaseDirectory, "cms"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] all = ["uci", "-c", _machine.ConfigDirectory, "-C", Path.Join(_machine.Root, "override"), "-t", _machine.SaveDirectory, .. arguments];
        foreach (var argument in all)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
