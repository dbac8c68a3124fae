namespace Cms.Formats.Access;

/// <summary>What the rules say of one path.</summary>
/// <param name="IsAllowed">Whether it is allowed.</param>
/// <param name="Rule">The rule that decided, such as <c>@rule[2]</c>; null when none is about it, or the rules are not asked.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record AccessVerdict(bool IsAllowed, string? Rule, string Reason);
