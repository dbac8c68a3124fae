using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Cms.Cli.Uci;

/// <summary>Tells after a crash whether the changes in a delta file are already in the package's file.</summary>
/// <remarks>
/// Before a commit replaces the file it appends a line to the delta file, a comment to everybody else, that names the text which is
/// about to appear. A delta file whose package has exactly that text was only not truncated any more: what stands before the line is
/// done. With any other text the line means nothing. The next commit truncates both.
/// </remarks>
internal static class DeltaMark
{
    private const string Prefix = "# in the file with ";

    /// <summary>Marks everything in a delta file as done once its package has this text.</summary>
    /// <exception cref="IOException">The system refused; the commit must not go on.</exception>
    public static void Append(SafeFileHandle delta, ReadOnlySpan<byte> text)
    {
        RandomAccess.Write(delta, Encoding.ASCII.GetBytes($"{Prefix}{TextDigest.Of(text)}\n"), RandomAccess.GetLength(delta));
        RandomAccess.FlushToDisk(delta);
    }

    /// <summary>The changes of a delta file that are not in its package's text.</summary>
    public static ReadOnlyMemory<byte> Pending(ReadOnlyMemory<byte> delta, ReadOnlySpan<byte> text)
    {
        if (delta.Span.IndexOf(Encoding.ASCII.GetBytes(Prefix)) < 0)
        {
            return delta;
        }

        var mark = Encoding.ASCII.GetBytes($"{Prefix}{TextDigest.Of(text)}\n");
        var at = delta.Span.LastIndexOf(mark);
        return at < 0 ? delta : delta[(at + mark.Length)..];
    }
}
