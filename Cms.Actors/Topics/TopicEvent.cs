using Cms.Formats.Modules;
using Cms.Storage.Journals;

namespace Cms.Actors.Topics;

/// <summary>What a subscriber of modules hears.</summary>
/// <param name="Module">Of which module.</param>
public abstract record TopicEvent(ModuleName Module)
{
    /// <summary>A commit is durable and readers see it.</summary>
    /// <param name="Module">The module changed.</param>
    /// <param name="Revision">The revision that the commit made.</param>
    /// <param name="Time">The wall clock when it was decided, a label only.</param>
    /// <param name="Origin">Who asked and by which way.</param>
    /// <param name="ChangeCount">How many changes the commit has.</param>
    /// <param name="Changes">The first of them, in order, of which a subscriber gets those that match; at most <see cref="TopicLimits.MaxToldChanges"/>.</param>
    /// <param name="HasOld">Whether the changes say what was there before.</param>
    public sealed record Committed(
        ModuleName Module, Revision Revision, DateTimeOffset Time, CommitOrigin Origin, int ChangeCount, IReadOnlyList<ToldChange> Changes, bool HasOld)
        : TopicEvent(Module)
    {
        /// <summary>Whether every change that matches is told; of a large commit the others are read from the journal.</summary>
        public bool IsComplete { get; init; } = Changes.Count == ChangeCount;

        /// <summary>The commit over several modules that this is a part of, or null.</summary>
        public string? TransactionId { get; init; }
    }

    /// <summary>Commits that the subscriber has not heard of are not kept any more; it goes on behind them.</summary>
    /// <param name="Module">The module.</param>
    /// <param name="After">The last revision that the subscriber has heard of.</param>
    /// <param name="Next">The first revision that it will hear of.</param>
    public sealed record Lost(ModuleName Module, Revision After, Revision Next) : TopicEvent(Module);
}
