namespace Cms.Formats.Schemas.Reading;

/// <summary>Checks what parts of a schema say of each other: sections of fields, options of conditions, targets of references.</summary>
internal sealed class SchemaLinks(IReadOnlyList<SectionSchema> sections, IReadOnlyList<FieldSchema> ofAll, MistakeList mistakes)
{
    private IEnumerable<string> Types => sections.Select(section => section.Type);

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

    private void CheckSections(SchemaEntry entry, FieldSchema field)
    {
        foreach (var type in field.SectionTypes ?? [])
        {
            if (!Types.Contains(type))
            {
                mistakes.Add(entry.LineOf("section"), $"no section of type '{type}' is described{Spelling.Suggest(type, Types)}; write config section '{type}' for it");
            }
        }
    }

    private void CheckConditions(SchemaEntry entry, FieldSchema field)
    {
        foreach (var condition in field.Conditions)
        {
            foreach (var type in field.SectionTypes ?? [""])
            {
                var known = FieldsOf(type);
                if (known is not null && !known.Any(other => other.Name == condition.Option))
                {
                    var owner = type.Length == 0 ? "every section" : $"section '{type}'";
                    mistakes.Add(
                        entry.LineOf(entry.Has("validation") ? "validation" : "required_if"),
                        $"'{condition}' asks for '{condition.Option}', which is no field of {owner}{Spelling.Suggest(condition.Option, known.Select(other => other.Name))}; describe it");
                }
            }
        }
    }

    private void CheckReference(SchemaEntry entry, FieldSchema field)
    {
        if (field.Reference is not { Module: null } reference)
        {
            return;
        }

        var line = entry.LineOf(entry.Has("ref") ? "ref" : "validation");
        if (!Types.Contains(reference.SectionType))
        {
            mistakes.Add(line, $"'{reference}' leads to sections of type '{reference.SectionType}', which is not described{Spelling.Suggest(reference.SectionType, Types)}; write config section '{reference.SectionType}' for it");
        }
        else if (reference.Option is { } option && FieldsOf(reference.SectionType)?.Any(other => other.Name == option) == false)
        {
            var known = FieldsOf(reference.SectionType)!.Select(other => other.Name);
            mistakes.Add(line, $"'{reference}' leads to '{option}', which is no field of section '{reference.SectionType}'{Spelling.Suggest(option, known)}; describe it");
        }
    }

    // Of every section when the type is empty; null for a type that is not described.
    private IReadOnlyList<FieldSchema>? FieldsOf(string type) =>
        type.Length == 0 ? ofAll : sections.FirstOrDefault(section => section.Type == type)?.Fields;
}
