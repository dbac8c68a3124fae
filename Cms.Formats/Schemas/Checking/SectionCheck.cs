using System.Text;
using Cms.Formats.Modules;

namespace Cms.Formats.Schemas.Checking;

/// <summary>Checks a section, whole or where it was touched; what concerns several sections is <see cref="ModuleCheck"/>'s.</summary>
internal sealed class SectionCheck(IModuleView view, SectionPaths paths, ModuleSchema schema, ValueCheck values, ViolationList violations)
{
    /// <summary>Checks the section and everything in it.</summary>
    public void CheckWhole(SectionView section, SectionShape shape)
    {
        CheckType(section, shape);
        CheckName(section, shape);
        var requiredFound = 0;
        foreach (var option in view.Options(section.Id))
        {
            var field = shape.Find(option.Name);
            if (field is null)
            {
                CheckUnknown(section, shape, option.Name);
                continue;
            }

            requiredFound += field.IsRequired && ValueCheck.IsSet(option.Value) ? 1 : 0;
            values.Check(paths, section, field, option.Value);
        }

        if (requiredFound < shape.RequiredCount)
        {
            foreach (var field in shape.Required)
            {
                CheckRequired(section, field);
            }
        }

        foreach (var field in shape.Conditional)
        {
            CheckConditions(section, field);
        }
    }

    /// <summary>Checks options that were set, removed or renamed, and what depends on them.</summary>
    public void CheckOptions(SectionView section, SectionShape shape, IReadOnlySet<string> options)
    {
        foreach (var option in options)
        {
            var value = view.FindOption(section.Id, option)?.Value;
            if (shape.Find(option) is { } field)
            {
                if (value is not null)
                {
                    values.Check(paths, section, field, value);
                }

                CheckRequired(section, field);
            }
            else if (value is not null)
            {
                CheckUnknown(section, shape, option);
            }
        }

        foreach (var field in shape.Conditional)
        {
            if (options.Contains(field.Name) || field.Conditions.Any(condition => options.Contains(condition.Option)))
            {
                CheckConditions(section, field);
            }
        }
    }

    /// <summary>Checks whether the section has a name as its type asks for.</summary>
    public void CheckName(SectionView section, SectionShape shape)
    {
        if (shape.Section is not { } type)
        {
            return;
        }

        if (type.Names == NamePolicy.Required && section.Name is null)
        {
            violations.Add(paths.Of(section), "named:required", $"sections of type '{section.Type}' have names: write config {section.Type} 'name'");
        }
        else if (type.Names == NamePolicy.Forbidden && section.Name is not null)
        {
            violations.Add(paths.Of(section), "named:forbidden", $"sections of type '{section.Type}' have no names: write config {section.Type}");
        }

        if (section.Name is null || type.NameRules.Count == 0)
        {
            return;
        }

        var name = Encoding.UTF8.GetBytes(section.Name);
        if (type.NameRules.FirstOrDefault(rule => !rule.Accepts(name)) is { } broken)
        {
            violations.Add(paths.Of(section), broken.Text, $"a section's name is {broken.Hint}");
        }
    }

    private void CheckType(SectionView section, SectionShape shape)
    {
        if (shape.Section is null && schema.RefusesUnknown)
        {
            var hint = $"sections of type '{section.Type}' are not described{violations.Suggest(section.Type, schema.Types.Select(type => type.Type))}";
            violations.Add(paths.Of(section), "unknown:refuse", hint);
        }
    }

    private void CheckUnknown(SectionView section, SectionShape shape, string option)
    {
        if (shape.Section?.RefusesUnknown == true)
        {
            var hint = $"sections of type '{section.Type}' have no option '{option}'{violations.Suggest(option, shape.Names)}";
            violations.Add(paths.Of(section, option), "unknown:refuse", hint);
        }
    }

    private void CheckRequired(SectionView section, FieldSchema field)
    {
        if (field.IsRequired && !IsSet(section, field.Name))
        {
            violations.Add(paths.Of(section, field.Name), "required", $"is missing; set {Describe(field)}");
        }
    }

    private void CheckConditions(SectionView section, FieldSchema field)
    {
        foreach (var condition in field.Conditions)
        {
            if (IsSet(section, field.Name) == condition.IsForbidding && Holds(section, condition))
            {
                violations.Add(
                    paths.Of(section, field.Name),
                    condition.ToString(),
                    condition.IsForbidding ? $"may not be there {When(condition)}; remove it" : $"is missing {When(condition)}; set {Describe(field)}");
            }
        }
    }

    private bool Holds(SectionView section, FieldCondition condition)
    {
        var value = view.FindOption(section.Id, condition.Option)?.Value;
        return condition.Values.Count == 0
            ? ValueCheck.IsSet(value)
            : value is not null && Enumerable.Range(0, value.Count).Any(index => condition.Values.Contains(value.GetText(index)));
    }

    private bool IsSet(SectionView section, string option) => ValueCheck.IsSet(view.FindOption(section.Id, option)?.Value);

    private static string When(FieldCondition condition) => condition.Values.Count == 0
        ? $"where '{condition.Option}' is set"
        : $"where '{condition.Option}' is {string.Join(" or ", condition.Values)}";

    private static string Describe(FieldSchema field) => field.RuleArray.Length > 0 ? $"it to {field.RuleArray[^1].Hint}" : "it";
}
