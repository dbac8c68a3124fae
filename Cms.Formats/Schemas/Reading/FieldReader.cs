using Cms.Formats.Modules;
using Cms.Formats.Schemas.Checking;
using Cms.Formats.Uci;

namespace Cms.Formats.Schemas.Reading;

/// <summary>Makes fields and columns of their sections in a schema's text.</summary>
internal sealed class FieldReader(TypeReader types, MistakeList mistakes)
{
    /// <summary>The words of a durability class, the one by default first.</summary>
    public static readonly (string Word, DurabilityClass Value)[] DurabilityWords =
        [("config", DurabilityClass.Config), ("state", DurabilityClass.State), ("status", DurabilityClass.Status)];

    /// <summary>Reads a field or a column; null when it has no name.</summary>
    public FieldSchema? Read(SchemaEntry entry)
    {
        var name = entry.Text("name") ?? entry.Name;
        if (name is null || !UciNames.IsName(name))
        {
            mistakes.Add(
                entry.LineOf("name"),
                name is null ? $"{entry.Title} has no name: write config {entry.Owner} 'name', or option name 'name' in it" : $"'{name}' is no name for a {entry.Owner}: use letters, digits and _");
            return null;
        }

        var draft = types.Read(entry);
        TakeOptions(entry, draft);
        var field = new FieldSchema(name, draft.Type, draft.Format.ElementType)
        {
            SectionTypes = entry.Owner == "column" ? [] : entry.Words("section") is { Count: > 0 } sections ? sections : null,
            ListForm = entry.Choice("list", ("both", ListForm.Both), ("0", ListForm.Scalar), ("1", ListForm.List), ("words", ListForm.Words)),
            IsRequired = draft.IsRequired,
            IsUnique = draft.IsUnique,
            IsSecret = entry.Flag("secret", false),
            IsCached = entry.Flag("cache", true),
            Values = draft.Values,
            Description = entry.Text("description"),
            Access = entry.Choice("access", ("read-write", FieldAccess.ReadWrite), ("read-only", FieldAccess.ReadOnly)),
            Reference = draft.Reference,
            Conditions = draft.Conditions,
            SizeBytes = draft.Size,
            Durability = entry.Has("durability") ? entry.Choice("durability", DurabilityWords) : null,
            AllowsNegation = draft.AllowsNegation,
            Counts = draft.Counts,
            CountRule = draft.CountRule,
            Rules = draft.Rules,
            Default = DefaultOf(entry, draft),
        };
        CheckDefault(entry, field);
        return field;
    }

    private void TakeOptions(SchemaEntry entry, FieldDraft draft)
    {
        draft.IsRequired |= entry.Flag("required", false);
        draft.IsUnique |= entry.Flag("unique", false);
        foreach (var option in new[] { "required_if", "ref" })
        {
            foreach (var value in entry.Values(option).Values)
            {
                new RuleReader(draft, mistakes, entry.LineOf(option), isField: true).Read($"{option}:{value}");
            }
        }
    }

    private static ConfigValue? DefaultOf(SchemaEntry entry, FieldDraft draft)
    {
        var (values, isList) = entry.Values("default");
        if (values.Count == 0)
        {
            return null;
        }

        var value = isList ? ConfigValue.FromTexts(values) : ConfigValue.FromText(values[0]);
        return value.ReadAs(draft.Format.ElementType) ?? value;
    }

    private void CheckDefault(SchemaEntry entry, FieldSchema field)
    {
        if (field.Default is not { } value)
        {
            return;
        }

        var line = entry.LineOf("default");
        if (field.IsRequired)
        {
            mistakes.Add(line, $"'{field.Name}' is required, so its default is never used; keep one of the two");
        }

        if (field.ListForm is ListForm.Scalar or ListForm.List && field.IsList != value.IsList)
        {
            mistakes.Add(line, field.IsList ? "the default is no list: write list default" : "the default is a list: write option default");
        }

        for (var index = 0; index < value.Count; index++)
        {
            if (ValueCheck.FindBroken(field, value.GetBytes(index).Span) is { } rule)
            {
                mistakes.Add(line, $"the default '{value.GetText(index)}' is against the rule '{rule.Text}': {rule.Hint}");
            }
        }
    }
}
