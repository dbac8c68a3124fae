// Invariants: _book is replaced whole, under _gate, and is that of the revision that it names.
using Cms.Actors;
using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Formats.Segments;

namespace Cms.Gateways.Authentication.Credentials;

/// <summary>Whom the module <c>access</c> lets vouch for himself, at its newest revision.</summary>
/// <remarks>Any thread may call.</remarks>
/// <param name="node">The node.</param>
/// <param name="tell">Told what in the module cannot be used, once for each revision.</param>
internal sealed class CredentialDirectory(Node node, Action<string> tell)
{
    private const int MostReads = 20;

    private readonly Lock _gate = new();
    private volatile CredentialBook _book = CredentialBook.Empty;

    /// <summary>The book of now; a few nanoseconds while the module does not change.</summary>
    /// <exception cref="SegmentException">The module cannot be read now.</exception>
    /// <exception cref="SnapshotTooOldException">It changes all the time.</exception>
    public CredentialBook Current => Newest() == _book.Revision ? _book : Read();

    private Revision Newest() => node.Modules.Find(AccessScope.RulesModule)?.Revision ?? Revision.None;

    private CredentialBook Read()
    {
        lock (_gate)
        {
            for (var read = 1; Newest() != _book.Revision; read++)
            {
                try
                {
                    using var segment = SegmentReader.Open(Path.Combine(node.Options.SegmentDirectory, AccessScope.RulesModule + ".seg"));
                    Take(CredentialReader.Read(segment.Snapshot()));
                }
                catch (SnapshotTooOldException) when (read < MostReads)
                {
                    // Commits came in between; the next snapshot is newer.
                }
            }

            return _book;
        }
    }

    private void Take(CredentialBook book)
    {
        foreach (var problem in book.Problems)
        {
            tell(problem);
        }

        _book = book;
    }
}
