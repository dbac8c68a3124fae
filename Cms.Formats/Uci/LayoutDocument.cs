using Cms.Formats.Modules;

namespace Cms.Formats.Uci;

/// <summary>A UCI text cut into lines that know what they are for.</summary>
/// <remarks>
/// Invariant: the preamble and the blocks in order, lead, head, body, tail each, are the text byte for byte, until
/// <see cref="JoinSections"/>. Used by one thread.
/// </remarks>
internal sealed class LayoutDocument
{
    private readonly ReadOnlyMemory<byte> _text;
    private readonly List<LayoutLine> _gap = [];
    private int _taken;

    private LayoutDocument(ReadOnlyMemory<byte> text, UciPackage package)
    {
        _text = text;
        Package = package;
    }

    /// <summary>What the text says.</summary>
    public UciPackage Package { get; }

    /// <summary>What stands before the first section.</summary>
    public List<LayoutLine> Preamble { get; } = [];

    /// <summary>The sections as they stand.</summary>
    public List<LayoutBlock> Blocks { get; } = [];

    /// <summary>Whether there is any comment.</summary>
    public bool HasComment { get; private set; }

    /// <summary>Whether some line has more than one command.</summary>
    public bool HasSharedLine { get; private set; }

    /// <summary>Cuts a text up; null when it is malformed.</summary>
    public static LayoutDocument? TryParse(ReadOnlyMemory<byte> text, UciDialect dialect)
    {
        var options = new UciReaderOptions { Dialect = dialect };
        var reader = new UciReader(text, options);
        var loader = new UciPackageLoader(string.Empty, reader, options);
        var document = new LayoutDocument(text, loader.Packages[0]);
        while (loader.TryReadCommand())
        {
            if (reader.Error is not null)
            {
                return null;
            }

            document.Take(reader, loader.Section);
        }

        document.TakeGap(text.Length);
        document.PlaceGap(null);
        document.HasComment = reader.HasComment;
        return document;
    }

    /// <summary>Moves what stands under a section's later <c>config</c> lines up behind its first one.</summary>
    public void JoinSections()
    {
        var first = new Dictionary<SectionId, LayoutBlock>();
        for (var index = 0; index < Blocks.Count; index++)
        {
            var block = Blocks[index];
            if (first.TryAdd(block.Section, block))
            {
                continue;
            }

            first[block.Section].Body.AddRange(block.Lead.Concat(block.Body));
            Blocks[index - 1].Tail.AddRange(block.Tail);
            block.Tail.Clear();
            block.Body.Clear();
        }

        Blocks.RemoveAll(block => first[block.Section] != block);
    }

    private void Take(UciReader reader, UciSection? section)
    {
        var start = (int)reader.LineOffset;
        if (start < _taken)
        {
            HasSharedLine = true;
            return;
        }

        TakeGap(start);
        _taken = (int)reader.NextLineOffset;
        var option = reader.Kind is UciTokenKind.Option or UciTokenKind.ListItem ? System.Text.Encoding.Latin1.GetString(reader.Name) : null;
        var comment = reader.FindComment() is { } offset ? (int)offset - start : default(int?);
        var line = new LayoutLine(_text[start.._taken], reader.Kind, option, comment);
        if (reader.Kind == UciTokenKind.Section)
        {
            PlaceGap(section);
            Blocks.Add(new LayoutBlock(section!.Id, [.. _gap], line));
            _gap.Clear();
        }
        else if (Blocks.Count > 0 && reader.Kind != UciTokenKind.Package)
        {
            Blocks[^1].Body.AddRange(_gap);
            Blocks[^1].Body.Add(line);
            _gap.Clear();
        }
        else
        {
            _gap.Add(line with { Kind = UciTokenKind.None, CommentIndex = null });
        }
    }

    private void TakeGap(int end)
    {
        while (_taken < end)
        {
            var rest = _text.Span[_taken..end];
            var size = rest.IndexOf((byte)'\n') is var at and >= 0 ? at + 1 : rest.Length;
            var comment = rest.IndexOfAnyExcept(" \t\v\f\r"u8) is var first and >= 0 && first < size && rest[first] == '#' ? first : default(int?);
            _gap.Add(new LayoutLine(_text.Slice(_taken, size), UciTokenKind.None, null, comment));
            _taken += size;
        }
    }

    // Leaves in the gap only the comments directly above the section that follows; all the rest belongs to what was before.
    private void PlaceGap(UciSection? next)
    {
        var count = next is null ? _gap.Count : _gap.FindLastIndex(line => !line.IsComment) + 1;
        var owner = Blocks.Count > 0 ? Blocks[^1].Tail : Preamble;
        owner.AddRange(_gap.Take(count));
        _gap.RemoveRange(0, count);
    }
}
