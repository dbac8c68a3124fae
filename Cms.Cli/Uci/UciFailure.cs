using Cms.Formats.Uci;

namespace Cms.Cli.Uci;

/// <summary>Why a command was refused.</summary>
/// <param name="Error">The kind, in UCI's numbers.</param>
/// <param name="Detail">What is printed instead of the kind's plain words; null for those.</param>
internal sealed record UciFailure(UciError Error, string? Detail = null)
{
    public static readonly UciFailure InvalidArgument = new(UciError.InvalidArgument);
    public static readonly UciFailure NotFound = new(UciError.NotFound);
    public static readonly UciFailure Io = new(UciError.Io);
    public static readonly UciFailure Parse = new(UciError.Parse);
    public static readonly UciFailure Duplicate = new(UciError.Duplicate);

    /// <summary>The words behind <c>uci: </c>.</summary>
    public string Text => Detail ?? Error switch
    {
        UciError.InvalidArgument => "Invalid argument",
        UciError.NotFound => "Entry not found",
        UciError.Io => "I/O error",
        UciError.Parse => "Parse error",
        UciError.Duplicate => "Duplicate entry",
        _ => "Unknown error",
    };

    /// <summary>The failure of a malformed text.</summary>
    public static UciFailure Of(UciParseError error) => new(UciError.Parse, error.ToString());
}
