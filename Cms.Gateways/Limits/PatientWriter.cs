using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Cms.Gateways.Limits;

/// <summary>What goes out by a connection: whoever does not take it in time is let go of.</summary>
/// <remarks>
/// The server itself gives a reader a time that grows with all that was ever written to him, so that he holds a large answer for
/// hours. Here each piece has its time. What is taken at once, as nearly all is, costs a call.
/// </remarks>
/// <param name="inner">What the server sends from.</param>
/// <param name="connection">What is cut.</param>
/// <param name="patience">How long the reader may take until there is room for more.</param>
internal sealed class PatientWriter(PipeWriter inner, ConnectionContext connection, TimeSpan patience) : PipeWriter
{
    /// <summary>The most that is written at once of what is large, so that each piece is taken in time by whoever reads at all.</summary>
    public const int PieceBytes = 64 * 1024;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    /// <inheritdoc/>
    public override long UnflushedBytes => inner.UnflushedBytes;

    /// <summary>Writes what is large in pieces.</summary>
    public static async Task WriteAsync(Stream answer, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (bytes.Length > PieceBytes)
        {
            await answer.WriteAsync(bytes[..PieceBytes], cancellation);
            bytes = bytes[PieceBytes..];
        }

        await answer.WriteAsync(bytes, cancellation);
    }

    /// <inheritdoc/>
    public override void Advance(int bytes) => inner.Advance(bytes);

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    /// <inheritdoc/>
    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    /// <inheritdoc/>
    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => InTimeAsync(inner.FlushAsync(cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) => InTimeAsync(inner.WriteAsync(source, cancellationToken));

    private ValueTask<FlushResult> InTimeAsync(ValueTask<FlushResult> flush) => flush.IsCompleted ? flush : new(WaitAsync(flush.AsTask()));

    private async Task<FlushResult> WaitAsync(Task<FlushResult> flush)
    {
        try
        {
            return await flush.WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            connection.Abort(new ConnectionAbortedException("the reader does not read"));
            return await flush;
        }
    }
}
