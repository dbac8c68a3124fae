using Cms.Formats.Modules;
using Cms.Formats.Schemas.Values;

namespace Cms.Formats.Schemas;

/// <summary>What a schema says of an option, or of a column of a table. Never changed; safe for any thread.</summary>
public sealed class FieldSchema
{
    internal FieldSchema(string name, string type, ElementType elementType)
    {
        Name = name;
        Type = type;
        ElementType = elementType;
    }

    /// <summary>The option's or the column's name.</summary>
    public string Name { get; }

    /// <summary>The type in the schema's words: <c>int</c>, <c>ipaddr</c>, or a named type of the schema's own.</summary>
    public string Type { get; }

    /// <summary>How a typed value is stored: a string but for int, uint, float and bool, and named types of these.</summary>
    public ElementType ElementType { get; }

    /// <summary>The section types that have it; null for all of the module. A column has none.</summary>
    public IReadOnlyList<string>? SectionTypes { get; internal init; } = [];

    /// <summary>Whether it is one value, a list, or as one likes.</summary>
    public ListForm ListForm { get; internal init; }

    /// <summary>Whether it must be a list.</summary>
    public bool IsList => ListForm == ListForm.List;

    /// <summary>Whether every section must have it, with a text that is not empty.</summary>
    public bool IsRequired { get; internal init; }

    /// <summary>Whether no two sections of one type, or rows of the table, may hold the same element.</summary>
    public bool IsUnique { get; internal init; }

    /// <summary>Whether its values are shown to nobody who may not see secrets, and in no violation.</summary>
    public bool IsSecret { get; internal init; }

    /// <summary>Whether readers may keep it in a cache.</summary>
    public bool IsCached { get; internal init; } = true;

    /// <summary>What holds when it is not set; null for nothing. Of <see cref="ElementType"/> where its text allows.</summary>
    public ConfigValue? Default { get; internal init; }

    /// <summary>The values that there are; none when they are not enumerated.</summary>
    public IReadOnlyList<string> Values { get; internal init; } = [];

    /// <summary>For people; null for none.</summary>
    public string? Description { get; internal init; }

    /// <summary>Who may change it.</summary>
    public FieldAccess Access { get; internal init; }

    /// <summary>What its values name; null for nothing.</summary>
    public FieldReference? Reference { get; internal init; }

    /// <summary>When it is required, or may not be there.</summary>
    public IReadOnlyList<FieldCondition> Conditions { get; internal init; } = [];

    /// <summary>The most bytes of an element's text; null for the bound of all values.</summary>
    public int? SizeBytes { get; internal init; }

    /// <summary>What becomes of it at a loss of power; null for what its section's type says.</summary>
    public DurabilityClass? Durability { get; internal init; }

    /// <summary>The rules for each element in the schema's words, its type first; without those that have a property here.</summary>
    public IReadOnlyList<string> RuleTexts => [.. Rules.Select(rule => rule.Text)];

    /// <summary>Whether a first <c>!</c> is taken off before an element is looked at.</summary>
    public bool AllowsNegation { get; internal init; }

    /// <summary>How many elements a list may have; null for any number.</summary>
    internal NumberRanges? Counts { get; init; }

    /// <summary>That rule in the schema's words.</summary>
    internal string CountRule { get; init; } = "";

    /// <summary>The rules that each element meets, its type first.</summary>
    internal IReadOnlyList<ValueRule> Rules
    {
        get => RuleArray;
        init => RuleArray = [.. value];
    }

    /// <summary>The same, quicker to go through.</summary>
    internal ValueRule[] RuleArray { get; private init; } = [];

    /// <summary>The value as it is stored: of the field's type where its text is the canonical one of it, so "1500" as an int.</summary>
    /// <returns>The same value where it is not: "on" and "0x10" stay strings. The text is the same always.</returns>
    public ConfigValue Retype(ConfigValue value) =>
        value.ElementType == ElementType ? value : value.ReadAs(ElementType) ?? value;
}
