using Microsoft.Win32.SafeHandles;

namespace Cms.Cli.Output;

/// <summary>Prints what comes to standard output at once, and notices when nobody reads it any more.</summary>
internal sealed class LinePrinter : IDisposable
{
    private const int StandardOutput = 1;
    private const int BrokenPipe = 32;

    private readonly SafeFileHandle _handle = new(StandardOutput, ownsHandle: false);
    private readonly FileStream _stream;
    private readonly CommandOutput _output;

    /// <param name="format">What the caller wants.</param>
    public LinePrinter(OutputFormat format)
    {
        // The console's own stream does not say when nobody reads.
        _stream = new FileStream(_handle, FileAccess.Write, bufferSize: 0);
        _output = new CommandOutput(_stream, Stream.Null, format);
    }

    /// <summary>Prints.</summary>
    /// <returns>False when nobody reads any more, which is no failure.</returns>
    /// <exception cref="IOException">Standard output cannot be written.</exception>
    public bool TryPrint(Action<CommandOutput> print)
    {
        try
        {
            print(_output);
            _output.Flush();
            return true;
        }
        catch (IOException gone) when (gone.HResult == BrokenPipe)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _handle.Dispose();
    }
}
