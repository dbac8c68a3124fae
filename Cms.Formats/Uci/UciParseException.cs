namespace Cms.Formats.Uci;

/// <summary>A UCI text was refused; nothing was changed.</summary>
public sealed class UciParseException : FormatException
{
    /// <summary>Refuses a text for this reason.</summary>
    public UciParseException(UciParseError error)
        : base(error.ToString()) => Error = error;

    /// <summary>The reason and the place.</summary>
    public UciParseError Error { get; }
}
