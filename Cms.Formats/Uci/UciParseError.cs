namespace Cms.Formats.Uci;

/// <summary>What is wrong with a UCI text, and where.</summary>
/// <param name="Reason">In the words of the reference, such as <c>too many arguments</c>.</param>
/// <param name="Line">Line breaks read so far: the 1-based line, but one less on a last line that has no line break.</param>
/// <param name="Byte">0-based byte in that line, joined with the lines before it when a quote or backslash continues them.</param>
public sealed record UciParseError(string Reason, int Line, long Byte)
{
    /// <summary>The sentence that the reference prints, without a prefix.</summary>
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Parse error ({Reason}) at line {Line}, byte {Byte}");
}
