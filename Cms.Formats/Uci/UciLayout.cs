using Cms.Formats.Modules;

namespace Cms.Formats.Uci;

/// <summary>Writes a module over the text it came from, keeping what people wrote there for each other.</summary>
/// <remarks>
/// A text without comments is written anew in canonical form, as the reference does. In one with comments every line that still says
/// what the module says stays byte for byte; a changed option is replaced where it stood first, with the comment behind it; new
/// options follow the section's last one; new sections come where the module has them, mostly at the end. A section takes the
/// comments directly above it along when it moves, and leaves them behind when it goes; the comments inside go with it. Sections
/// are recognised as <see cref="SectionMatcher"/> says. Lines with several commands are put on lines of their own once anything
/// changes. The result always reads back as the module; were it not so, the canonical form is taken. Linear in both sizes. Pure;
/// any thread.
/// </remarks>
public static class UciLayout
{
    /// <summary>The new text.</summary>
    /// <param name="oldText">The text as it is; empty when there is none.</param>
    /// <param name="module">What the text is to say; lists without elements cannot be said and are left out.</param>
    /// <param name="dialect">How both texts are read.</param>
    public static byte[] Rewrite(ReadOnlyMemory<byte> oldText, IModuleView module, UciDialect dialect = UciDialect.Cms)
    {
        if (!oldText.Span.Contains((byte)'#') || LayoutDocument.TryParse(oldText, dialect) is not { HasComment: true } document)
        {
            return Canonical(module);
        }

        if (SectionContent.AreEqual(document.Package, module))
        {
            return oldText.ToArray();
        }

        if (document.HasSharedLine)
        {
            document = LayoutDocument.TryParse(LayoutSplitter.Split(oldText, dialect), dialect)!;
        }

        document.JoinSections();
        var text = Lay(document, module);
        return Says(text, module, dialect) ? text : Canonical(module);
    }

    private static byte[] Canonical(IModuleView module)
    {
        using var text = new MemoryStream();
        UciWriter.Write(module, text);
        return text.ToArray();
    }

    private static bool Says(ReadOnlyMemory<byte> text, IModuleView module, UciDialect dialect) =>
        UciPackage.TryParse(string.Empty, text, new UciReaderOptions { Dialect = dialect }, _ => { }, out _) is { } package
        && SectionContent.AreEqual(package, module);

    private static byte[] Lay(LayoutDocument document, IModuleView module)
    {
        var match = SectionMatcher.Match(document.Package, module);
        var oldOf = match.OldToNew.ToDictionary(pair => pair.Value, pair => pair.Key);
        var output = new LayoutOutput();
        LeaveOrphans(document, match);
        output.Write(document.Preamble);
        var blocks = document.Blocks.ToDictionary(block => block.Section);
        var predecessors = document.Blocks.Zip(document.Blocks.Skip(1)).ToDictionary(pair => pair.Second.Section, pair => pair.First.Section);
        SectionId? last = null;
        foreach (var section in module.Sections())
        {
            if (!oldOf.TryGetValue(section.Id, out var old))
            {
                LayoutSection.WriteNew(module, section, output);
                last = null;
                continue;
            }

            var isMoved = predecessors.TryGetValue(old, out var predecessor) ? last != predecessor : last is not null || output.Written.IsEmpty;
            if (isMoved && !output.Written.IsEmpty)
            {
                output.Separate();
            }

            LayoutSection.Write(blocks[old], document.Package, module, section, output);
            last = old;
        }

        return output.Written.ToArray();
    }

    // The comments above a section that is gone, and what follows it, stay where they are: behind the section before.
    private static void LeaveOrphans(LayoutDocument document, SectionMatch match)
    {
        var before = document.Preamble;
        foreach (var block in document.Blocks)
        {
            if (match.OldToNew.ContainsKey(block.Section))
            {
                before = block.Tail;
                continue;
            }

            before.AddRange(block.Lead);
            before.AddRange(block.Tail);
        }

        document.Blocks.RemoveAll(block => !match.OldToNew.ContainsKey(block.Section));
    }
}
