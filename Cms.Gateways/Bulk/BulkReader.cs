using System.Buffers;
using System.IO.Pipelines;
using Cms.Formats.Refusals;

namespace Cms.Gateways.Bulk;

/// <summary>Reads the body of a bulk while it comes in and has it parsed.</summary>
/// <remarks>
/// Memory is bounded by the longest statement that is allowed. A statement that goes on over pieces is looked at again only when the
/// text has doubled, so that the work stays linear. One thread at a time.
/// </remarks>
internal sealed class BulkReader(PipeReader body, BulkParser parser, int maxStatementBytes)
{
    private const int FirstBytes = 64 * 1024;

    private byte[] _buffer = new byte[FirstBytes];
    private int _length;
    private int _lookAgainAt;

    /// <summary>Reads on until there are operations, an error or the end.</summary>
    /// <param name="operations">Where they are added.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>False at the end of the text and behind an error.</returns>
    public async ValueTask<bool> ReadAsync(List<BulkOperation> operations, CancellationToken cancellation)
    {
        while (operations.Count == 0 && HasRoom())
        {
            var isEnd = await FillAsync(cancellation);
            if (!isEnd && _length < _lookAgainAt)
            {
                continue;
            }

            var taken = parser.Parse(_buffer.AsMemory(0, _length), isEnd, operations);
            _buffer.AsSpan(taken, _length - taken).CopyTo(_buffer);
            _length -= taken;
            _lookAgainAt = taken > 0 ? 0 : Math.Min(_length * 2, maxStatementBytes);
            if (isEnd)
            {
                return false;
            }
        }

        return parser.Refusal is null;
    }

    /// <summary>Reads what is left and forgets it, so that the caller can finish sending and hear the answer.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        ReadResult read;
        do
        {
            read = await body.ReadAsync(cancellation);
            body.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        var read = await body.ReadAsync(cancellation);
        var count = (int)Math.Min(read.Buffer.Length, _buffer.Length - _length);
        var piece = read.Buffer.Slice(0, count);
        piece.CopyTo(_buffer.AsSpan(_length));
        _length += count;
        var isEnd = read.IsCompleted && count == read.Buffer.Length;
        body.AdvanceTo(piece.End);
        return isEnd;
    }

    // Room for more text; false when there is nothing more to read it for.
    private bool HasRoom()
    {
        if (_length >= maxStatementBytes)
        {
            parser.Refuse(parser.Lines + 1, new Refusal(ErrorCode.TooLarge, $"a statement has more than {maxStatementBytes} bytes"));
        }
        else if (_length == _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, maxStatementBytes));
        }

        return parser.Refusal is null;
    }
}
