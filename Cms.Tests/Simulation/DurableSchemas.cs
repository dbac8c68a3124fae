using Cms.Formats.Schemas;

namespace Cms.Tests.Simulation;

/// <summary>Compares all modules with their schemas as they are after a commit, references between them too.</summary>
internal sealed class DurableSchemas(Func<string, ModuleHistory> history, IReadOnlyList<string> modules) : IReferenceTargets
{
    /// <exception cref="InvariantViolation">A module is not as its schema says.</exception>
    public void Check()
    {
        foreach (var module in modules)
        {
            var view = history(module).At(history(module).Last);
            if (SchemaTable.ReadSchema(view) is { } schema && SchemaValidator.ValidateAll(view, schema, this, 1) is [{ } violation, ..])
            {
                throw new InvariantViolation($"{module} is committed at revision {view.Revision}, and its schema does not allow it: {violation}");
            }
        }
    }

    public bool? Has(string module, string sectionType, string name)
    {
        var target = history(module);
        return target.At(target.Last).FindSection(name) is { } found && FieldReference.IsOfType(found.Type, sectionType);
    }
}
