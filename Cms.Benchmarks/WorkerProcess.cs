using System.Diagnostics;
using System.Globalization;

namespace Cms.Benchmarks;

/// <summary>A process that is told what to do by lines and answers by lines. Killed when disposed, if it still runs.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _name;

    /// <param name="program">The program's path.</param>
    /// <param name="arguments">Its arguments.</param>
    public WorkerProcess(string program, params IReadOnlyList<string> arguments)
    {
        _name = $"{Path.GetFileName(program)} {string.Join(' ', arguments)}";
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    /// <summary>The number of the process.</summary>
    public int Id => _process.Id;

    /// <summary>This program, as a worker.</summary>
    public static WorkerProcess OfThisProgram(params IReadOnlyList<string> arguments) => new(Environment.ProcessPath!, arguments);

    /// <summary>Gives it a line.</summary>
    public async Task TellAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>The words of its next line.</summary>
    /// <exception cref="InvalidDataException">It ended instead; what it had to say is on the standard error.</exception>
    public async Task<string[]> HearAsync() =>
        (await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidDataException($"{_name} ended")).Split(' ');

    /// <summary>The numbers of its next line.</summary>
    public async Task<double[]> HearNumbersAsync() => Array.ConvertAll(await HearAsync(), word => double.Parse(word, CultureInfo.InvariantCulture));

    /// <summary>Ends its input.</summary>
    public void EndInput() => _process.StandardInput.Close();

    /// <summary>The lines <c>NAME VALUE</c> that it prints until it ends.</summary>
    public async Task<Dictionary<string, double>> FiguresAsync()
    {
        var lines = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return _process.ExitCode == 0
            ? lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
                .ToDictionary(words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture))
            : throw new InvalidDataException($"{_name} ended with {_process.ExitCode}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
