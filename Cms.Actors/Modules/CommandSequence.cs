namespace Cms.Actors.Modules;

/// <summary>Commands that follow each other without waiting for answers: once one is not carried out, none after it is.</summary>
/// <remarks>Any thread may call. The place where the sequence broke only ever moves forward in the sequence's order, to the first.</remarks>
public sealed class CommandSequence
{
    private long _brokenAt = long.MaxValue;

    /// <summary>Whether the command at a place may be carried out: none before it was refused.</summary>
    internal bool IsWholeBefore(long place) => place <= Volatile.Read(ref _brokenAt);

    /// <summary>Says that the command at a place was not carried out.</summary>
    internal void Break(long place)
    {
        var brokenAt = Volatile.Read(ref _brokenAt);
        while (place < brokenAt)
        {
            brokenAt = Interlocked.CompareExchange(ref _brokenAt, place, brokenAt) is var seen && seen == brokenAt ? place : seen;
        }
    }
}
