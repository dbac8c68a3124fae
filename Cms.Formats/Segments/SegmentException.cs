namespace Cms.Formats.Segments;

/// <summary>What is wrong with a segment. The numbers are stable.</summary>
public enum SegmentError
{
    /// <summary>The path leads nowhere.</summary>
    Missing = 1,

    /// <summary>The file's access bits forbid it.</summary>
    Denied = 2,

    /// <summary>The file is something else.</summary>
    NotASegment = 3,

    /// <summary>The file has a format that this code does not know.</summary>
    UnsupportedVersion = 4,

    /// <summary>The file is shorter than its header says.</summary>
    Truncated = 5,

    /// <summary>The file contradicts itself.</summary>
    Corrupt = 6,

    /// <summary>Segments work on 64-bit little-endian machines only.</summary>
    WrongMachine = 7,

    /// <summary>The file or the device has no room; nothing became visible.</summary>
    Full = 8,

    /// <summary>A change does not fit the state it was applied to; the writer must be opened anew.</summary>
    Inconsistent = 9,
}

/// <summary>A segment cannot be read or written. The message names the file.</summary>
public sealed class SegmentException : IOException
{
    /// <summary>A fault of the file at <paramref name="path"/>.</summary>
    public SegmentException(SegmentError error, string path, string message, Exception? inner = null)
        : base($"{path}: {message}", inner)
    {
        Error = error;
        Path = path;
    }

    /// <summary>What is wrong.</summary>
    public SegmentError Error { get; }

    /// <summary>The file.</summary>
    public string Path { get; }
}
