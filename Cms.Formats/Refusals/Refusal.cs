using Cms.Formats.Schemas;

namespace Cms.Formats.Refusals;

/// <summary>A request that was turned down: nothing was changed.</summary>
/// <param name="Code">Stable; programs look at this.</param>
/// <param name="Message">One line for people: the input, the rule, what to do.</param>
public sealed record Refusal(ErrorCode Code, string Message)
{
    /// <summary>The addresses concerned, such as the conflicting paths; may be empty.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Every place where the module would not be as its schema says, up to a bound; empty for other refusals.</summary>
    public IReadOnlyList<Violation> Violations { get; init; } = [];
}
