using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Gateways.Requests;

/// <summary>Changes of past commits in the words of the wire. Sees consecutive commits in order, each change once.</summary>
/// <remarks>
/// A journaled change has a section's id and a row's bytes. Names and columns come from the changes seen so far, else from the
/// newest state; the columns of a table that is gone by then, or is another one, from the journal's past.
/// </remarks>
/// <param name="newest">The module as it is now.</param>
/// <param name="after">The revision before the first commit seen.</param>
/// <param name="past">The changes up to and including <paramref name="after"/>; read only when they are needed.</param>
internal sealed class CommitMapper(IModuleView newest, Revision after, IEnumerable<ModuleChange> past)
{
    private readonly Dictionary<SectionId, string?> _names = [];
    private readonly Dictionary<string, TableSchema> _schemas = [];

    /// <summary>The next change.</summary>
    public WireChange ToWire(ModuleChange change)
    {
        var wire = change switch
        {
            ModuleChange.OfSection ofSection => OfSection(ofSection) with { Section = Describe(ofSection), Id = ofSection.Section.Value },
            ModuleChange.OfTable ofTable => OfTable(ofTable) with { Table = ofTable.Table },
            _ => throw Unknown(change),
        };
        Note(change);
        return wire;
    }

    /// <summary>Sees the next change without mapping it.</summary>
    public void Note(ModuleChange change)
    {
        switch (change)
        {
            case ModuleChange.SectionAdded added:
                _names[added.Section] = added.Name;
                break;
            case ModuleChange.SectionRenamed renamed:
                _names[renamed.Section] = renamed.Name;
                break;
            case ModuleChange.TableCreated created:
                _schemas[created.Table] = created.Schema;
                break;
            default:
                break;
        }
    }

    /// <summary>About how many bytes a change takes on the wire.</summary>
    public static long Measure(WireChange change) =>
        128 + (change.Value?.Encoding.Length ?? 0) + (change.Columns?.Count * 128 ?? 0)
        + (change.Row?.Sum(cell => 16L + cell.Key.Length + cell.Value.Encoding.Length) ?? 0);

    private static WireChange OfSection(ModuleChange.OfSection change) => change switch
    {
        ModuleChange.SectionAdded added => new() { Op = "add", Type = added.Type, Name = added.Name },
        ModuleChange.SectionRemoved => new() { Op = "delete" },
        ModuleChange.SectionRenamed renamed => new() { Op = "rename", Name = renamed.Name },
        ModuleChange.SectionRetyped retyped => new() { Op = "set", Type = retyped.Type },
        ModuleChange.SectionMoved moved => new() { Op = "reorder", Index = moved.Index },
        ModuleChange.OptionSet set => new() { Op = "set", Option = set.Option, Value = set.Value },
        ModuleChange.OptionRemoved removed => new() { Op = "delete", Option = removed.Option },
        ModuleChange.OptionRenamed renamed => new() { Op = "rename", Option = renamed.Option, Name = renamed.NewOption },
        _ => throw Unknown(change),
    };

    private WireChange OfTable(ModuleChange.OfTable change) => change switch
    {
        ModuleChange.TableCreated created => new()
        {
            Op = "create_table",
            Columns = [.. created.Schema.Columns.Select(TableMapper.ToWire)],
            PrimaryKey = created.Schema.Columns[created.Schema.PrimaryKey].Name,
        },
        ModuleChange.TableDropped => new() { Op = "drop_table" },
        ModuleChange.RowInserted inserted => new() { Op = "insert_row", Row = ToValues(inserted.Table, inserted.Row) },
        ModuleChange.RowUpdated updated => new() { Op = "update_row", Row = ToValues(updated.Table, updated.Row) },
        ModuleChange.RowDeleted deleted => new() { Op = "delete_row", Row = ToKey(deleted) },
        _ => throw Unknown(change),
    };

    // A section that is renamed later has its later name in the newest state; what it was called before a renaming is only known when it was seen.
    private string Describe(ModuleChange.OfSection change)
    {
        var name = change is ModuleChange.SectionAdded added ? added.Name
            : _names.TryGetValue(change.Section, out var seen) ? seen
            : change is ModuleChange.SectionRenamed ? null
            : newest.FindSection(change.Section)?.Name;
        return name ?? $"#{change.Section}";
    }

    private IReadOnlyDictionary<string, ConfigValue> ToValues(string table, TableRow row) => TableQuery.ToValues(SchemaOf(table), new(row, default));

    private Dictionary<string, ConfigValue> ToKey(ModuleChange.RowDeleted deleted)
    {
        var schema = SchemaOf(deleted.Table);
        var column = schema.Columns[schema.PrimaryKey];
        return ConfigValue.TryDecode(column.Type, isList: false, deleted.Key, out var key)
            ? new() { [column.Name] = key! }
            : throw new InvalidOperationException($"a deleted row of table '{deleted.Table}' has a key of another type");
    }

    private TableSchema SchemaOf(string table)
    {
        if (!_schemas.TryGetValue(table, out var schema))
        {
            schema = newest.FindTable(table) is { } present && present.Changed <= after
                ? present.Schema
                : past.OfType<ModuleChange.TableCreated>().LastOrDefault(created => created.Table == table)?.Schema
                    ?? throw new InvalidOperationException($"the journal has rows of a table '{table}' that was never created");
            _schemas.Add(table, schema);
        }

        return schema;
    }

    private static System.Diagnostics.UnreachableException Unknown(ModuleChange change) => new($"unknown change {change.GetType().Name}");
}
