using System.Text;
using Cms.Formats.Modules;

namespace Cms.Formats.Schemas.Checking;

/// <summary>Answers whether there is what a value names.</summary>
internal sealed class ReferenceCheck(IModuleView view, IReferenceTargets others)
{
    // What options of sections hold, by type and option: gathered when first asked for.
    private readonly Dictionary<(string Type, string Option), HashSet<string>> _held = [];

    /// <summary>Whether the value may stand; also when the other module is not known.</summary>
    public bool Accepts(FieldReference reference, ReadOnlySpan<byte> value)
    {
        var name = Encoding.UTF8.GetString(value);
        return reference.Exempt.Contains(name) || (reference.Module is { } module
            ? others.Has(module, reference.SectionType, name) != false
            : reference.Option is { } option
                ? Held(reference.SectionType, option).Contains(name)
                : view.FindSection(name) is { } section && FieldReference.IsOfType(section.Type, reference.SectionType));
    }

    /// <summary>What would be right, for people.</summary>
    public static string Hint(FieldReference reference) => reference switch
    {
        { Option: { } option } => $"what '{option}' of a section of type '{reference.SectionType}' holds",
        { Module: { } module } => $"the name of a section of type '{reference.SectionType}' in {module}",
        _ => $"the name of a section of type '{reference.SectionType}'",
    };

    private HashSet<string> Held(string type, string option)
    {
        if (!_held.TryGetValue((type, option), out var held))
        {
            held = new HashSet<string>(StringComparer.Ordinal);
            foreach (var section in view.Sections().Where(section => FieldReference.IsOfType(section.Type, type)))
            {
                if (view.FindOption(section.Id, option) is { Value: var value })
                {
                    held.UnionWith(Enumerable.Range(0, value.Count).Select(value.GetText));
                }
            }

            _held.Add((type, option), held);
        }

        return held;
    }
}
