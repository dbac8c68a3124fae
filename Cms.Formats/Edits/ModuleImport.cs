using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Formats.Edits;

/// <summary>A module's content that came from outside, and how it becomes the module's.</summary>
/// <param name="Content">Its sections and tables; must not change while this is in use.</param>
/// <remarks>The daemon carries it out and the command line shows beforehand what that will be, by the same plan. Pure.</remarks>
public sealed record ModuleImport(IModuleView Content)
{
    /// <summary>How the names of tables begin that the house itself keeps in a module; no import names or changes them.</summary>
    public const string ReservedTables = "cms_";

    private const int MostViolations = 100;

    /// <summary>Whether the content is added to the module, which otherwise becomes equal to it.</summary>
    public bool IsMerge { get; init; }

    /// <summary>Whether values have types; without, as in a UCI text, a value that reads the same keeps its type, and a list without elements stays.</summary>
    public bool IsTyped { get; init; } = true;

    /// <summary>Whether the content says which tables there are; without, as in a UCI text, the module's tables are left alone.</summary>
    public bool HasTables { get; init; } = true;

    /// <summary>The operations that carry it out on a module; nothing is changed.</summary>
    /// <param name="current">The module.</param>
    /// <param name="refusal">Why there are none, when this returns null.</param>
    public IReadOnlyList<ModuleOperation>? Plan(IModuleView current, out Refusal? refusal)
    {
        refusal = null;
        if (IsMerge)
        {
            return [.. ModuleInclusion.Plan(Content, current), .. HasTables ? TableInclusion.Plan(Content, current) : []];
        }

        if (!IsTyped)
        {
            return ThreeWayMerge.Plan(current, Content, current).Operations;
        }

        var wanted = new RenumberedModule(new ImportedModule(Content, HasTables, current), current);
        return RevertPlan.TryCreate(wanted, current, current, ModuleScope.Module, out refusal)?.Operations;
    }

    /// <summary>The module as it will be, checked against the schema that it has.</summary>
    /// <param name="current">The module; must not change while the result is in use.</param>
    /// <param name="limits">The bounds to keep.</param>
    /// <exception cref="RefusedException">It cannot be carried out; references to other modules are not looked at.</exception>
    public IModuleView Apply(IModuleView current, EditLimits limits)
    {
        var schema = SchemaTable.ReadSchema(current);
        var session = new EditSession(current, limits, schema);
        var refusal = (Plan(current, out var unplanned) ?? []).Select(session.Apply).FirstOrDefault(each => each is not null) ?? unplanned;
        var violations = refusal is null && schema is not null
            ? SchemaValidator.ValidateChanges(current, session.State, session.Changes, schema, UnknownTargets.Instance, MostViolations)
            : [];
        refusal ??= violations.Count == 0 ? null
            : new Refusal(ErrorCode.SchemaViolated, $"the schema does not allow it: {string.Join("; ", violations)}") { Violations = violations };
        return refusal is null ? session.State : throw new RefusedException(refusal);
    }
}
