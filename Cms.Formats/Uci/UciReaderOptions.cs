namespace Cms.Formats.Uci;

/// <summary>How a UCI text is to be read.</summary>
public sealed record UciReaderOptions
{
    /// <summary>The reading of <c>cms</c>: its dialect, strict, one package whose name is known.</summary>
    public static readonly UciReaderOptions Default = new();

    /// <summary>Which dialect; <see cref="UciDialect.Cms"/> by default.</summary>
    public UciDialect Dialect { get; init; } = UciDialect.Cms;

    /// <summary>Whether the first error ends the reading and superfluous words are errors; true by default.</summary>
    public bool IsStrict { get; init; } = true;

    /// <summary>
    /// Whether the text holds any number of packages, each opened by its <c>package</c> line; false by default: the name is known
    /// and <c>package</c> lines mean nothing.
    /// </summary>
    public bool HasPackages { get; init; }

    /// <summary>The longest line, continuations included, taken from a stream; 64 MiB by default.</summary>
    public int MaxLineSizeBytes { get; init; } = 64 << 20;
}
