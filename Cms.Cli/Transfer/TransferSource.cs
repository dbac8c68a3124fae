namespace Cms.Cli.Transfer;

/// <summary>Where a text is and how it is written.</summary>
/// <param name="Path">Its file; null or - for standard input.</param>
/// <param name="Format">How it is written; null when that is seen in the text.</param>
internal sealed record TransferSource(string? Path, TransferFormat? Format)
{
    /// <summary>The file of the identity that it is encrypted to; null when it is plain.</summary>
    public string? Identity { get; init; }

    /// <summary>The source that a user names; the name of a file says the format where the user does not.</summary>
    public static TransferSource Of(string? path, string? format) =>
        new(path, TransferFormats.Parse(format) ?? (path is null ? null : TransferFormats.OfFile(path)));
}
