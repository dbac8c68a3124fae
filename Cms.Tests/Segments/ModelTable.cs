using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Tests.Segments;

/// <summary>A table of the model: a list of rows, looked through from the beginning each time.</summary>
internal sealed class ModelTable(string name, TableSchema schema, Revision created)
{
    private readonly List<RowView> _rows = [];

    public string Name => name;

    public TableSchema Schema => schema;

    public IReadOnlyList<RowView> Rows => _rows;

    public TableView View => new(name, schema, _rows.Count, created);

    public ModelTable Clone()
    {
        var copy = new ModelTable(name, schema, created);
        copy._rows.AddRange(_rows);
        return copy;
    }

    public RowView? Find(ReadOnlyMemory<byte> key) => _rows.Find(row => row.Row.Key.Span.SequenceEqual(key.Span));

    public IEnumerable<RowView> Find(int column, ReadOnlyMemory<byte> value) => _rows.Where(row => ValueOf(row.Row, column).AsSpan().SequenceEqual(value.Span));

    public byte[] ValueOf(TableRow row, int column) => RowReader.Of(schema, row, default).GetValue(column).Encoding.ToArray();

    public void Apply(ModuleChange.OfTable change, Revision revision)
    {
        switch (change)
        {
            case ModuleChange.RowInserted inserted:
                _rows.Add(new(inserted.Row, revision));
                break;
            case ModuleChange.RowUpdated updated:
                _rows[_rows.FindIndex(row => row.Row.Key.Span.SequenceEqual(updated.Row.Key.Span))] = new(updated.Row, revision);
                break;
            case ModuleChange.RowDeleted deleted:
                _rows.RemoveAt(_rows.FindIndex(row => row.Row.Key.Span.SequenceEqual(deleted.Key.Span)));
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
