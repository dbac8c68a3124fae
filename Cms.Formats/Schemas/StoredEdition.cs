using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Uci;

namespace Cms.Formats.Schemas;

/// <summary>An edition as the rows of <see cref="SchemaTable"/> hold it.</summary>
/// <param name="number">Which one, from 0.</param>
/// <param name="registered">The commit that wrote the rows.</param>
/// <param name="package">What the rows say.</param>
/// <param name="section">The one section in it.</param>
internal sealed class StoredEdition(int number, Revision registered, UciPackage package, SectionId section)
{
    /// <summary>What is said when rows are not what <see cref="SchemaTable"/> writes.</summary>
    public static FormatException Damaged(int number) => new($"edition {number} in the table {SchemaTable.Name} cannot be read");

    /// <summary>All but the text.</summary>
    /// <exception cref="FormatException">The rows are damaged.</exception>
    public SchemaHead ToHead() => new(Version()) { Registered = registered, Migration = Migration() };

    /// <summary>All of it.</summary>
    /// <param name="before">The text of the edition before; null when this one holds all of its own.</param>
    /// <exception cref="FormatException">The rows are damaged.</exception>
    public SchemaEdition ToEdition(ReadOnlyMemory<byte>? before)
    {
        // An empty text cannot be written in UCI, so a missing one is empty.
        var text = before is { } known && Find("delta") is not null ? Delta().TryApply(known) : Find("text") ?? default;
        return new SchemaEdition(Version(), text ?? throw Damaged(number)) { Registered = registered, Migration = Migration() };
    }

    private SchemaVersion Version() => SchemaVersion.TryParse(Encoding.ASCII.GetString((Find("version") ?? default).Span)) ?? throw Damaged(number);

    private SchemaDelta Delta() =>
        new([.. (package.FindOption(section, "hunk")?.Value.Elements() ?? []).Select(hunk => SchemaHunk.TryRead(hunk) ?? throw Damaged(number))]);

    // Copies, so that they do not hold the whole of what the rows say.
    private SchemaMigration? Migration() => Find("migration") is null ? null : new SchemaMigration(
        Encoding.UTF8.GetString((Find("description") ?? default).Span),
        [.. Texts(package.FindOption(section, "requires")?.Value)],
        (Find("up") ?? default).ToArray(),
        (Find("down") ?? default).ToArray());

    private ReadOnlyMemory<byte>? Find(string name) => package.FindOption(section, name)?.Value.Encoding;

    private static IEnumerable<string> Texts(ConfigValue? list) =>
        list is null ? [] : Enumerable.Range(0, list.Count).Select(index => Encoding.UTF8.GetString(list.GetBytes(index).Span));
}
