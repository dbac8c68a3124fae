using Cms.Formats.Modules;

namespace Cms.Storage.Journals;

/// <summary>States of modules from the journal alone.</summary>
public static class JournaledState
{
    /// <summary>A module at a revision: the newest snapshot that can be read and is not newer, and the commits after it.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="module">The module.</param>
    /// <param name="upTo">From <see cref="Revision.None"/> to the last one.</param>
    /// <param name="passedOver">Told of each snapshot that is damaged and was passed over, or null.</param>
    /// <returns>A state in memory of its own, on which later commits can be applied.</returns>
    /// <exception cref="HistoryRemovedException">The revision is older than the history that is kept.</exception>
    /// <exception cref="JournalException">A commit that is needed is damaged or missing.</exception>
    public static Overlay At(IJournal journal, ModuleName module, Revision upTo, Action<JournalException>? passedOver = null)
    {
        var state = new Overlay(Ground(journal, module, upTo, passedOver));
        foreach (var commit in journal.Read(module, state.Revision, upTo))
        {
            state.Apply(commit.Revision, commit.Changes);
        }

        return state;
    }

    private static IModuleView Ground(IJournal journal, ModuleName module, Revision upTo, Action<JournalException>? passedOver)
    {
        if (journal.Snapshots is not { } snapshots || upTo == Revision.None)
        {
            return EmptyModuleView.Instance;
        }

        foreach (var revision in snapshots.List(module).Where(revision => revision <= upTo))
        {
            try
            {
                return snapshots.Read(module, revision);
            }
            catch (JournalException damaged)
            {
                passedOver?.Invoke(damaged);
            }
        }

        return EmptyModuleView.Instance;
    }
}
