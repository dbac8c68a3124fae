using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Actors.Access;

/// <summary>Says what was decided on a part of a module in the words of the whole: places among all sections, rows with all columns. Used once.</summary>
/// <param name="known">The part.</param>
/// <param name="whole">The module.</param>
internal sealed class WholeChanges(IModuleView known, IModuleView whole)
{
    private readonly Overlay _known = new(known);
    private readonly Overlay _whole = new(whole);

    public IReadOnlyList<ModuleChange> Of(IReadOnlyList<ModuleChange> changes)
    {
        var all = new List<ModuleChange>(changes.Count);
        foreach (var change in changes)
        {
            if (!IsPossible(change))
            {
                // The check of the changes says so to the caller; those behind it are not looked at.
                all.Add(change);
                break;
            }

            var schema = change is ModuleChange.OfTable ofTable ? _known.FindTable(ofTable.Table)?.Schema : null;
            _known.Apply(change);
            var translated = change switch
            {
                ModuleChange.SectionMoved moved => moved with { Index = PlaceOf(moved.Section) },
                ModuleChange.RowInserted inserted => inserted with { Row = Pack(inserted.Table, schema!, inserted.Row, old: null) },
                ModuleChange.RowUpdated updated => updated with { Row = Pack(updated.Table, schema!, updated.Row, _whole.FindRow(updated.Table, updated.Row.Key)) },
                _ => change,
            };
            _whole.Apply(translated);
            all.Add(translated);
        }

        return all;
    }

    // A name may be taken by what does not show.
    private bool IsPossible(ModuleChange change) => change switch
    {
        ModuleChange.SectionAdded { Name: { } name } => _whole.FindSection(name) is null,
        ModuleChange.SectionRenamed renamed => _whole.FindSection(renamed.Name) is null,
        ModuleChange.TableCreated created => _whole.FindTable(created.Table) is null,
        _ => true,
    };

    // Behind the section that it now follows, or else before the one that follows it.
    private int PlaceOf(SectionId section)
    {
        var shown = _known.Sections().Select(each => each.Id).ToList();
        var others = _whole.Sections().Select(each => each.Id).Where(id => id != section).ToList();
        var place = shown.IndexOf(section);
        return place > 0 ? others.IndexOf(shown[place - 1]) + 1 : shown.Count > 1 ? others.IndexOf(shown[1]) : 0;
    }

    private TableRow Pack(string table, TableSchema shown, TableRow row, RowView? old)
    {
        var schema = _whole.FindTable(table)!.Schema;
        if (ReferenceEquals(schema, shown) || schema.Equals(shown))
        {
            return row;
        }

        var builder = new TableRowBuilder(schema);
        var reader = RowReader.Of(shown, row, default);
        for (var column = 0; column < schema.Columns.Count; column++)
        {
            if (shown.Find(schema.Columns[column].Name) is { } place)
            {
                builder.Set(column, reader.GetValue(place));
            }
            else if (old is not null)
            {
                builder.Set(column, RowReader.Of(schema, old.Row, default).GetValue(column));
            }
        }

        return builder.Build();
    }
}
