using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Formats.Segments.Tables;
using Cms.Formats.Tables;
using Xunit;

namespace Cms.Tests.Segments;

public sealed class SegmentTableTests
{
    private static readonly SegmentOptions Options = new() { MaximumBytes = 16 << 20, InitialEntries = 8, RetainedCommits = 4 };

    private static readonly TableSchema Hosts = TableSchema.TryCreate(
        [
            new("name", ElementType.String, 20, ColumnIndex.None),
            new("group", ElementType.Int, 4, ColumnIndex.Repeating),
            new("mac", ElementType.String, 17, ColumnIndex.Unique),
            new("note", ElementType.String, 200, ColumnIndex.None),
        ],
        "name",
        out _)!;

    [Theory]
    [InlineData(81)]
    [InlineData(82)]
    public void A_table_that_is_read_directly_shows_what_the_plain_model_shows(int seed)
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(seed) { Scale = 20, TablePercent = 95 };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        using var reader = SegmentReader.Open(place.Path);
        var kept = new Dictionary<string, SegmentTable>();
        for (var commit = 0; commit < 200; commit++)
        {
            var changes = history.NextCommit(20);
            Assert.True(writer.TryReserve(changes, out _));
            writer.Project(history.Model.Revision, changes);
            foreach (var model in history.Model.AllTables)
            {
                var known = kept.GetValueOrDefault(model.Name);
                var table = known is not null && known.Refresh() ? known : reader.OpenTable(model.Name)!;
                Assert.Equal(history.Model.Revision, table.Revision);
                AssertSame(model, table);
                kept[model.Name] = table;
            }

            Assert.All(kept.Where(pair => history.Model.FindTable(pair.Key) is null), pair => Assert.False(pair.Value.Refresh()));
            Assert.Null(reader.OpenTable("none"));
        }
    }

    [Fact]
    public void An_opened_table_stays_at_its_revision_until_that_is_too_old()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options with { InitialEntries = 200 });
        Commit(writer, new ModuleChange.TableCreated("hosts", Hosts), Insert("a", 1), Insert("b", 1), Insert("c", 2));
        using var reader = SegmentReader.Open(place.Path);
        var table = reader.OpenTable("hosts")!;
        Commit(writer, Update("a", 2), new ModuleChange.RowDeleted("hosts", Bytes("b")), Insert("d", 1));
        Assert.Equal(["a", "b", "c"], Names(table.Scan()));
        Assert.Equal(["a", "b"], Names(table.Find(1, 1)));
        Assert.True(table.TryFind("b", out _));
        Commit(writer, new ModuleChange.TableDropped("hosts"));
        Assert.Equal(["c"], Names(table.Scan(row => row.GetInt(1) == 2)));
        Assert.False(table.Refresh());
        for (var count = 0; count < Options.RetainedCommits; count++)
        {
            Commit(writer);
        }

        Assert.Throws<SnapshotTooOldException>(() => table.TryFind("a", out _));
        Assert.Throws<SnapshotTooOldException>(() => Names(table.Scan()));
        Commit(writer, new ModuleChange.TableCreated("hosts", Hosts), Insert("a", 7));
        Assert.True(table.Refresh());
        Assert.Equal(["a"], Names(table.Find(1, 7)));
        Assert.Empty(Names(table.Find(1, 2)));
    }

    [Fact]
    public void A_scan_goes_on_at_its_revision_when_its_table_is_refreshed()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options with { InitialEntries = 200 });
        Commit(writer, new ModuleChange.TableCreated("hosts", Hosts), Insert("a", 1), Insert("b", 1), Insert("c", 1));
        using var reader = SegmentReader.Open(place.Path);
        var table = reader.OpenTable("hosts")!;
        var seen = new List<(string Name, long Group)>();
        foreach (var row in table.Scan())
        {
            seen.Add((Encoding.ASCII.GetString(row.Key), row.GetInt(1)));
            if (seen.Count == 1)
            {
                Commit(writer, Update("a", 2), Update("b", 2), new ModuleChange.RowDeleted("hosts", Bytes("c")));
                Assert.True(table.Refresh());
            }
        }

        Assert.Equal([("a", 1), ("b", 1), ("c", 1)], seen);
        Assert.Equal(writer.Revision, table.Revision);
        Assert.Equal(["a", "b"], Names(table.Scan(row => row.GetInt(1) == 2)));
    }

    // At the first load of a refresh, then at the second, and so on, it fails.
    [Fact]
    public void A_refresh_that_fails_leaves_the_table_as_it_was()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options with { InitialEntries = 200 });
        Commit(writer, new ModuleChange.TableCreated("hosts", Hosts), Insert("a", 1), Insert("b", 1));
        using var reader = SegmentReader.Open(place.Path);
        var table = reader.OpenTable("hosts")!;
        Commit(writer, Update("a", 2), new ModuleChange.RowDeleted("hosts", Bytes("b")));
        for (var load = 1; ; load++)
        {
            var left = load;
            reader.BeforeLoad = () => _ = --left == 0 ? throw new IOException("planted") : 0;
            var failure = Record.Exception(() => table.Refresh());
            reader.BeforeLoad = null;
            if (failure is null)
            {
                Assert.Equal(writer.Revision, table.Revision);
                return;
            }

            Assert.Equal((new Revision(1), 2), (table.Revision, table.RowCount));
            Assert.Equal(["a", "b"], Names(table.Scan(row => row.GetInt(1) == 1)));
        }
    }

    [Fact]
    public void A_long_table_keeps_its_order_and_its_indexes_through_updates_removals_and_restarts()
    {
        using var place = new SegmentPlace();
        var options = Options with { MaximumBytes = 64 << 20 };
        var model = new ModuleModel();
        var random = new Random(83);
        var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, options);
        void Apply(IEnumerable<ModuleChange> changes, string context)
        {
            var list = changes.ToList();
            model.Apply(model.Revision.Next, list);
            Assert.True(writer.TryReserve(list, out var refusal), refusal?.ToString());
            writer.Project(model.Revision, list);
            Assert.Equal(model.Rows("hosts"), writer.View.Rows("hosts"));
            for (var group = 0; group < 5; group++)
            {
                var value = ConfigValue.FromInt(group).Encoding;
                Assert.True(model.FindRows("hosts", 1, value).ToHashSet().SetEquals(writer.View.FindRows("hosts", 1, value)), $"{context}, group {group}");
            }
        }

        Apply([new ModuleChange.TableCreated("hosts", Hosts), .. Enumerable.Range(0, 2500).Select(number => Insert($"h{number}", number % 3))], "filled");
        for (var round = 0; round < 6; round++)
        {
            var rows = model.Rows("hosts").Select(row => Encoding.ASCII.GetString(row.Row.Key.Span)).ToArray();
            random.Shuffle(rows);
            Apply(
                [
                    .. rows.Take(300).Select(name => new ModuleChange.RowDeleted("hosts", Bytes(name))),
                    .. rows.Skip(300).Take(100).Select(name => Update(name, random.Next(5))),
                    .. Enumerable.Range(0, 50).Select(number => Insert($"n{round}_{number}", number % 5)),
                ],
                $"round {round}");
            writer.Dispose();
            writer = SegmentWriter.TryReopen(place.Path, SegmentPlace.Journal, options, out var whyNot)!;
            Assert.Null(whyNot);
        }

        Apply([new ModuleChange.TableDropped("hosts")], "dropped");
        Assert.True(writer.Statistics.Entries > 500, "tombstones are kept");
        for (var count = 0; count < options.RetainedCommits; count++)
        {
            Apply([], "waiting");
        }

        Assert.Equal(2, writer.Statistics.Entries);
        writer.Dispose();
    }

    [Fact]
    public void Changes_that_do_not_fit_a_table_are_not_applied()
    {
        using var place = new SegmentPlace();
        SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options).Dispose();
        ModuleChange[] first = [new ModuleChange.TableCreated("hosts", Hosts), Insert("a", 1)];
        using (var writer = Reopen(place))
        {
            Commit(writer, first);
        }

        ModuleChange[] wrong =
        [
            first[0],
            first[1],
            Insert("b", 1, "mac-a"),
            Update("b", 1),
            new ModuleChange.RowDeleted("hosts", Bytes("b")),
            new ModuleChange.TableDropped("none"),
            new ModuleChange.RowInserted("none", Row("a", 1, "x")),
            new ModuleChange.RowInserted("hosts", new(Bytes("b"), Bytes("torn"))),
            new ModuleChange.RowInserted("hosts", new(Bytes(new string('b', 21)), Row("a", 1, "x").Content)),
            new ModuleChange.TableCreated("no name", Hosts),
        ];
        foreach (var change in wrong)
        {
            using var writer = Reopen(place);
            _ = writer.TryReserve([change], out _);
            Assert.Equal(SegmentError.Inconsistent, Assert.Throws<SegmentException>(() => writer.Project(new(2), [change])).Error);
        }
    }

    [Fact]
    public void A_restart_does_not_keep_a_segment_whose_index_contradicts_its_rows()
    {
        using var place = new SegmentPlace();
        using (var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options))
        {
            Commit(writer, new ModuleChange.TableCreated("hosts", Hosts), Insert("alpha", 1), Insert("beta", 1), Insert("gamma", 3));
        }

        var bytes = File.ReadAllBytes(place.Path);
        var row = bytes.AsSpan().IndexOf("gamma"u8);
        Assert.Equal(3, bytes[row + 5]);
        bytes[row + 5] = 1;
        File.WriteAllBytes(place.Path, bytes);
        Assert.Null(SegmentWriter.TryReopen(place.Path, SegmentPlace.Journal, Options, out var whyNot));
        Assert.Contains("does not hold it", whyNot, StringComparison.Ordinal);
        bytes[row + 5] = 3;
        bytes[row + 9] = 255;
        File.WriteAllBytes(place.Path, bytes);
        Assert.Null(SegmentWriter.TryReopen(place.Path, SegmentPlace.Journal, Options, out whyNot));
        Assert.Contains("not its own", whyNot, StringComparison.Ordinal);
        using var reader = SegmentReader.Open(place.Path);
        Assert.Throws<SegmentException>(() => reader.OpenTable("hosts")!.TryFind("gamma", out _));
    }

    // At the first load of a scan, then at the second, and so on, the writer replaces, removes and brings back rows.
    [Fact]
    public void No_writer_at_any_load_makes_a_reader_see_a_mixture()
    {
        for (var load = 1; ; load++)
        {
            using var place = new SegmentPlace();
            using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options with { RetainedCommits = 2, InitialEntries = 200 });
            var models = new List<ModuleModel>();
            var model = new ModuleModel();
            void Apply(params ModuleChange[] changes)
            {
                model.Apply(model.Revision.Next, changes);
                writer.Project(model.Revision, changes);
                models.Add(model.Clone());
            }

            Apply(new ModuleChange.TableCreated("hosts", Hosts), Insert("a", 1), Insert("b", 1), Insert("c", 2));
            Apply(Update("a", 2), Insert("d", 2));
            using var reader = SegmentReader.Open(place.Path);
            var left = load;
            reader.BeforeLoad = () =>
            {
                if (--left == 0)
                {
                    Burst(Apply, load % 5);
                }
            };
            Look(reader, models);
            if (left > 0)
            {
                return;
            }
        }
    }

    private static void Burst(Action<ModuleChange[]> apply, int commits)
    {
        ModuleChange[][] burst =
        [
            [new ModuleChange.RowDeleted("hosts", Bytes("a")), Update("c", 1)],
            [Insert("a", 2), new ModuleChange.RowDeleted("hosts", Bytes("d"))],
            [new ModuleChange.RowDeleted("hosts", Bytes("b")), Insert("d", 1), Update("d", 2)],
            [new ModuleChange.TableDropped("hosts"), new ModuleChange.TableCreated("hosts", Hosts), Insert("b", 1)],
            [Insert("a", 1)],
        ];
        foreach (var changes in burst.Take(commits + 1))
        {
            apply(changes);
        }
    }

    private static void Look(SegmentReader reader, List<ModuleModel> models)
    {
        var table = reader.OpenTable("hosts");
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                var model = models.Single(item => item.Revision == table!.Revision);
                AssertSame(model.AllTables.Single(), table!);
                return;
            }
            catch (SnapshotTooOldException)
            {
                Assert.True(table!.Refresh());
            }
        }

        Assert.Fail("The revision was too old again and again.");
    }

    private static void AssertSame(ModelTable model, SegmentTable table)
    {
        Assert.Equal(model.Schema, table.Schema);
        Assert.Equal(model.Rows.Count, table.RowCount);
        Assert.Equal(model.Rows, Rows(table.Scan()));
        Assert.Equal(model.Rows.Where(row => row.Row.Key.Length % 2 == 0), Rows(table.Scan(row => row.Key.Length % 2 == 0)));
        foreach (var row in model.Rows)
        {
            Assert.True(table.TryFind(row.Row.Key.Span, out var found));
            Assert.Equal(row.Row, found.ToRow());
            foreach (var column in model.Schema.Indexed)
            {
                var value = model.ValueOf(row.Row, column);
                Assert.True(model.Find(column, value).ToHashSet().SetEquals(Rows(table.Find(column, value))));
            }
        }

        Assert.False(table.TryFind("nobody"u8, out _));
    }

    private static List<RowView> Rows(RowScan scan)
    {
        var rows = new List<RowView>();
        foreach (var row in scan)
        {
            rows.Add(new(row.ToRow(), row.Changed));
        }

        return rows;
    }

    private static List<string> Names(RowScan scan) => [.. Rows(scan).Select(row => Encoding.UTF8.GetString(row.Row.Key.Span)).Order(StringComparer.Ordinal)];

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    private static TableRow Row(string name, int group, string mac) => new TableRowBuilder(Hosts)
        .Set(0, Bytes(name)).Set(1, group).Set(2, Bytes(mac)).Set(3, Bytes($"note of {name}")).Build();

    private static ModuleChange.RowInserted Insert(string name, int group, string? mac = null) => new("hosts", Row(name, group, mac ?? $"mac-{name}"));

    private static ModuleChange.RowUpdated Update(string name, int group) => new("hosts", Row(name, group, $"mac-{name}"));

    private static SegmentWriter Reopen(SegmentPlace place)
    {
        var writer = SegmentWriter.TryReopen(place.Path, SegmentPlace.Journal, Options, out var whyNot);
        Assert.True(writer is not null, whyNot);
        return writer;
    }

    private static void Commit(SegmentWriter writer, params ModuleChange[] changes)
    {
        Assert.True(writer.TryReserve(changes, out var refusal), refusal?.ToString());
        writer.Project(writer.Revision.Next, changes);
    }
}
