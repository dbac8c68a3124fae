namespace Cms.Formats.Tables;

/// <summary>A packed row: the bytes that memory, journal and segment hold; what they are is said at <see cref="TableSchema"/>.</summary>
/// <param name="key">The value of the primary key; not copied, never to be changed.</param>
/// <param name="content">The other columns; not copied, never to be changed.</param>
public readonly struct TableRow(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> content) : IEquatable<TableRow>
{
    /// <summary>The value of the primary key.</summary>
    public ReadOnlyMemory<byte> Key { get; } = key;

    /// <summary>The other columns.</summary>
    public ReadOnlyMemory<byte> Content { get; } = content;

    /// <summary>Whether these are rows of the same bytes.</summary>
    public static bool operator ==(TableRow left, TableRow right) => left.Equals(right);

    /// <summary>Whether these are rows of different bytes.</summary>
    public static bool operator !=(TableRow left, TableRow right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(TableRow other) => Key.Span.SequenceEqual(other.Key.Span) && Content.Span.SequenceEqual(other.Content.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TableRow other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Key.Span);
        hash.AddBytes(Content.Span);
        return hash.ToHashCode();
    }
}
