using Cms.Formats.Mapping;
using Microsoft.Win32.SafeHandles;

namespace Cms.Benchmarks;

/// <summary>Overwrites a file whose space is there already, piece after piece, each made durable: the least a commit can cost.</summary>
internal sealed class BareFlush : IDisposable
{
    // About as far as the journal's log goes before it begins anew.
    private const int FileBytes = 4 << 20;

    private readonly byte[] _piece;
    private readonly SafeFileHandle _file;
    private long _offset;

    /// <param name="path">The file to make.</param>
    /// <param name="pieceBytes">How many bytes are made durable at a time.</param>
    public BareFlush(string path, int pieceBytes)
    {
        _piece = new byte[pieceBytes];
        _piece.AsSpan().Fill((byte)'x');
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite);
        RandomAccess.Write(_file, new byte[FileBytes], 0);
        DataSync.Flush(_file, path);
    }

    /// <summary>Writes one piece; when this returns, it is on disk.</summary>
    public void Write()
    {
        RandomAccess.Write(_file, _piece, _offset);
        DataSync.Flush(_file, "the preallocated file");
        _offset = _offset + (2 * _piece.Length) > FileBytes ? 0 : _offset + _piece.Length;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
