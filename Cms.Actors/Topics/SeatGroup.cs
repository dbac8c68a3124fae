using Cms.Formats.Modules;

namespace Cms.Actors.Topics;

/// <summary>Those at one module who want the same, so that a commit is compared with what they want once for all of them.</summary>
/// <remarks>
/// No commit behind <see cref="Concerned"/> up to <see cref="Seen"/> means anything to the group: who has heard up to the one has
/// heard up to the other, without being woken. Guarded by the module's topic.
/// </remarks>
/// <param name="filter">What they want.</param>
/// <param name="newest">The module's newest revision; whether commits up to it mean something to the group is not known.</param>
internal sealed class SeatGroup(TopicFilter filter, Revision newest)
{
    private readonly List<TopicSeat> _seats = [];

    /// <summary>What they want.</summary>
    public TopicFilter Filter => filter;

    /// <summary>The newest revision that may mean something to the group.</summary>
    public Revision Concerned { get; private set; } = newest;

    /// <summary>Up to where that is known.</summary>
    public Revision Seen { get; private set; } = newest;

    /// <summary>Those who want it.</summary>
    public IReadOnlyList<TopicSeat> Seats => _seats;

    /// <summary>Puts a seat in.</summary>
    public void Add(TopicSeat seat)
    {
        seat.Place = _seats.Count;
        _seats.Add(seat);
    }

    /// <summary>Takes a seat out; the last one takes its place.</summary>
    public void Remove(TopicSeat seat)
    {
        _seats[seat.Place] = _seats[^1];
        _seats[seat.Place].Place = seat.Place;
        _seats.RemoveAt(_seats.Count - 1);
    }

    /// <summary>Notes what commits mean to the group.</summary>
    /// <param name="upTo">The revision of the last one.</param>
    /// <param name="first">The first of them that may mean something; null when none does.</param>
    public void Note(Revision upTo, Revision? first)
    {
        if (first is { } concerning)
        {
            // Who had heard everything before goes on with this one.
            Seen = new Revision(concerning.Value - 1);
            _seats.ForEach(seat => seat.Heard = Advance(seat.Heard));
            Concerned = upTo;
        }

        Seen = upTo;
    }

    /// <summary>How far somebody has heard who was told everything up to a revision.</summary>
    public Revision Advance(Revision heard) => heard >= Concerned && heard < Seen ? Seen : heard;
}
