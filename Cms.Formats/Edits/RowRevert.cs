using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Formats.Edits;

/// <summary>Takes back what became of the rows of one table that has kept its columns; a part of <see cref="RevertPlan"/>.</summary>
internal sealed class RowRevert
{
    private readonly IModuleView _before;
    private readonly IModuleView _after;
    private readonly IModuleView _current;
    private readonly TableView _table;
    private readonly List<int> _uniqueColumns;
    private readonly List<ReadOnlyMemory<byte>> _order;
    private readonly Dictionary<ReadOnlyMemory<byte>, TableRow?> _wanted = new(BytesComparer.Instance);
    private readonly List<string> _kept = [];

    public RowRevert(IModuleView before, IModuleView after, IModuleView current, TableView table)
    {
        (_before, _after, _current, _table) = (before, after, current, table);
        _uniqueColumns = [.. table.Schema.Indexed.Where(column => table.Schema.Columns[column].Index == ColumnIndex.Unique)];
        _order = KeysOf(current);
        Decide();
        DropTakenValues();
    }

    /// <summary>The rows that were changed since, and the table itself when others' rows are in the way of the order.</summary>
    public IReadOnlyList<string> Kept => _kept;

    /// <summary>What is to be done to the table: rows go, rows change, rows come; so no value of a unique column is there twice in between.</summary>
    public IEnumerable<ModuleOperation> Operations()
    {
        var staying = _order.Where(key => !_wanted.TryGetValue(key, out var row) || row is not null).ToList();
        var again = FindEntangled(staying);
        var order = Arrange(staying, again);
        var steady = staying.Zip(order)
            .TakeWhile(pair => pair.First.Span.SequenceEqual(pair.Second.Span) && !again.Contains(pair.First)).Count();
        var written = order.Skip(steady).ToHashSet(BytesComparer.Instance);
        return _order.Where(key => written.Contains(key) || (_wanted.TryGetValue(key, out var row) && row is null)).Select(Delete)
            .Concat(staying.Where(key => !written.Contains(key) && _wanted.ContainsKey(key)).Select(Update))
            .Concat(order.Skip(steady).Select(Insert));
    }

    private List<ReadOnlyMemory<byte>> KeysOf(IModuleView view) => [.. view.Rows(_table.Name).Select(row => row.Row.Key)];

    private TableRow? Find(IModuleView view, ReadOnlyMemory<byte> key) => view.FindRow(_table.Name, key)?.Row;

    private void Decide()
    {
        foreach (var row in _current.Rows(_table.Name))
        {
            Decide(row.Row.Key, row.Row);
        }

        foreach (var row in _before.Rows(_table.Name).Concat(ReferenceEquals(_after, _current) ? [] : _after.Rows(_table.Name)))
        {
            if (_current.FindRow(_table.Name, row.Row.Key) is null && !_wanted.ContainsKey(row.Row.Key))
            {
                Decide(row.Row.Key, null);
            }
        }
    }

    private void Decide(ReadOnlyMemory<byte> key, TableRow? now)
    {
        var old = Find(_before, key);
        var left = ReferenceEquals(_after, _current) ? now : Find(_after, key);
        if (old == left || now == old)
        {
            return;
        }

        if (now == left)
        {
            _wanted.Add(key, old);
        }
        else
        {
            Keep((now ?? left ?? old)!.Value);
        }
    }

    // A value of a unique column that another row has by now is not given back; then neither is what relied on that row's going.
    private void DropTakenValues()
    {
        for (var isDone = ReferenceEquals(_after, _current); !isDone;)
        {
            var taken = _wanted.Values.OfType<TableRow>().Where(row => HoldersOf(row).Any(holder => !GivesUp(holder, row))).ToList();
            foreach (var row in taken)
            {
                _wanted.Remove(row.Key);
                Keep(row);
            }

            isDone = taken.Count == 0;
        }
    }

    private bool GivesUp(TableRow holder, TableRow value) =>
        _wanted.TryGetValue(holder.Key, out var wanted) && (wanted is not { } row || !SharesUnique(row, value));

