using Cms.Formats.Segments.Reading;
using Cms.Formats.Tables;

namespace Cms.Formats.Segments.Tables;

/// <summary>Rows one after the other, for <c>foreach</c>. A row is good until the next step or the next use of its table.</summary>
/// <remarks>
/// Allocates when it begins and nothing for a row. It stays at the revision that its table had when it began. A step throws
/// <see cref="SnapshotTooOldException"/> when that is no longer kept, and <see cref="SegmentException"/> when the file is damaged.
/// </remarks>
public ref struct RowScan
{
    private readonly TableReader _reader;
    private readonly TableState _table;
    private readonly SlotCursor? _slots;
    private readonly RowPredicate? _predicate;

    internal RowScan(TableReader reader, in TableState table, SlotCursor? slots, RowPredicate? predicate)
    {
        _reader = reader;
        _table = table;
        _slots = slots;
        _predicate = predicate;
    }

    /// <summary>The row that the last step went to.</summary>
    public readonly RowReader Current => _reader.Row(_table.Schema);

    /// <summary>This.</summary>
    public readonly RowScan GetEnumerator() => this;

    /// <summary>Goes to the next row that the predicate lets through.</summary>
    public readonly bool MoveNext()
    {
        while (_slots is not null && _slots.MoveNext())
        {
            _reader.LoadRow(_table, _slots.Current);
            if (_predicate is null || _predicate(_reader.Row(_table.Schema)))
            {
                return true;
            }
        }

        return false;
    }
}
