namespace Cms.Formats.Uci;

/// <summary>A line of a text that is to be kept: a command with its continuations, or something between commands.</summary>
/// <param name="Bytes">The line with its line break, if it has one.</param>
/// <param name="Kind">The command; <see cref="UciTokenKind.None"/> for a comment, a blank line or a command without effect.</param>
/// <param name="Option">The option that the command sets.</param>
/// <param name="CommentIndex">Where in the line the comment begins; null when there is none.</param>
internal sealed record LayoutLine(ReadOnlyMemory<byte> Bytes, UciTokenKind Kind, string? Option, int? CommentIndex)
{
    /// <summary>Whether this is a line with nothing but a comment.</summary>
    public bool IsComment => Kind == UciTokenKind.None && CommentIndex is not null;

    /// <summary>The comment behind a command with the white space before it and without the line break; empty when there is none.</summary>
    public ReadOnlySpan<byte> Remark
    {
        get
        {
            if (CommentIndex is not { } start)
            {
                return [];
            }

            while (start > 0 && Bytes.Span[start - 1] is (byte)' ' or (byte)'\t')
            {
                start--;
            }

            return Bytes.Span[start..].TrimEnd("\r\n"u8);
        }
    }
}
