using System.Globalization;
using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Formats.Tables;

namespace Cms.Tests.Segments;

/// <summary>The small segment whose bytes are kept in Golden/segment-2.txt.</summary>
internal static class SegmentGolden
{
    public static void Write(string path)
    {
        var options = new SegmentOptions { MaximumBytes = 64 << 10, InitialEntries = 17, GrowthBytes = 4096 };
        using var writer = SegmentWriter.Create(path, new("6f1c2a52-7f0e-4c5b-9d43-0a8b7c6d5e4f"), options);
        writer.Project(
            new(1),
            [
                new ModuleChange.SectionAdded(new(1), "interface", "lan"),
                new ModuleChange.OptionSet(new(1), "proto", ConfigValue.FromText("static")),
                new ModuleChange.OptionSet(new(1), "metric", ConfigValue.FromInt(10)),
                new ModuleChange.OptionSet(new(1), "dns", ConfigValue.FromTexts(["1.1.1.1", "8.8.8.8"])),
                new ModuleChange.SectionAdded(new(2), "rule", null),
                new ModuleChange.OptionSet(new(2), "enabled", ConfigValue.FromBool(true)),
            ]);
        writer.Project(new(2), [new ModuleChange.OptionSet(new(1), "metric", ConfigValue.FromInt(20)), new ModuleChange.SectionMoved(new(2), 0)]);
        writer.Project(new(3), [new ModuleChange.OptionRemoved(new(1), "dns"), new ModuleChange.SectionRenamed(new(2), "first")]);
    }

    /// <summary>Writes the small segment of tables whose bytes are kept in Golden/segment-2-tables.txt.</summary>
    public static void WriteTables(string path)
    {
        var options = new SegmentOptions { MaximumBytes = 64 << 10, InitialEntries = 17, GrowthBytes = 4096 };
        var hosts = TableSchema.TryCreate(
            [
                new("name", ElementType.String, 20, ColumnIndex.None), new("group", ElementType.Int, 2, ColumnIndex.Repeating),
                new("mac", ElementType.String, 17, ColumnIndex.Unique), new("up", ElementType.Bool, 1, ColumnIndex.None), new("load", ElementType.Float, 8, ColumnIndex.None),
            ],
            "name",
            out _)!;
        var ids = TableSchema.TryCreate([new("id", ElementType.Int, 8, ColumnIndex.None)], "id", out _)!;
        ModuleChange.RowInserted Host(string name, long group, string mac, bool isUp, double load) => new("hosts", new TableRowBuilder(hosts)
            .Set(0, ConfigValue.FromText(name)).Set(1, group).Set(2, ConfigValue.FromText(mac)).Set(3, ConfigValue.FromBool(isUp)).Set(4, load).Build());
        using var writer = SegmentWriter.Create(path, new("6f1c2a52-7f0e-4c5b-9d43-0a8b7c6d5e4f"), options);
        writer.Project(new(1), [new ModuleChange.TableCreated("hosts", hosts), Host("a", 1, "01", false, 0), Host("b", 1, "02", true, 1)]);
        writer.Project(
            new(2),
            [
                Host("c", -2, "", false, -1), new ModuleChange.RowUpdated("hosts", Host("a", -2, "01", true, 0.5).Row),
                new ModuleChange.RowDeleted("hosts", "b"u8.ToArray()), new ModuleChange.TableCreated("ids", ids),
                new ModuleChange.RowInserted("ids", new TableRowBuilder(ids).Set(0, 7L).Build()),
            ]);
    }

    /// <summary>The words that are not zero, one a line; the boot's id and the free end are left out.</summary>
    public static string Dump(byte[] bytes)
    {
        var text = new StringBuilder();
        for (var offset = 0; offset < bytes.Length; offset += 8)
        {
            var word = BitConverter.ToUInt64(bytes, offset);
            if (word != 0 && offset is not (200 or 208))
            {
                text.Append(CultureInfo.InvariantCulture, $"{offset:x5} {word:x16}\n");
            }
        }

        return text.ToString();
    }
}
