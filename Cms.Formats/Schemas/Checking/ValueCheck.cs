using System.Globalization;
using Cms.Formats.Modules;
using Cms.Formats.Schemas.Values;
using Cms.Formats.Secrets;

namespace Cms.Formats.Schemas.Checking;

/// <summary>Checks one value against its field: its form, and each element against rules and reference. Does not allocate for good values.</summary>
internal sealed class ValueCheck(ReferenceCheck references, ViolationList violations)
{
    /// <summary>Checks an option's value.</summary>
    public void Check(SectionPaths paths, SectionView section, FieldSchema field, ConfigValue value)
    {
        CheckForm(paths, section, field, value);

        // What is not shown, or cannot be unsealed any more, was right when it was set.
        if (field.IsSecret && SealedText.IsWithheld(value))
        {
            return;
        }

        Span<byte> scratch = stackalloc byte[ElementText.ScratchSize];
        for (var index = 0; index < value.Count; index++)
        {
            var text = ElementText.Of(value, index, scratch);
            if (FindBroken(field, text) is { } rule)
            {
                violations.Add(paths.Of(section, field.Name), rule.Text, field, text, rule.Hint);
            }
        }

        CheckReference(paths, section, field, value);
    }

    /// <summary>Checks what an option's value names; a field without a reference names nothing.</summary>
    public void CheckReference(SectionPaths paths, SectionView section, FieldSchema field, ConfigValue value)
    {
        if (field.Reference is not { } reference)
        {
            return;
        }

        Span<byte> scratch = stackalloc byte[ElementText.ScratchSize];
        for (var index = 0; index < value.Count; index++)
        {
            var rest = ElementText.Of(value, index, scratch);
            for (var isFirst = true; ElementText.TryTakePart(ref rest, out var part, field, isFirst); isFirst = false)
            {
                if (!references.Accepts(reference, part))
                {
                    violations.Add(paths.Of(section, field.Name), reference.ToString(), field, part, ReferenceCheck.Hint(reference));
                }
            }
        }
    }

    /// <summary>The first rule that an element breaks; the type comes first, so no rule judges what is of another type.</summary>
    public static ValueRule? FindBroken(FieldSchema field, ReadOnlySpan<byte> text)
    {
        for (var isFirst = true; ElementText.TryTakePart(ref text, out var part, field, isFirst); isFirst = false)
        {
            foreach (var rule in field.RuleArray)
            {
                if (!rule.Accepts(part))
                {
                    return rule;
                }
            }
        }

        return null;
    }

    /// <summary>Whether a value counts as being there where one is required.</summary>
    public static bool IsSet(ConfigValue? value) => value is not null && value.Count > 0 && (value.IsList || value.Encoding.Length > 0);

    private void CheckForm(SectionPaths paths, SectionView section, FieldSchema field, ConfigValue value)
    {
        if (field.ListForm == ListForm.Scalar && value.IsList)
        {
            violations.Add(paths.Of(section, field.Name), "list:0", "one value, written as option, not a list");
        }
        else if (field.ListForm == ListForm.List && !value.IsList)
        {
            violations.Add(paths.Of(section, field.Name), "list:1", "a list, written as list, be it of one element");
        }

        if (field.Counts is { } counts && !counts.Contains(value.Count))
        {
            violations.Add(
                paths.Of(section, field.Name),
                field.CountRule,
                string.Create(CultureInfo.InvariantCulture, $"has {value.Count} elements; {counts} elements are right"));
        }
    }
}
