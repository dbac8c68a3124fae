namespace Cms.Formats.Schemas;

/// <summary>One place where a module is not as its schema says.</summary>
/// <param name="Path">The place, beginning with the module: <c>network.lan.mtu</c>.</param>
/// <param name="Rule">The rule that is broken, as a schema writes it: <c>range:68-9200</c>.</param>
/// <param name="Value">What is there, as text; null when something is missing. A secret one is not shown.</param>
/// <param name="Hint">What would be right, for people.</param>
public sealed record Violation(string Path, string Rule, string? Value, string Hint);