    private bool SharesUnique(TableRow left, TableRow right) =>
        _uniqueColumns.Exists(column => ValueOf(left, column).Equals(ValueOf(right, column)));

    private IEnumerable<TableRow> HoldersOf(TableRow row) => _uniqueColumns
        .SelectMany(column => _current.FindRows(_table.Name, column, ValueOf(row, column).Encoding))
        .Select(holder => holder.Row)
        .Where(holder => !holder.Key.Span.SequenceEqual(row.Key.Span));

    // Rows that cannot be changed in place, since another row gives up the value of a unique column only later.
    private HashSet<ReadOnlyMemory<byte>> FindEntangled(List<ReadOnlyMemory<byte>> staying)
    {
        var entangled = new HashSet<ReadOnlyMemory<byte>>(BytesComparer.Instance);
        var done = new HashSet<ReadOnlyMemory<byte>>(BytesComparer.Instance);
        foreach (var key in _uniqueColumns.Count == 0 ? [] : staying)
        {
            if (_wanted.TryGetValue(key, out var row))
            {
                var isWaiting = HoldersOf(row!.Value).Any(holder =>
                    !done.Contains(holder.Key) && !entangled.Contains(holder.Key) && _wanted.TryGetValue(holder.Key, out var other) && other is not null);
                (isWaiting ? entangled : done).Add(key);
            }
        }

        return entangled;
    }

    private List<ReadOnlyMemory<byte>> Arrange(List<ReadOnlyMemory<byte>> staying, HashSet<ReadOnlyMemory<byte>> again)
    {
        var isStaying = staying.ToHashSet(BytesComparer.Instance);
        var restored = KeysOf(_before).Where(key => isStaying.Contains(key) || (_wanted.TryGetValue(key, out var row) && row is not null)).ToList();
        List<ReadOnlyMemory<byte>> appended = [.. staying.Where(key => !again.Contains(key)), .. restored.Where(key => again.Contains(key) || !isStaying.Contains(key))];
        var left = ReferenceEquals(_after, _current) ? _order : KeysOf(_after);
        if (!SequenceOrder.IsKept(left, _order, BytesComparer.Instance))
        {
            _kept.AddRange(SequenceOrder.IsKept(KeysOf(_before), left, BytesComparer.Instance) ? [] : [_table.Name]);
            return appended;
        }

        var order = SequenceOrder.Insert(restored, staying, BytesComparer.Instance);
        var anew = staying.Skip(staying.Zip(order).TakeWhile(pair => pair.First.Span.SequenceEqual(pair.Second.Span) && !again.Contains(pair.First)).Count()).ToList();
        var isOthers = !ReferenceEquals(_after, _current) && anew.Exists(key => Find(_current, key) != Find(_after, key));
        _kept.AddRange(isOthers ? [_table.Name] : []);
        return isOthers || anew.Count > RevertPlan.LongestReorder ? appended : order;
    }

    private ModuleOperation Delete(ReadOnlyMemory<byte> key)
    {
        var column = _table.Schema.Columns[_table.Schema.PrimaryKey];
        return new ModuleOperation.DeleteRow(_table.Name, new Dictionary<string, ConfigValue>
        {
            [column.Name] = RowReader.Of(_table.Schema, Find(_current, key)!.Value, default).GetValue(_table.Schema.PrimaryKey),
        });
    }

    private ModuleOperation Update(ReadOnlyMemory<byte> key) => new ModuleOperation.UpdateRow(_table.Name, ValuesOf(_wanted[key]!.Value));

    private ModuleOperation Insert(ReadOnlyMemory<byte> key) =>
        new ModuleOperation.InsertRow(_table.Name, ValuesOf(_wanted.TryGetValue(key, out var row) ? row!.Value : Find(_current, key)!.Value));

    private IReadOnlyDictionary<string, ConfigValue> ValuesOf(TableRow row) => TableQuery.ToValues(_table.Schema, new RowView(row, default));

    private ConfigValue ValueOf(TableRow row, int column) => RowReader.Of(_table.Schema, row, default).GetValue(column);

    private void Keep(TableRow row) => _kept.Add(TableEdits.PathOf(_table, row));
}
