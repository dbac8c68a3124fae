namespace Cms.Formats.Access;

/// <summary>Something that a principal is good for at the most, whatever the rules allow him.</summary>
/// <param name="Actions">What may be done.</param>
/// <param name="Path">Where, as rules write it.</param>
public sealed record AccessGrant(IReadOnlyList<AccessAction> Actions, PathPattern Path);
