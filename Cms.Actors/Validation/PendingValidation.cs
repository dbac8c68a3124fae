using Cms.Actors.Topics;

namespace Cms.Actors.Validation;

/// <summary>A commit that waits for a validator.</summary>
/// <param name="Id">What the answer names.</param>
/// <param name="Deadline">How long it waits.</param>
/// <param name="Commits">What is about to be committed: one for each module, with what was there before; the revisions are those it would make.</param>
public sealed record PendingValidation(string Id, TimeSpan Deadline, IReadOnlyList<TopicEvent.Committed> Commits);
