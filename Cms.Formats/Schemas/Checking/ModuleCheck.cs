using System.Globalization;
using Cms.Formats.Modules;
using Cms.Formats.Secrets;
using Cms.Formats.Tables;

namespace Cms.Formats.Schemas.Checking;

/// <summary>Checks a module against its schema: sections one by one, and what concerns several of them.</summary>
/// <remarks>Used once, by one thread. Whole and partial checks call the same leaves, so that they say the same of the same place.</remarks>
internal sealed class ModuleCheck
{
    private readonly IModuleView _view;
    private readonly ModuleSchema _schema;
    private readonly ViolationList _violations;
    private readonly SectionPaths _paths;
    private readonly ValueCheck _values;
    private readonly SectionCheck _sections;
    private readonly TableCheck _tables;

    /// <summary>A check of this state.</summary>
    public ModuleCheck(IModuleView view, ModuleSchema schema, IReferenceTargets others, int most)
    {
        var references = new ReferenceCheck(view, others);
        (_view, _schema, _violations) = (view, schema, new ViolationList(most));
        _paths = new SectionPaths(schema.Module, view);
        _values = new ValueCheck(references, _violations);
        _sections = new SectionCheck(view, _paths, schema, _values, _violations);
        _tables = new TableCheck(view, schema.Module, references, _violations);
    }

    /// <summary>What was found so far.</summary>
    public ViolationList Violations => _violations;

    /// <summary>Checks everything.</summary>
    public void CheckAll()
    {
        var counts = new Dictionary<SectionShape, int>();
        var unique = new Dictionary<(string Type, FieldSchema Field), Dictionary<ReadOnlyMemory<byte>, SectionView>>();
        foreach (var section in _view.Sections())
        {
            if (_violations.IsFull)
            {
                return;
            }

            var shape = _schema.FindShape(section.Type);
            _sections.CheckWhole(section, shape);
            if (shape.Section is { } type && (type.Least ?? type.Most) is not null)
            {
                counts[shape] = counts.GetValueOrDefault(shape) + 1;
            }

            foreach (var field in shape.Unique)
            {
                if (!unique.TryGetValue((section.Type, field), out var known))
                {
                    unique.Add((section.Type, field), known = new(BytesComparer.Instance));
                }

                CheckUnique(section, field, known);
            }
        }

        CheckCounts(_schema.Shapes.Where(shape => shape.Section is not null), shape => counts.GetValueOrDefault(shape));
        foreach (var table in _schema.Tables)
        {
            _tables.CheckWhole(table);
        }
    }

    /// <summary>Checks what changes touch.</summary>
    public void CheckChanges(IModuleView before, ChangedSections changed)
    {
        var uniqueTouched = new HashSet<(string Type, FieldSchema Field)>();
        foreach (var (id, change) in changed.Sections)
        {
            if (_violations.IsFull)
            {
                return;
            }

            if (_view.FindSection(id) is not { } section)
            {
                continue;
            }

            var shape = _schema.FindShape(section.Type);
            CheckSection(section, shape, change);
            uniqueTouched.UnionWith(shape.Unique.Where(field => change.IsWhole || change.Options.Contains(field.Name)).Select(field => (section.Type, field)));
        }

        foreach (var (type, field) in uniqueTouched)
        {
            CheckUnique(type, field);
        }

        new DisplacedTargets(before, _view, _schema, changed).Check(CheckReferences);
        CheckChangedCounts(before, changed);
        CheckChangedTables(changed);
    }

    /// <summary>Checks that no value changed that only a migration may change.</summary>
    public void CheckAccess(IModuleView before, ChangedSections changed)
    {
        foreach (var (id, change) in changed.Sections)
        {
            if (_view.FindSection(id) is not { } section || FindEarlier(before, section) is not { } earlier)
            {
                continue;
            }

            // Of a section in another's place all options are looked at, also those that it lacks.
            var options = earlier.Id == id ? change.Options : before.Options(earlier.Id).Concat(_view.Options(id)).Select(option => option.Name).Distinct();
            var shape = _schema.FindShape(section.Type);
            foreach (var option in options)
            {
                if (shape.Find(option) is { Access: FieldAccess.ReadOnly } && !AreEqual(before.FindOption(earlier.Id, option), _view.FindOption(id, option)))
                {
                    _violations.Add(_paths.Of(section, option), "access:read-only", "is read-only: leave it as it was; only a migration changes it");
                }
            }
        }
    }

    // A section that is made anew with name and type of one before stands in its place: nobody who reads can tell them apart.
    private static SectionView? FindEarlier(IModuleView before, SectionView section) =>
        before.FindSection(section.Id) ?? (section.Name is { } name && before.FindSection(name) is { } earlier && earlier.Type == section.Type ? earlier : null);

