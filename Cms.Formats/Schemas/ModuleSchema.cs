using Cms.Formats.Schemas.Checking;

namespace Cms.Formats.Schemas;

/// <summary>A module's schema, ready to validate with. Made by <see cref="SchemaReader"/>. Never changed; safe for any thread.</summary>
public sealed class ModuleSchema
{
    private readonly Dictionary<string, SectionShape> _shapes;
    private readonly SectionShape[] _prefixes;
    private readonly SectionShape _other;

    // Gathered when first asked for, perhaps by several threads, which gather the same.
    private IReadOnlyList<string>? _referencedModules;
    private bool? _hasSecrets;

    internal ModuleSchema(string module, SchemaVersion version, IReadOnlyList<SectionSchema> types, IReadOnlyList<FieldSchema> fieldsOfAll)
    {
        Module = module;
        Version = version;
        Types = types;
        FieldsOfAll = fieldsOfAll;
        _other = new SectionShape(null, fieldsOfAll, ofAll: null);
        var shapes = types.Select(type => new SectionShape(type, type.OwnFields, _other)).ToList();
        _shapes = shapes.Where(shape => !shape.Section!.IsPrefix).ToDictionary(shape => shape.Section!.Type, StringComparer.Ordinal);
        _prefixes = [.. shapes.Where(shape => shape.Section!.IsPrefix).OrderByDescending(shape => shape.Section!.Type.Length)];
        Shapes = [.. shapes, _other];
    }

    /// <summary>The module's name.</summary>
    public string Module { get; }

    /// <summary>Which state of the schema this is.</summary>
    public SchemaVersion Version { get; }

    /// <summary>For people; null for none.</summary>
    public string? Description { get; internal init; }

    /// <summary>Whether sections of types that are not described are refused.</summary>
    public bool RefusesUnknown { get; internal init; }

    /// <summary>How the module is kept.</summary>
    public SchemaSettings Settings { get; internal init; } = new();

    /// <summary>The section types that are described, in the order of the schema.</summary>
    public IReadOnlyList<SectionSchema> Types { get; }

    /// <summary>The fields that sections of every type have, described or not.</summary>
    public IReadOnlyList<FieldSchema> FieldsOfAll { get; }

    /// <summary>The tables that are declared, in the order of the schema.</summary>
    public IReadOnlyList<DeclaredTable> Tables { get; internal init; } = [];

    /// <summary>The other modules that fields and columns refer to, each once.</summary>
    public IReadOnlyList<string> ReferencedModules => _referencedModules ??=
    [
        .. Types.SelectMany(type => type.OwnFields).Concat(FieldsOfAll).Concat(Tables.SelectMany(table => table.Columns))
            .Select(field => field.Reference?.Module).OfType<string>().Distinct(StringComparer.Ordinal),
    ];

    /// <summary>Whether any option is a secret.</summary>
    public bool HasSecrets => _hasSecrets ??= Types.SelectMany(type => type.OwnFields).Concat(FieldsOfAll).Any(field => field.IsSecret);

    /// <summary>Whether sections of any type have their secrets plain in the text file.</summary>
    public bool HasPlainFiles => Types.Any(type => type.IsPlainFile);

    /// <summary>The versions of other modules' schemas that this one builds upon.</summary>
    public IReadOnlyList<MigrationRequirement> MigrationRequirements { get; internal init; } = [];

    /// <summary>What holds for sections of each type, and last for those of types that are not described.</summary>
    internal IReadOnlyList<SectionShape> Shapes { get; }

    /// <summary>What is said of sections of a type, or null when nothing is.</summary>
    public SectionSchema? FindType(string sectionType) => FindShape(sectionType).Section;

    /// <summary>What is said of an option in sections of a type, or null when nothing is.</summary>
    public FieldSchema? FindField(string sectionType, string option) => FindShape(sectionType).Find(option);

    /// <summary>What holds for sections of a type.</summary>
    internal SectionShape FindShape(string sectionType)
    {
        if (_shapes.TryGetValue(sectionType, out var shape))
        {
            return shape;
        }

        foreach (var prefix in _prefixes)
        {
            if (sectionType.AsSpan().StartsWith(prefix.Section!.Type.AsSpan()[..^1], StringComparison.Ordinal))
            {
                return prefix;
            }
        }

        return _other;
    }
}
