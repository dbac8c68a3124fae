using System.Text;
using Cms.Actors.Topics;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Requests;

namespace Cms.Gateways.Watching;

/// <summary>A watch as server-sent events: the id of each is the position behind it, so that a browser goes on by itself.</summary>
internal sealed class EventStreamFormat : WatchFormat
{
    // After this long a browser connects again.
    private const string Retry = "retry: 1000\n\n";
    private static readonly byte[] Comment = ":\n\n"u8.ToArray();

    private JournalPosition _position = JournalPosition.Beginning;

    /// <inheritdoc/>
    public override string ContentType => MediaTypes.EventStream;

    /// <inheritdoc/>
    public override string Way => "events";

    /// <inheritdoc/>
    public override byte[] Alive => Comment;

    /// <inheritdoc/>
    public override byte[] Start(JournalPosition position)
    {
        Note(position);
        return [.. Encoding.UTF8.GetBytes(Retry), .. Write(WatchLine.Start, base.Start(position))];
    }

    /// <inheritdoc/>
    public override byte[] Event(TopicEvent happened, bool withOld)
    {
        var revision = happened switch
        {
            TopicEvent.Committed committed => committed.Revision,
            TopicEvent.Lost lost => new Revision(lost.Next.Value - 1),
            _ => throw new System.Diagnostics.UnreachableException($"unknown event {happened.GetType().Name}"),
        };
        Note(_position with { Revisions = new Dictionary<string, Revision>(_position.Revisions) { [happened.Module.ToString()] = revision } });
        return Write(happened is TopicEvent.Committed ? WatchLine.Commit : WatchLine.Lost, EventMapper.ToLine(happened, withOld));
    }

    /// <inheritdoc/>
    public override void Note(JournalPosition position) => _position = position;

    /// <inheritdoc/>
    public override byte[] Last(WatchLine line) => Write(line.Kind, base.Last(line));

    // The line is one line and ends with a line break; an empty one ends the event.
    private byte[] Write(string kind, byte[] line) =>
        [.. Encoding.UTF8.GetBytes($"id: {_position}\nevent: {kind}\ndata: "), .. line, (byte)'\n'];
}
