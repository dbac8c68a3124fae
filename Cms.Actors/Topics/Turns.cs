using System.Threading.Channels;

namespace Cms.Actors.Topics;

/// <summary>Lets few at a time do something; the others wait in the order of their coming.</summary>
/// <remarks>Any thread may call.</remarks>
internal sealed class Turns
{
    private readonly Channel<int> _free;

    /// <param name="count">How many at a time.</param>
    public Turns(int count)
    {
        _free = Channel.CreateBounded<int>(count);
        for (var turn = 0; turn < count; turn++)
        {
            _free.Writer.TryWrite(turn);
        }
    }

    /// <summary>Does something when it is its turn.</summary>
    /// <param name="work">Done on the caller's thread, or where the wait ends.</param>
    /// <param name="cancellation">Ends the wait for the turn.</param>
    public async ValueTask<T> RunAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        var turn = await _free.Reader.ReadAsync(cancellation);
        try
        {
            return work();
        }
        finally
        {
            _free.Writer.TryWrite(turn);
        }
    }
}
