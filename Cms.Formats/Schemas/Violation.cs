namespace Cms.Formats.Schemas;

/// <summary>A place where a module is not as its schema has it.</summary>
/// <param name="Path"><c>module.section.option</c>, with <c>@type[n]</c> for an anonymous section; a part of it, or <c>module.table.key.column</c>.</param>
/// <param name="Rule">The rule as the schema writes it: <c>required</c>, <c>min:3</c>.</param>
/// <param name="Value">The value as text; null for a missing one, <c>(secret)</c> for one that may not be shown.</param>
/// <param name="Hint">What would be right, for people.</param>
public sealed record Violation(string Path, string Rule, string? Value, string Hint)
{
    /// <summary>What stands for a value that may not be shown.</summary>
    public const string Secret = "(secret)";

    /// <summary>One line for people: place, value, what would be right, rule.</summary>
    public override string ToString() => Value is null ? $"{Path}: {Hint} ({Rule})" : $"{Path} is '{Value}': {Hint} ({Rule})";
}
