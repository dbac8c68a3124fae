namespace Cms.Formats.Schemas.Checking;

/// <summary>The fields of sections of a type, sorted by what has to be looked at. Never changed.</summary>
internal sealed class SectionShape
{
    private readonly Dictionary<string, FieldSchema> _fields = new(StringComparer.Ordinal);

    /// <summary>Sorts fields; of two with one name the first counts.</summary>
    /// <param name="section">The type; null for those that are not described.</param>
    /// <param name="fields">Its own fields, then those of every section.</param>
    public SectionShape(SectionSchema? section, IReadOnlyList<FieldSchema> fields)
    {
        Section = section;
        foreach (var field in fields)
        {
            _fields.TryAdd(field.Name, field);
        }

        Required = [.. _fields.Values.Where(field => field.IsRequired)];
        Conditional = [.. _fields.Values.Where(field => field.Conditions.Count > 0)];
        Unique = [.. _fields.Values.Where(field => field.IsUnique)];
        Referring = [.. _fields.Values.Where(field => field.Reference is not null)];
    }

    /// <summary>The type; null for those that are not described.</summary>
    public SectionSchema? Section { get; }

    /// <summary>Fields that each section must have.</summary>
    public FieldSchema[] Required { get; }

    /// <summary>Fields that depend on other options.</summary>
    public FieldSchema[] Conditional { get; }

    /// <summary>Fields whose values are unique.</summary>
    public FieldSchema[] Unique { get; }

    /// <summary>Fields whose values name sections.</summary>
    public FieldSchema[] Referring { get; }

    /// <summary>The names of all fields.</summary>
    public IEnumerable<string> Names => _fields.Keys;

    /// <summary>The field of this name, or null.</summary>
    public FieldSchema? Find(string option) => _fields.GetValueOrDefault(option);
}
