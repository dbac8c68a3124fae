namespace Cms.Formats.Schemas;

/// <summary>What the values of a field name: sections, perhaps of another module.</summary>
/// <param name="Module">The other module; null for the field's own.</param>
/// <param name="SectionType">The type of the sections.</param>
/// <param name="Option">The option that holds the name that is meant; null for the section's own name. Only in the field's own module.</param>
/// <param name="Exempt">Values that name nothing, such as <c>*</c>.</param>
public sealed record FieldReference(string? Module, string SectionType, string? Option, IReadOnlyList<string> Exempt)
{
    /// <summary>Whether a section's type is the one asked for, or begins as one that ends in * does.</summary>
    public static bool IsOfType(string type, string asked) =>
        type == asked || (asked.EndsWith('*') && type.AsSpan().StartsWith(asked.AsSpan()[..^1], StringComparison.Ordinal));

    /// <summary>As a rule writes it: <c>ref:firewall.zone</c>.</summary>
    public override string ToString() =>
        $"ref:{(Module is null ? "" : Module + ".")}{SectionType}{(Option is null ? "" : "@" + Option)}{string.Concat(Exempt.Select(value => "," + value))}";
}
