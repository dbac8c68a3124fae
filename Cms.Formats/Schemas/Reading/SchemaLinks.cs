namespace Cms.Formats.Schemas.Reading;

/// <summary>Checks what parts of a schema say of each other: sections of fields, options of conditions, targets of references.</summary>
internal sealed class SchemaLinks(IReadOnlyList<SectionSchema> sections, IReadOnlyList<FieldSchema> ofAll, MistakeList mistakes)
{
    private readonly Dictionary<string, SectionSchema> _types = sections.ToDictionary(section => section.Type, StringComparer.Ordinal);
    private readonly HashSet<string> _ofAll = ofAll.Select(field => field.Name).ToHashSet(StringComparer.Ordinal);
    private readonly HashSet<(string Type, string Name)> _own = sections.SelectMany(section => section.OwnFields.Select(field => (section.Type, field.Name))).ToHashSet();

    private IEnumerable<string> Types => _types.Keys;

    /// <summary>Reports every link that leads nowhere.</summary>
    public void Check(IReadOnlyList<(SchemaEntry Entry, FieldSchema Field)> fields)
    {
        var seen = new Dictionary<(string Section, string Name), int>();
        foreach (var (entry, field) in fields)
        {
            foreach (var type in field.SectionTypes ?? [""])
            {
                if (!seen.TryAdd((type, field.Name), entry.Line))
                {
                    mistakes.Add(entry.Line, $"field '{field.Name}'{(type.Length == 0 ? "" : $" of section '{type}'")} is described already in line {seen[(type, field.Name)]}; keep one");
                }
            }

            CheckSections(entry, field);
            CheckConditions(entry, field);
            CheckReference(entry, field);
        }
    }

    /// <summary>Reports a reference of a field or column that leads nowhere in the schema's own module.</summary>
    public void CheckReference(SchemaEntry entry, FieldSchema field)
    {
        if (field.Reference is not { Module: null } reference)
        {
            return;
        }

        var line = entry.LineOf(entry.Has("ref") ? "ref" : "validation");
        if (!_types.ContainsKey(reference.SectionType))
        {
            mistakes.Add(line, $"'{reference}' leads to sections of type '{reference.SectionType}', which is not described{mistakes.Suggest(reference.SectionType, Types)}; write config section '{reference.SectionType}' for it");
        }
        else if (reference.Option is { } option && HasNoField(reference.SectionType, option))
        {
            mistakes.Add(line, $"'{reference}' leads to '{option}', which is no field of section '{reference.SectionType}'{mistakes.Suggest(option, NamesOf(reference.SectionType))}; describe it");
        }
    }

    private void CheckSections(SchemaEntry entry, FieldSchema field)
    {
        foreach (var type in field.SectionTypes ?? [])
        {
            if (!_types.ContainsKey(type))
            {
                mistakes.Add(entry.LineOf("section"), $"no section of type '{type}' is described{mistakes.Suggest(type, Types)}; write config section '{type}' for it");
            }
        }
    }

    private void CheckConditions(SchemaEntry entry, FieldSchema field)
    {
        foreach (var condition in field.Conditions)
        {
            foreach (var type in field.SectionTypes ?? [""])
            {
                if (HasNoField(type, condition.Option))
                {
                    var owner = type.Length == 0 ? "every section" : $"section '{type}'";
                    mistakes.Add(
                        entry.LineOf(entry.Has("validation") ? "validation" : "required_if"),
                        $"'{condition}' asks for '{condition.Option}', which is no field of {owner}{mistakes.Suggest(condition.Option, NamesOf(type))}; describe it");
                }
            }
        }
    }

    // Of every section when the type is empty; nothing is known of a type that is not described.
    private bool HasNoField(string type, string option) =>
        !_ofAll.Contains(option) && (type.Length == 0 || (_types.ContainsKey(type) && !_own.Contains((type, option))));

    private IEnumerable<string> NamesOf(string type) => (type.Length == 0 ? ofAll : _types[type].Fields).Select(field => field.Name);
}
