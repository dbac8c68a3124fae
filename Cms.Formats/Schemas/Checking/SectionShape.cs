namespace Cms.Formats.Schemas.Checking;

/// <summary>The fields of sections of a type, sorted by what has to be looked at. Never changed.</summary>
internal sealed class SectionShape
{
    private readonly Dictionary<string, FieldSchema> _own = new(StringComparer.Ordinal);
    private readonly SectionShape? _ofAll;

    /// <summary>Sorts fields; of two with one name the first counts.</summary>
    /// <param name="section">The type; null for those that are not described.</param>
    /// <param name="own">The type's own fields.</param>
    /// <param name="ofAll">The fields of every section, which all types share; null when there are no others.</param>
    public SectionShape(SectionSchema? section, IReadOnlyList<FieldSchema> own, SectionShape? ofAll)
    {
        (Section, _ofAll) = (section, ofAll);
        foreach (var field in own)
        {
            _own.TryAdd(field.Name, field);
        }

        Required = Select(field => field.IsRequired, ofAll?.Required);
        Conditional = Select(field => field.Conditions.Count > 0, ofAll?.Conditional);
        Unique = Select(field => field.IsUnique, ofAll?.Unique);
        Referring = Select(field => field.Reference is not null, ofAll?.Referring);
        var replaced = ofAll is null ? 0 : _own.Keys.Count(name => ofAll.Find(name) is { IsRequired: true });
        RequiredCount = Required.Own.Length + (ofAll?.RequiredCount ?? 0) - replaced;
    }

    /// <summary>The type; null for those that are not described.</summary>
    public SectionSchema? Section { get; }

    /// <summary>Fields that each section must have.</summary>
    public FieldSelection Required { get; }

    /// <summary>How many these are.</summary>
    public int RequiredCount { get; }

    /// <summary>Fields that depend on other options.</summary>
    public FieldSelection Conditional { get; }

    /// <summary>Fields whose values are unique.</summary>
    public FieldSelection Unique { get; }

    /// <summary>Fields whose values name sections.</summary>
    public FieldSelection Referring { get; }

    /// <summary>The names of all fields.</summary>
    public IEnumerable<string> Names => _ofAll is null ? _own.Keys : _own.Keys.Concat(_ofAll.Names);

    /// <summary>The field of this name, or null.</summary>
    public FieldSchema? Find(string option) => _own.GetValueOrDefault(option) ?? _ofAll?.Find(option);

    private FieldSelection Select(Func<FieldSchema, bool> isMeant, FieldSelection? ofAll) => new([.. _own.Values.Where(isMeant)], ofAll?.Own ?? [], _own);
}
