// A module's schema is kept with the module, in the rows of one table, so that schema and data change in one commit.
// - An edition is a UCI text of one section, cut into parts of at most PartBytes; the row's key is NUMBER/PART, both counted from 0.
// - Every WholeEvery-th edition holds its schema's whole text, the others what differs from the edition before.
// - Rows are added at the end and taken away from the end, never changed.
using System.Buffers;
using System.Globalization;
using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Tables;
using Cms.Formats.Uci;

namespace Cms.Formats.Schemas;

/// <summary>The table in which a module keeps the versions of its schema.</summary>
/// <remarks>Pure. What it reads may come from a segment, an overlay or a backup.</remarks>
public static class SchemaTable
{
    /// <summary>The table's name; callers cannot change its rows by operations on tables.</summary>
    public const string Name = "cms_schema";

    private const int WholeEvery = 100;
    private const int PartBytes = 60_000;
    private const int KeyBytes = 20;
    private const int KeyColumn = 0;
    private const int TextColumn = 1;
    private const string Member = "edition";

    private static readonly TableSchema Columns = TableSchema.TryCreate(
        [
            new TableColumn("key", ElementType.String, KeyBytes, ColumnIndex.None),
            new TableColumn("text", ElementType.String, PartBytes, ColumnIndex.None),
        ],
        "key",
        out _)!;

    /// <summary>The schema that holds now, or null when the module has none.</summary>
    /// <exception cref="FormatException">The rows are not what this class writes.</exception>
    public static SchemaEdition? ReadNewest(IModuleView module) =>
        Count(module) is var count and > 0 ? Read(module, count - 1) : null;

    /// <summary>As <see cref="ReadNewest"/>, made ready to be kept to.</summary>
    /// <exception cref="FormatException">The rows are not what this class writes.</exception>
    /// <exception cref="RefusedException">They hold a schema that this version cannot read.</exception>
    public static ModuleSchema? ReadSchema(IModuleView module) => ReadNewest(module) is { } newest ? SchemaReader.Read(newest.Text.Span) : null;

    /// <summary>As <see cref="ReadSchema"/>, and null as well for a schema that this version cannot read.</summary>
    /// <exception cref="FormatException">The rows are not what this class writes.</exception>
    public static ModuleSchema? TryReadSchema(IModuleView module) => ReadNewest(module) is { } newest ? SchemaReader.TryRead(newest.Text.Span, out _) : null;

    /// <summary>Every version that is registered, oldest first, without the texts.</summary>
    /// <inheritdoc cref="ReadNewest"/>
    public static IReadOnlyList<SchemaHead> ReadHeads(IModuleView module) =>
        [.. Enumerable.Range(0, Count(module)).Select(number => StoredOf(module, number).ToHead())];

    /// <summary>One version with its text.</summary>
    /// <param name="module">The module.</param>
    /// <param name="number">Its place in what <see cref="ReadHeads"/> returns.</param>
    /// <inheritdoc cref="ReadNewest"/>
    public static SchemaEdition ReadAt(IModuleView module, int number) => Read(module, number);

    /// <summary>Whether a change is one of this table.</summary>
    public static bool IsConcerned(ModuleChange change) => change is ModuleChange.OfTable { Table: Name };

    /// <summary>What makes an edition the newest.</summary>
    public static IReadOnlyList<ModuleChange> Push(IModuleView module, SchemaEdition edition)
    {
        var number = Count(module);
        var before = number % WholeEvery == 0 ? null : Read(module, number - 1);
        var bytes = Encode(edition, before);
        var changes = new List<ModuleChange>();
        if (module.FindTable(Name) is null)
        {
            changes.Add(new ModuleChange.TableCreated(Name, Columns));
        }

        for (var part = 0; part * PartBytes < bytes.Length; part++)
        {
            var text = bytes[(part * PartBytes)..Math.Min(bytes.Length, (part + 1) * PartBytes)];
            changes.Add(new ModuleChange.RowInserted(Name, new TableRowBuilder(Columns).Set(KeyColumn, KeyOf(number, part)).Set(TextColumn, text).Build()));
        }

        return changes;
    }

    /// <summary>What takes the newest edition away, so that the one before holds again; the module has at least one.</summary>
    public static IReadOnlyList<ModuleChange> Pop(IModuleView module)
    {
        var number = Count(module) - 1;
        return [.. Parts(module, number).Select(part => new ModuleChange.RowDeleted(Name, part.Row.Key))];
    }

    // Numbers have no gaps, so the first free one is found by halving.
    private static int Count(IModuleView module)
    {
        var (least, most) = (0, module.FindTable(Name)?.RowCount ?? 0);
        while (least < most)
        {
            var middle = least + ((most - least) / 2);
            (least, most) = module.FindRow(Name, KeyOf(middle, 0)) is null ? (least, middle) : (middle + 1, most);
        }

        return least;
    }

    private static SchemaEdition Read(IModuleView module, int number)
    {
        var edition = StoredOf(module, number - (number % WholeEvery)).ToEdition(before: null);
        for (var next = number - (number % WholeEvery) + 1; next <= number; next++)
        {
            edition = StoredOf(module, next).ToEdition(edition.Text);
        }

        return edition;
    }

    private static IEnumerable<RowView> Parts(IModuleView module, int number)
    {
        for (var part = 0; module.FindRow(Name, KeyOf(number, part)) is { } row; part++)
        {
            yield return row;
        }
    }

    private static byte[] Encode(SchemaEdition edition, SchemaEdition? before)
    {
        var output = new ArrayBufferWriter<byte>();
        UciWriter.WriteHead(Member, Member, output);
        void Write(string name, ConfigValue value) => UciWriter.WriteOption(name, value, output);

        Write("version", ConfigValue.FromText(edition.Version.ToString()));
        if (before is null)
        {
            Write("text", ConfigValue.FromBytes(edition.Text.Span));
        }
        else
        {
            Write("delta", ConfigValue.FromBool(true));
            Write("hunk", ConfigValue.FromElements([.. SchemaDelta.Between(before.Text, edition.Text).Hunks.Select(hunk => hunk.ToBytes())]));
        }

        if (edition.Migration is { } migration)
        {
            Write("migration", ConfigValue.FromBool(true));
            Write("description", ConfigValue.FromText(migration.Description));
            Write("requires", ConfigValue.FromTexts(migration.Requires));
            Write("up", ConfigValue.FromBytes(migration.Up.Span));
            Write("down", ConfigValue.FromBytes(migration.Down.Span));
        }

        return output.WrittenSpan.ToArray();
    }

    private static StoredEdition StoredOf(IModuleView module, int number)
    {
        var rows = Parts(module, number).ToList();
        var bytes = rows.SelectMany(row => RowReader.Of(Columns, row.Row, row.Changed).GetValue(TextColumn).Encoding.ToArray()).ToArray();
        return UciPackage.TryParse(Name, bytes, UciReaderOptions.Default, _ => { }, out _) is { } package && package.FindSection(Member) is { } section
            ? new StoredEdition(number, rows[0].Changed, package, section.Id)
            : throw StoredEdition.Damaged(number);
    }

    private static ReadOnlyMemory<byte> KeyOf(int number, int part) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number:D8}/{part:D4}"));
}
