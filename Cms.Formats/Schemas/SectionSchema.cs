using Cms.Formats.Schemas.Values;

namespace Cms.Formats.Schemas;

/// <summary>What a schema says of the sections of a type. Never changed; safe for any thread.</summary>
public sealed class SectionSchema
{
    internal SectionSchema(string type) => Type = type;

    /// <summary>The type; one that ends in <c>*</c> stands for all that begin so.</summary>
    public string Type { get; }

    /// <summary>For people; null for none.</summary>
    public string? Description { get; internal init; }

    /// <summary>Whether the sections have names.</summary>
    public NamePolicy Names { get; internal init; }

    /// <summary>Whether options that are not described are refused.</summary>
    public bool RefusesUnknown { get; internal init; }

    /// <summary>How many there are at least, unless the module has no section at all; null for any number.</summary>
    public int? Least { get; internal init; }

    /// <summary>How many there are at most; null for any number.</summary>
    public int? Most { get; internal init; }

    /// <summary>What becomes of the sections at a loss of power.</summary>
    public DurabilityClass Durability { get; internal init; }

    /// <summary>Whether secrets of the sections are plain in the text file, which is then for its owner alone.</summary>
    public bool IsPlainFile { get; internal init; }

    /// <summary>The fields of the type in the order of the schema, without those of every section of the module.</summary>
    public IReadOnlyList<FieldSchema> OwnFields { get; internal set; } = [];

    /// <summary>The fields of the type in the order of the schema, those of every section of the module behind.</summary>
    public IEnumerable<FieldSchema> Fields => OwnFields.Concat(FieldsOfAll);

    /// <summary>The fields of every section of the module, which all types share.</summary>
    internal IReadOnlyList<FieldSchema> FieldsOfAll { get; set; } = [];

    /// <summary>The rules for the section's name.</summary>
    internal IReadOnlyList<ValueRule> NameRules { get; init; } = [];

    /// <summary>Whether the type stands for all that begin so.</summary>
    internal bool IsPrefix => Type.EndsWith('*');
}
