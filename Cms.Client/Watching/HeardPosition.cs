using Cms.Client.Wire;
using Cms.Formats.Modules;

namespace Cms.Client.Watching;

/// <summary>How far a watch has heard, by the lines that it was told. One caller at a time.</summary>
internal sealed class HeardPosition
{
    private readonly Dictionary<string, Revision> _heard = [];
    private Guid? _journal;

    /// <summary>How far; null before the first line.</summary>
    public JournalPosition? Current => _journal is null ? null : new JournalPosition(_journal, new Dictionary<string, Revision>(_heard));

    /// <summary>A line was told.</summary>
    public void Note(WatchLine line)
    {
        switch (line)
        {
            case { Kind: WatchLine.Start, Position: { } text }:
                var position = JournalPosition.Parse(text);
                _journal = position.Journal;
                foreach (var (module, revision) in position.Revisions)
                {
                    _heard[module] = revision;
                }

                break;
            case { Kind: WatchLine.Commit, Module: { } module, Revision: { } revision }:
                _heard[module] = new Revision(revision);
                break;
            case { Kind: WatchLine.Lost, Module: { } module, Next: { } next }:
                _heard[module] = new Revision(next - 1);
                break;
            default:
                break;
        }
    }
}
