namespace Cms.Formats.Access;

/// <summary>Something in module <c>access</c> that is no rule.</summary>
/// <param name="Path">Where: <c>access.section.option</c>, with <c>@type[n]</c> for an anonymous section.</param>
/// <param name="Problem">What is wrong and what would be right, for people.</param>
public sealed record AccessMistake(string Path, string Problem)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => $"{Path}: {Problem}";
}
