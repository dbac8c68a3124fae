namespace Cms.Formats.Schemas;

/// <summary>When a field is required, or may not be there: depending on another option of its section.</summary>
/// <param name="IsForbidding">Whether the field may not be there then; otherwise it is required then.</param>
/// <param name="Option">The other option.</param>
/// <param name="Values">One of the values that it has then; none when it only has to be set.</param>
public sealed record FieldCondition(bool IsForbidding, string Option, IReadOnlyList<string> Values)
{
    /// <summary>As a rule writes it: <c>required_if:proto=static</c>.</summary>
    public override string ToString() =>
        $"{(IsForbidding ? "forbidden_if" : "required_if")}:{Option}{(Values.Count == 0 ? "" : "=" + string.Join(',', Values))}";
}
