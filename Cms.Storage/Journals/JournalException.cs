namespace Cms.Storage.Journals;

/// <summary>The journal failed. An append that throws this has an unknown outcome: re-read, never guess.</summary>
public sealed class JournalException : Exception
{
    /// <summary>A fault of the journal itself.</summary>
    public JournalException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
