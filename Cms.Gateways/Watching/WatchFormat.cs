using Cms.Actors.Topics;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Requests;

namespace Cms.Gateways.Watching;

/// <summary>How a watch is written as an answer that goes on: a line of JSON for each event. One caller at a time.</summary>
internal class WatchFormat
{
    private static readonly byte[] AliveLine = EventMapper.ToBytes(new() { Kind = WatchLine.Alive });

    /// <summary>The media type.</summary>
    public virtual string ContentType => MediaTypes.JsonLines;

    /// <summary>What it is called in the numbers.</summary>
    public virtual string Way => "lines";

    /// <summary>The sign of life.</summary>
    public virtual byte[] Alive => AliveLine;

    /// <summary>What comes first.</summary>
    /// <param name="position">Where the watch begins.</param>
    public virtual byte[] Start(JournalPosition position) => EventMapper.ToBytes(new() { Kind = WatchLine.Start, Position = position.ToString() });

    /// <summary>An event.</summary>
    /// <param name="happened">What may be heard of it.</param>
    /// <param name="withOld">Whether what was there before is wanted.</param>
    public virtual byte[] Event(TopicEvent happened, bool withOld) => EventMapper.ToLine(happened, withOld);

    /// <summary>Everything up to here was told, or is none of the listener's concern.</summary>
    public virtual void Note(JournalPosition position)
    {
    }

    /// <summary>What comes last.</summary>
    public virtual byte[] Last(WatchLine line) => EventMapper.ToBytes(line);
}
