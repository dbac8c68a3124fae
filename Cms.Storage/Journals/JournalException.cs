using Cms.Formats.Modules;

namespace Cms.Storage.Journals;

/// <summary>The journal failed. An append that throws this has an unknown outcome: re-read, never guess.</summary>
public class JournalException : Exception
{
    /// <summary>A fault of the journal itself.</summary>
    public JournalException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>The file holds what was never written to it, or lacks what was.</summary>
    /// <param name="path">The journal's file.</param>
    /// <param name="what">What is damaged, without a full stop.</param>
    /// <param name="inner">What found it.</param>
    internal static JournalException Damaged(string path, string what, Exception? inner = null) =>
        new($"{path}: {what}; run 'cmsd check' to see all that is damaged, then stop cmsd and run 'cmsd repair'", inner);

    /// <summary>A commit is damaged or missing.</summary>
    internal static JournalException Damaged(string path, ModuleName module, Revision revision, string what, Exception? inner = null) =>
        Damaged(path, $"module {module}, revision {revision}: {what}", inner);
}
