using Cms.Formats.Modules;

namespace Cms.Actors.Topics;

/// <summary>The newest commits of a module, bounded in count and bytes; the oldest make room for the new.</summary>
/// <remarks>Revisions inside are consecutive. One thread at a time.</remarks>
internal sealed class CommitRing(int mostCommits, long mostBytes)
{
    private readonly Queue<(TopicEvent.Committed Event, long Bytes)> _commits = new();
    private long _bytes;

    /// <summary>Puts the next commit in.</summary>
    public void Add(TopicEvent.Committed happened)
    {
        var bytes = happened.Changes.Sum(told => CommitStory.Measure(told.Change));
        _commits.Enqueue((happened, bytes));
        _bytes += bytes;
        while (_commits.Count > mostCommits || (_bytes > mostBytes && _commits.Count > 0))
        {
            _bytes -= _commits.Dequeue().Bytes;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _commits.Clear();
        _bytes = 0;
    }

    /// <summary>The commits after a revision, oldest first; empty when the first of them is not here.</summary>
    public List<TopicEvent.Committed> After(Revision revision, int most)
    {
        if (_commits.Count == 0 || _commits.Peek().Event.Revision > revision.Next)
        {
            return [];
        }

        var passed = (int)Math.Min(revision.Value + 1 - _commits.Peek().Event.Revision.Value, int.MaxValue);
        return [.. _commits.Skip(passed).Take(most).Select(entry => entry.Event)];
    }
}