    private static bool AreEqual(OptionView? before, OptionView? after) =>
        before is null || after is null ? before is null && after is null : SectionContent.AreEqual(before.Value, after.Value);

    private void CheckSection(SectionView section, SectionShape shape, ChangedSection change)
    {
        if (change.IsWhole)
        {
            _sections.CheckWhole(section, shape);
            return;
        }

        if (change.IsRenamed)
        {
            _sections.CheckName(section, shape);
        }

        _sections.CheckOptions(section, shape, change.Options);
    }

    private void CheckUnique(string type, FieldSchema field)
    {
        var known = new Dictionary<ReadOnlyMemory<byte>, SectionView>(BytesComparer.Instance);
        foreach (var section in _view.Sections())
        {
            if (section.Type == type && !_violations.IsFull)
            {
                CheckUnique(section, field, known);
            }
        }
    }

    private void CheckUnique(SectionView section, FieldSchema field, Dictionary<ReadOnlyMemory<byte>, SectionView> known)
    {
        var value = _view.FindOption(section.Id, field.Name)?.Value;
        if (value is not null && field.IsSecret && SealedText.IsWithheld(value))
        {
            return;
        }

        for (var index = 0; index < (value?.Count ?? 0); index++)
        {
            var element = value!.GetBytes(index);
            if (!known.TryAdd(element, section))
            {
                var hint = $"{_paths.Of(known[element], field.Name)} holds the same; no two may";
                _violations.Add(_paths.Of(section, field.Name), "unique", field, element.Span, hint);
            }
        }
    }

    private void CheckCounts(IEnumerable<SectionShape> shapes, Func<SectionShape, int> count)
    {
        foreach (var shape in _view.SectionCount == 0 ? [] : shapes)
        {
            var type = shape.Section!;
            var number = (type.Least ?? type.Most) is null ? 0 : count(shape);
            if (type.Least is { } least && number < least)
            {
                _violations.Add(_paths.Module, string.Create(CultureInfo.InvariantCulture, $"min:{least}"), Hint(type, number, "at least", least));
            }

            if (type.Most is { } most && number > most)
            {
                _violations.Add(_paths.Module, string.Create(CultureInfo.InvariantCulture, $"max:{most}"), Hint(type, number, "at most", most));
            }
        }
    }

    private static string Hint(SectionSchema type, int number, string relation, int bound) =>
        string.Create(CultureInfo.InvariantCulture, $"has {number} sections of type '{type.Type}'; {relation} {bound} are right");

    private void CheckChangedCounts(IModuleView before, ChangedSections changed)
    {
        var shapes = before.SectionCount == 0
            ? [.. _schema.Shapes]
            : changed.Sections.Where(pair => pair.Value.IsWhole).Select(pair => _view.FindSection(pair.Key))
                .Concat(changed.Displaced.Select(before.FindSection))
                .OfType<SectionView>().Select(section => _schema.FindShape(section.Type)).ToHashSet();
        CheckCounts(
            _schema.Shapes.Where(shape => shape.Section is not null && shapes.Contains(shape)),
            shape => _view.Sections().Count(section => _schema.FindShape(section.Type) == shape));
    }

    private void CheckChangedTables(ChangedSections changed)
    {
        foreach (var table in _schema.Tables)
        {
            if (changed.Tables.TryGetValue(table.Name, out var keys) && keys is null)
            {
                _tables.CheckWhole(table);
            }
            else if (keys is not null)
            {
                _tables.CheckRows(table, keys);
            }
        }
    }

    /// <summary>Checks all values whose reference meets a condition, wherever they are.</summary>
    public void CheckReferences(Func<FieldReference, bool> isMeant)
    {
        var isAnyMeant = _schema.Shapes.Any(shape => shape.Referring.Own.Any(field => isMeant(field.Reference!)));
        var fields = new Dictionary<SectionShape, List<FieldSchema>>();
        foreach (var section in isAnyMeant ? _view.Sections() : [])
        {
            var shape = _schema.FindShape(section.Type);
            if (!fields.TryGetValue(shape, out var meant))
            {
                meant = [.. shape.Referring.Where(field => isMeant(field.Reference!))];
                fields.Add(shape, meant);
            }

            foreach (var field in meant)
            {
                if (!_violations.IsFull && _view.FindOption(section.Id, field.Name) is { } option)
                {
                    _values.CheckReference(_paths, section, field, option.Value);
                }
            }
        }

        foreach (var table in _schema.Tables)
        {
            _tables.CheckReferences(table, isMeant);
        }
    }
}
