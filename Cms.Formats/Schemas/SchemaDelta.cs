using System.Globalization;
using System.Text;

namespace Cms.Formats.Schemas;

/// <summary>What makes one text of another, line by line: a new version is raised in one place and changed in others.</summary>
/// <param name="Hunks">The places that differ, in order; what is behind the last one is the same.</param>
internal sealed record SchemaDelta(IReadOnlyList<SchemaHunk> Hunks)
{
    // How far apart, in lines of both texts together, the same lines are looked for behind a difference.
    private const int Window = 400;

    /// <summary>The delta from one text to another.</summary>
    public static SchemaDelta Between(ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after)
    {
        var (olds, news) = (Lines(before), Lines(after));
        var hunks = new List<SchemaHunk>();
        var (oldAt, newAt, copied) = (0, 0, 0);
        while (oldAt < olds.Count || newAt < news.Count)
        {
            if (AreEqual(olds, oldAt, news, newAt))
            {
                copied += olds[oldAt].Length;
                oldAt++;
                newAt++;
                continue;
            }

            var (dropped, inserted) = FindSame(olds, oldAt, news, newAt);
            var text = news.Skip(newAt).Take(inserted).SelectMany(line => line.ToArray()).ToArray();
            hunks.Add(new SchemaHunk(copied, olds.Skip(oldAt).Take(dropped).Sum(line => line.Length), text));
            (oldAt, newAt, copied) = (oldAt + dropped, newAt + inserted, 0);
        }

        return new SchemaDelta(hunks);
    }

    /// <summary>The text that this delta makes of <paramref name="before"/>; null when it is no delta of that text.</summary>
    public ReadOnlyMemory<byte>? TryApply(ReadOnlyMemory<byte> before)
    {
        using var text = new MemoryStream();
        foreach (var hunk in Hunks)
        {
            if (hunk.Copied < 0 || hunk.Dropped < 0 || (long)hunk.Copied + hunk.Dropped > before.Length)
            {
                return null;
            }

            text.Write(before.Span[..hunk.Copied]);
            text.Write(hunk.Inserted.Span);
            before = before[(hunk.Copied + hunk.Dropped)..];
        }

        text.Write(before.Span);
        return text.ToArray();
    }

    // The nearest place from which on two lines of both texts are the same, or both texts end.
    private static (int Dropped, int Inserted) FindSame(List<ReadOnlyMemory<byte>> olds, int oldAt, List<ReadOnlyMemory<byte>> news, int newAt)
    {
        var (oldsLeft, newsLeft) = (olds.Count - oldAt, news.Count - newAt);
        for (var distance = 1; distance <= Math.Min(Window, oldsLeft + newsLeft); distance++)
        {
            for (var dropped = Math.Max(0, distance - newsLeft); dropped <= Math.Min(distance, oldsLeft); dropped++)
            {
                var inserted = distance - dropped;
                var isEnd = dropped == oldsLeft && inserted == newsLeft;
                if (isEnd || (AreEqual(olds, oldAt + dropped, news, newAt + inserted) && AreEqualOrOver(olds, oldAt + dropped + 1, news, newAt + inserted + 1)))
                {
                    return (dropped, inserted);
                }
            }
        }

        return (oldsLeft, newsLeft);
    }

    private static bool AreEqualOrOver(List<ReadOnlyMemory<byte>> olds, int oldAt, List<ReadOnlyMemory<byte>> news, int newAt) =>
        (oldAt == olds.Count && newAt == news.Count) || AreEqual(olds, oldAt, news, newAt);

    private static bool AreEqual(List<ReadOnlyMemory<byte>> olds, int oldAt, List<ReadOnlyMemory<byte>> news, int newAt) =>
        oldAt < olds.Count && newAt < news.Count && olds[oldAt].Span.SequenceEqual(news[newAt].Span);

    private static List<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> text)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        while (!text.IsEmpty)
        {
            var end = text.Span.IndexOf((byte)'\n') is var found and >= 0 ? found + 1 : text.Length;
            lines.Add(text[..end]);
            text = text[end..];
        }

        return lines;
    }
}

/// <summary>One place in which two texts differ.</summary>
/// <param name="Copied">How many bytes before it are the same, from the place before on.</param>
/// <param name="Dropped">How many bytes of the earlier text are left out.</param>
/// <param name="Inserted">What stands there instead.</param>
internal readonly record struct SchemaHunk(int Copied, int Dropped, ReadOnlyMemory<byte> Inserted)
{
    /// <summary>As a row keeps it: both numbers, then the text, apart by blanks.</summary>
    public ReadOnlyMemory<byte> ToBytes() => (byte[])[.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Copied} {Dropped} ")), .. Inserted.Span];

    /// <summary>Reads what <see cref="ToBytes"/> writes; null when it is not that.</summary>
    public static SchemaHunk? TryRead(ReadOnlyMemory<byte> bytes)
    {
        var first = bytes.Span.IndexOf((byte)' ');
        var second = first < 0 ? -1 : bytes.Span[(first + 1)..].IndexOf((byte)' ');
        return second >= 0
            && int.TryParse(bytes.Span[..first], NumberStyles.None, CultureInfo.InvariantCulture, out var copied)
            && int.TryParse(bytes.Span.Slice(first + 1, second), NumberStyles.None, CultureInfo.InvariantCulture, out var dropped)
            ? new SchemaHunk(copied, dropped, bytes[(first + second + 2)..])
            : null;
    }
}
