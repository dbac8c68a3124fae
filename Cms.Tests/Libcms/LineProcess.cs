using System.Diagnostics;
using System.Text;
using Xunit;

namespace Cms.Tests.Libcms;

/// <summary>A program in a process of its own that is told by lines what to do and answers by lines.</summary>
internal abstract class LineProcess : IAsyncDisposable
{
    private readonly Process _process;

    /// <summary>Starts the program.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">Its arguments.</param>
    protected LineProcess(string program, params IReadOnlyList<string> arguments) =>
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    /// <summary>One command, one line of answer.</summary>
    public string Ask(string command)
    {
        Send(command);
        return Read();
    }

    /// <summary>One command whose answer is fetched later.</summary>
    public void Send(string command)
    {
        _process.StandardInput.Write(command + "\n");
        _process.StandardInput.Flush();
    }

    /// <summary>The next line of an answer.</summary>
    public string Read() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The program ended.");

    /// <summary>An answer of several lines, up to a dot.</summary>
    public string AskAll(string command)
    {
        var text = new StringBuilder();
        Send(command);
        for (var line = Read(); line != "."; line = Read())
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Ends the program and expects that the sanitizers, or whoever judges it, had nothing to say.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        var exitCode = _process.ExitCode;
        _process.Dispose();
        Assert.Equal(0, exitCode);
    }
}
