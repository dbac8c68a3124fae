namespace Cms.Formats.Uci;

/// <summary>The option lines of a text in order, not yet made into options.</summary>
/// <remarks>
/// Most commands look at one section of a package; the others' lines stay in this one array, which costs the memory manager next to
/// nothing however many there are. Invariant: lines are only appended, and a section's lines lie together. Used by one thread.
/// </remarks>
internal sealed class DeferredOptions
{
    private readonly List<Line> _lines = [];

    /// <summary>How many lines there are.</summary>
    public int Count => _lines.Count;

    /// <summary>A line.</summary>
    public Line this[int index] => _lines[index];

    /// <summary>Appends a line.</summary>
    public void Add(Line line) => _lines.Add(line);

    /// <summary>A line of a section.</summary>
    /// <param name="Name">The option's name.</param>
    /// <param name="Value">The string or the element.</param>
    /// <param name="IsList">Whether it appends to a list.</param>
    internal readonly record struct Line(UciNamePool.Entry Name, ReadOnlyMemory<byte> Value, bool IsList);
}
