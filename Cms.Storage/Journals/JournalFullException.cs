namespace Cms.Storage.Journals;

/// <summary>The disk of the journal has no room. Nothing of what was handed in is durable; it may be handed in again.</summary>
public sealed class JournalFullException : JournalException
{
    /// <summary>The disk is full.</summary>
    /// <param name="path">The journal's file.</param>
    /// <param name="inner">What SQLite said.</param>
    internal JournalFullException(string path, Exception inner)
        : base($"{Path.GetDirectoryName(path)} has no room for the journal ({inner.Message}); nothing was changed: make room on this disk, then send it again", inner)
    {
    }
}
