using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Schemas.Checking;
using Cms.Formats.Schemas.Values;
using Cms.Formats.Tables;

namespace Cms.Formats.Schemas;

/// <summary>Compares modules with their schemas. Pure; each call is one thread's.</summary>
public static class SchemaValidator
{
    /// <summary>Finds where a module is not as its schema has it.</summary>
    /// <param name="view">The module.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="others">The other modules that it refers to.</param>
    /// <param name="most">When so many are found, the search ends; from 1.</param>
    /// <returns>Section by section in their order, then what concerns the whole module, then tables.</returns>
    public static IReadOnlyList<Violation> ValidateAll(IModuleView view, ModuleSchema schema, IReferenceTargets others, int most)
    {
        var check = new ModuleCheck(view, schema, others, most);
        check.CheckAll();
        return check.Violations.Found;
    }

    /// <summary>Finds what changes broke, looking only at what they touch and at what refers to it.</summary>
    /// <param name="before">The module before the changes, as its schema has it.</param>
    /// <param name="after">The module after them.</param>
    /// <param name="changes">What leads from one to the other.</param>
    /// <param name="schema">The module's schema.</param>
    /// <param name="others">The other modules that it refers to.</param>
    /// <param name="most">When so many are found, the search ends; from 1.</param>
    /// <param name="isMigration">Whether read-only values may change.</param>
    /// <returns>As <see cref="ValidateAll"/> finds them, in another order, and changes of read-only values besides.</returns>
    public static IReadOnlyList<Violation> ValidateChanges(
        IModuleView before,
        IModuleView after,
        IReadOnlyList<ModuleChange> changes,
        ModuleSchema schema,
        IReferenceTargets others,
        int most,
        bool isMigration = false)
    {
        var check = new ModuleCheck(after, schema, others, most);
        var changed = new ChangedSections(changes);
        if (!isMigration)
        {
            check.CheckAccess(before, changed);
        }

        check.CheckChanges(before, changed);
        return check.Violations.Found;
    }

    /// <summary>The named sections that changes took away from those who refer to them: gone, renamed or of another type.</summary>
    public static IReadOnlyList<ReferenceTarget> RemovedTargets(IModuleView before, IModuleView after, IReadOnlyList<ModuleChange> changes) =>
        DisplacedTargets.Gone(before, after, new ChangedSections(changes));

    /// <summary>The references to other modules that touched sections and rows hold after changes.</summary>
    public static IReadOnlyList<OutwardReference> AddedReferences(IModuleView after, IReadOnlyList<ModuleChange> changes, ModuleSchema schema)
    {
        var changed = new ChangedSections(changes);
        var paths = new SectionPaths(schema.Module, after);
        var found = new List<OutwardReference>();
        foreach (var (id, change) in changed.Sections)
        {
            if (after.FindSection(id) is { } section)
            {
                var fields = schema.FindShape(section.Type).Referring.Where(field => change.IsWhole || change.Options.Contains(field.Name));
                found.AddRange(fields.SelectMany(field => References(after, paths, section, field)));
            }
        }

        foreach (var table in schema.Tables)
        {
            if (changed.Tables.TryGetValue(table.Name, out var keys) && HasColumns(after, table))
            {
                // Of a table that is new all rows are.
                var rows = keys is null ? after.Rows(table.Name) : keys.Select(key => after.FindRow(table.Name, key)).OfType<RowView>();
                found.AddRange(rows.SelectMany(row => References(schema.Module, table, row.Row)));
            }
        }

        return found;
    }

    /// <summary>The references to other modules that a whole module holds.</summary>
    public static IReadOnlyList<OutwardReference> AllReferences(IModuleView view, ModuleSchema schema)
    {
        var paths = new SectionPaths(schema.Module, view);
        var ofSections = view.Sections().SelectMany(section => schema.FindShape(section.Type).Referring.SelectMany(field => References(view, paths, section, field)));
        var ofRows = schema.Tables.Where(table => HasColumns(view, table)).SelectMany(table => view.Rows(table.Name).SelectMany(row => References(schema.Module, table, row.Row)));
        return [.. ofSections, .. ofRows];
    }

    /// <summary>Finds values that refer to sections of another module which are gone.</summary>
    /// <param name="referring">The module that refers.</param>
    /// <param name="schemaOfReferring">Its schema.</param>
    /// <param name="targetModule">The other module's name.</param>
    /// <param name="gone">What is no longer there.</param>
    /// <param name="most">When so many are found, the search ends; from 1.</param>
    public static IReadOnlyList<Violation> FindReferrers(
        IModuleView referring, ModuleSchema schemaOfReferring, string targetModule, IReadOnlyList<ReferenceTarget> gone, int most)
    {
        if (gone.Count == 0 || !schemaOfReferring.ReferencedModules.Contains(targetModule))
        {
            return [];
        }

        var check = new ModuleCheck(referring, schemaOfReferring, new GoneTargets(targetModule, gone), most);
        check.CheckReferences(reference => reference.Module == targetModule);
        return check.Violations.Found;
    }

    // Rows of other columns cannot be read as the schema has them; that they differ is a violation of its own.
    private static bool HasColumns(IModuleView view, DeclaredTable table) => view.FindTable(table.Name)?.Schema.Equals(table.Schema) == true;

    private static List<OutwardReference> References(IModuleView view, SectionPaths paths, SectionView section, FieldSchema field)
    {
        var found = new List<OutwardReference>();
        if (field.Reference is not { Module: { } module } reference || view.FindOption(section.Id, field.Name) is not { Value: var value })
        {
            return found;
        }

        for (var index = 0; index < value.Count; index++)
        {
            var rest = value.GetBytes(index).Span;
            for (var isFirst = true; ElementText.TryTakePart(ref rest, out var part, field, isFirst); isFirst = false)
            {
                if (Encoding.UTF8.GetString(part) is var name && !reference.Exempt.Contains(name))
                {
                    found.Add(new OutwardReference(paths.Of(section, field.Name), module, new ReferenceTarget(reference.SectionType, name), field.IsSecret));
                }
            }
        }

        return found;
    }

    private static IEnumerable<OutwardReference> References(string owner, DeclaredTable table, TableRow row)
    {
        for (var column = 0; column < table.Columns.Count; column++)
        {
            if (table.Columns[column].Reference is { Module: { } module } reference)
            {
                var name = RowReader.Of(table.Schema, row, default).GetValue(column).GetText();
                if (!reference.Exempt.Contains(name))
                {
                    var target = new ReferenceTarget(reference.SectionType, name);
                    yield return new OutwardReference(TableCheck.PathOf(owner, table, row, column), module, target, table.Columns[column].IsSecret);
                }
            }
        }
    }
}
