using Cms.Formats.Refusals;
using Cms.Storage.Topics;

namespace Cms.Actors.Topics;

/// <summary>The answer of the decider: changes, possibly none, or a refusal without any.</summary>
/// <param name="Changes">What is to be stored, in order.</param>
/// <param name="Refusal">Why nothing was decided, or null.</param>
internal sealed record MessageTopicDecision(IReadOnlyList<TopicChange> Changes, Refusal? Refusal)
{
    public static MessageTopicDecision Accept(params IReadOnlyList<TopicChange> changes) => new(changes, null);

    public static MessageTopicDecision Reject(ErrorCode code, string message) => new([], new Refusal(code, message));
}
