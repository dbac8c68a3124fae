using Cms.Formats.Modules;

namespace Cms.Formats.Tables;

/// <summary>One table under pending changes; a part of <see cref="Overlay"/>.</summary>
/// <remarks>
/// Shown in this order: the ground's rows that are not hidden, each with its override if it has one, then the appended ones.
/// Rows that are pending are found by a unique column at once, and by another indexed one by looking at all of them.
/// </remarks>
internal sealed class PendingTable
{
    private readonly IModuleView? _ground;
    private readonly Dictionary<ReadOnlyMemory<byte>, RowView?> _overrides = new(BytesComparer.Instance);
    private readonly Dictionary<ReadOnlyMemory<byte>, (long Number, RowView Row)> _appended = new(BytesComparer.Instance);
    private readonly Dictionary<ReadOnlyMemory<byte>, RowView>?[] _unique;
    private long _nextNumber;

    /// <summary>A table as it is in the ground.</summary>
    public PendingTable(TableView table, IModuleView ground)
        : this(table) => _ground = ground;

    /// <summary>A new table.</summary>
    public PendingTable(TableView table)
    {
        View = table;
        _unique = [.. table.Schema.Columns.Select(column => column.Index == ColumnIndex.Unique ? new Dictionary<ReadOnlyMemory<byte>, RowView>(BytesComparer.Instance) : null)];
    }

    /// <summary>The table as it is now.</summary>
    public TableView View { get; private set; }

    public IEnumerable<RowView> All()
    {
        IEnumerable<RowView> grounded = _ground is null ? [] : _ground.Rows(View.Name)
            .Select(row => _overrides.TryGetValue(row.Row.Key, out var other) ? other : row)
            .OfType<RowView>();
        return grounded.Concat(_appended.Values.OrderBy(pending => pending.Number).Select(pending => pending.Row));
    }

    public RowView? Find(ReadOnlyMemory<byte> key) =>
        _appended.TryGetValue(key, out var appended) ? appended.Row
        : _overrides.TryGetValue(key, out var other) ? other
        : _ground?.FindRow(View.Name, key);

    public IEnumerable<RowView> Find(int column, ReadOnlyMemory<byte> value)
    {
        if (column == View.Schema.PrimaryKey)
        {
            return Find(value) is { } row ? [row] : [];
        }

        var grounded = _ground?.FindRows(View.Name, column, value).Where(row => !_overrides.ContainsKey(row.Row.Key)) ?? [];
        if (_unique[column] is { } holders)
        {
            return holders.TryGetValue(value, out var holder) ? [holder] : grounded;
        }

        var pending = _overrides.Values.OfType<RowView>().Concat(_appended.Values.Select(appended => appended.Row));
        return grounded.Concat(pending.Where(row => Holds(row.Row, column, value.Span)));
    }

    public void Insert(TableRow row, Revision revision)
    {
        Check(row);
        Require(Find(row.Key) is null, "a row with this primary key is there");
        var view = new RowView(row, revision);
        _appended.Add(row.Key, (_nextNumber++, view));
        View = View with { RowCount = View.RowCount + 1 };
        Hold(view);
    }

    public void Update(TableRow row, Revision revision)
    {
        Check(row);
        var view = new RowView(row, revision);
        if (_appended.TryGetValue(row.Key, out var appended))
        {
            Release(appended.Row);
            _appended[row.Key] = (appended.Number, view);
        }
        else
        {
            Require(Find(row.Key) is not null, "there is no row with this primary key");
            Release(_overrides.GetValueOrDefault(row.Key));
            _overrides[row.Key] = view;
        }

        Hold(view);
    }

    public void Delete(ReadOnlyMemory<byte> key)
    {
        if (_appended.Remove(key, out var appended))
        {
            Release(appended.Row);
        }
        else
        {
            Require(Find(key) is not null, "there is no row with this primary key");
            Release(_overrides.GetValueOrDefault(key));
            _overrides[key] = null;
        }

        View = View with { RowCount = View.RowCount - 1 };
    }

    private bool Holds(TableRow row, int column, ReadOnlySpan<byte> value)
    {
        Span<byte> scratch = stackalloc byte[sizeof(long)];
        return Read(row).IndexedValue(column, scratch).SequenceEqual(value);
    }

    private void Hold(RowView row)
    {
        Span<byte> scratch = stackalloc byte[sizeof(long)];
        foreach (var column in View.Schema.Indexed)
        {
            if (_unique[column] is { } holders)
            {
                holders[Read(row.Row).IndexedValue(column, scratch).ToArray()] = row;
            }
        }
    }

    private void Release(RowView? row)
    {
        if (row is null)
        {
            return;
        }

        Span<byte> scratch = stackalloc byte[sizeof(long)];
        foreach (var column in View.Schema.Indexed)
        {
            if (_unique[column] is { } holders)
            {
                holders.Remove(Read(row.Row).IndexedValue(column, scratch).ToArray());
            }
        }
    }

    // Rows are checked when they come in.
    private RowReader Read(TableRow row) => new(View.Schema, row.Key.Span, row.Content.Span, default);

    private void Check(TableRow row) => Require(View.Schema.IsRow(row), "the bytes are no row of it");

    private void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"table {View.Name}: {message}");
        }
    }
}
