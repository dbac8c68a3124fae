namespace Cms.Formats.Uci;

/// <summary>Why UCI refuses; the numbers are those of the reference library and are exit codes of <c>uci add</c>.</summary>
public enum UciError
{
    /// <summary>Nothing was refused.</summary>
    None = 0,

    /// <summary>The request makes no sense for this address.</summary>
    InvalidArgument = 2,

    /// <summary>The package, section or option does not exist.</summary>
    NotFound = 3,

    /// <summary>A file could not be read or written.</summary>
    Io = 4,

    /// <summary>Text does not follow the grammar.</summary>
    Parse = 5,

    /// <summary>The name is taken.</summary>
    Duplicate = 6,
}
