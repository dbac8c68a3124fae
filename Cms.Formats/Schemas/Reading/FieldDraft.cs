using Cms.Formats.Schemas.Values;

namespace Cms.Formats.Schemas.Reading;

/// <summary>What the rules of a field, type, column or name amount to, while they are read.</summary>
internal sealed class FieldDraft
{
    /// <summary>The most rules for each element, those of its type among them.</summary>
    public const int MostRules = 256;

    /// <summary>The most conditions.</summary>
    public const int MostConditions = 64;

    /// <summary>The schema's module: a reference that names it leads to no other.</summary>
    public string? Module { get; init; }

    /// <summary>How many named types it is made of, one of the other.</summary>
    public int Depth { get; set; }

    /// <summary>The type in the schema's words.</summary>
    public string Type { get; set; } = ValueFormats.Text.Name;

    /// <summary>What the type is at last made of.</summary>
    public ValueFormat Format { get; set; } = ValueFormats.Text;

    /// <summary>The rules for each element, the type's first.</summary>
    public List<ValueRule> Rules { get; } = [];

    /// <summary>The conditions on other options.</summary>
    public List<FieldCondition> Conditions { get; } = [];

    /// <summary>The enumeration; none when there is none.</summary>
    public IReadOnlyList<string> Values { get; set; } = [];

    /// <summary>Whether it must be there.</summary>
    public bool IsRequired { get; set; }

    /// <summary>Whether no other may hold the same.</summary>
    public bool IsUnique { get; set; }

    /// <summary>Whether a first ! is taken off.</summary>
    public bool AllowsNegation { get; set; }

    /// <summary>What the values name.</summary>
    public FieldReference? Reference { get; set; }

    /// <summary>How many elements there may be.</summary>
    public NumberRanges? Counts { get; set; }

    /// <summary>That rule as it is written.</summary>
    public string CountRule { get; set; } = "";

    /// <summary>Most bytes of an element.</summary>
    public int? Size { get; set; }

    /// <summary>Puts what a named type says in front of what is there.</summary>
    public void Inherit(FieldDraft type)
    {
        Depth = type.Depth + 1;
        Format = type.Format;
        Rules.InsertRange(0, type.Rules);
        Values = type.Values;
        AllowsNegation |= type.AllowsNegation;
        Size ??= type.Size;
    }
}
