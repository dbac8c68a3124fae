namespace Cms.Actors.Topics;

/// <summary>The patterns of a subscription; subscriptions with the same ones share it, and with it what it leaves of an event.</summary>
/// <remarks>Any thread may call.</remarks>
/// <param name="patterns">At least one.</param>
internal sealed class TopicFilter(IReadOnlyList<TopicPattern> patterns)
{
    // What was asked last of each of so many revisions.
    private const int Kept = 16;

    private readonly Answer?[] _answers = new Answer?[Kept];

    /// <summary>What is wanted.</summary>
    public IReadOnlyList<TopicPattern> Patterns => patterns;

    /// <summary>What filters with the same patterns have in common.</summary>
    public static string KeyOf(IReadOnlyList<TopicPattern> patterns) => string.Join('\n', patterns.Select(pattern => pattern.Text));

    /// <summary>A commit with the changes that some of the patterns mean, or null when they mean none of it.</summary>
    /// <returns>The same object for the same commit, mostly, so that it is written out once for all who hear it.</returns>
    public TopicEvent.Committed? Apply(TopicEvent.Committed committed)
    {
        ref var place = ref _answers[committed.Revision.Value % Kept];
        if (Volatile.Read(ref place) is { } known && ReferenceEquals(known.Committed, committed))
        {
            return known.Left;
        }

        var left = TopicPattern.Filter(patterns, committed);
        Volatile.Write(ref place, new Answer(committed, left));
        return left;
    }

    private sealed record Answer(TopicEvent.Committed Committed, TopicEvent.Committed? Left);
}
