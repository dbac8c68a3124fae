using Cms.Actors.Topics;

namespace Cms.Actors.Validation;

/// <summary>Who validates what, and what counts when he does not answer.</summary>
/// <param name="Name">What refused callers are told; a later validator of the same name takes over.</param>
/// <param name="Patterns">Which commits are asked about; at least one.</param>
/// <param name="Deadline">How long a commit waits, above 0, at most <see cref="LongestDeadline"/>.</param>
/// <param name="AcceptsByDefault">What no answer counts as.</param>
/// <param name="Principal">Who answers.</param>
/// <param name="ProcessId">The process that answers; it cannot write to what waits for it. Null when that is not known: then nobody can of the same principal whose process is not known.</param>
public sealed record ValidatorTerms(string Name, IReadOnlyList<TopicPattern> Patterns, TimeSpan Deadline, bool AcceptsByDefault, string Principal, int? ProcessId)
{
    /// <summary>Whether a caller is, as far as can be told, who answers.</summary>
    internal bool IsAnsweredBy(WritingCaller caller) =>
        ProcessId is { } process ? process == caller.ProcessId : caller.ProcessId is null && caller.Principal == Principal;

    /// <summary>The longest deadline; commits of the module wait behind it.</summary>
    public static readonly TimeSpan LongestDeadline = TimeSpan.FromSeconds(30);
}
