using System.ComponentModel;
using System.Diagnostics;
using Cms.Formats.Streams;

namespace Cms.Cli.Interactive;

/// <summary>What a command prints on a terminal: as it is while it fits the screen, else page by page.</summary>
/// <param name="height">How many lines the screen has.</param>
internal sealed class PagedOutput(int height) : WriteOnlyStream
{
    private readonly MemoryStream _collected = new();
    private int _lines;
    private Process? _pager;
    private bool _isLeft;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_pager is null)
        {
            _collected.Write(buffer);
            _lines += buffer.Count((byte)'\n');
            if (_lines >= height)
            {
                Open();
            }

            return;
        }

        Send(buffer);
    }

    public override void Flush()
    {
        // All of it is shown at the end, when it is known whether it fits.
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _pager is null)
        {
            using var output = Console.OpenStandardOutput();
            _collected.WriteTo(output);
        }

        Close(_pager);
        _pager = null;
        _collected.SetLength(0);
        base.Dispose(disposing);
    }

    // What PAGER names is a command line. Without it less is asked to end at once when all fits, and more where there is no less.
    private void Open()
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "if [ -n \"$PAGER\" ]; then eval \"$PAGER\"; elif command -v less >/dev/null; then LESS=FRX less; elif command -v more >/dev/null; then more; else cat; fi"])
        {
            RedirectStandardInput = true,
        };
        try
        {
            _pager = Process.Start(start)!;
            Send(_collected.GetBuffer().AsSpan(0, (int)_collected.Length));
        }
        catch (Win32Exception failure)
        {
            throw new IOException($"no pager can be started: {failure.Message}", failure);
        }
    }

    private void Send(ReadOnlySpan<byte> text)
    {
        try
        {
            if (!_isLeft)
            {
                _pager!.StandardInput.BaseStream.Write(text);
            }
        }
        catch (IOException)
        {
            // Who leaves the pager has seen enough.
            _isLeft = true;
        }
    }

    private static void Close(Process? pager)
    {
        if (pager is null)
        {
            return;
        }

        try
        {
            pager.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended before it read everything.
        }

        pager.WaitForExit();
        pager.Dispose();
    }
}
