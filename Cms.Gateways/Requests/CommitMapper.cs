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
            ModuleChange.OfSection ofSection => ChangeMapper.ToWire(ofSection, FindName(ofSection)),
            ModuleChange.OfTable ofTable => ChangeMapper.ToWire(ofTable, SchemaOf),
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

    // A section that is renamed later has its later name in the newest state; what it was called before a renaming is only known when it was seen.
    private string? FindName(ModuleChange.OfSection change) => change is ModuleChange.SectionAdded added ? added.Name
        : _names.TryGetValue(change.Section, out var seen) ? seen
        : change is ModuleChange.SectionRenamed ? null
        : newest.FindSection(change.Section)?.Name;

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
