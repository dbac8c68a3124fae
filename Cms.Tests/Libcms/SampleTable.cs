using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Tests.Libcms;

/// <summary>A table with every type of column and every kind of index, which libcms/tests/fuzz.c knows.</summary>
internal static class SampleTable
{
    public static List<ModuleChange> Changes()
    {
        var schema = TableSchema.TryCreate(
            [
                new("k", ElementType.String, 20, ColumnIndex.None), new("n", ElementType.Int, 2, ColumnIndex.Repeating), new("s", ElementType.String, 20, ColumnIndex.Unique),
                new("b", ElementType.Bool, 1, ColumnIndex.Repeating), new("f", ElementType.Float, 8, ColumnIndex.None), new("t", ElementType.String, 300, ColumnIndex.None),
            ],
            "k",
            out _)!;
        var changes = new List<ModuleChange> { new ModuleChange.TableCreated("rows", schema) };
        for (var number = 0; number < 40; number++)
        {
            var builder = new TableRowBuilder(schema);
            builder.Set(0, ConfigValue.FromText($"key {number}"));
            builder.Set(1, ConfigValue.FromInt(number % 8));
            builder.Set(2, ConfigValue.FromText($"unique {number}"));
            builder.Set(3, ConfigValue.FromBool(number % 2 == 0));
            builder.Set(4, ConfigValue.FromFloat(number));
            builder.Set(5, ConfigValue.FromText(new string('t', number * 5)));
            changes.Add(new ModuleChange.RowInserted("rows", builder.Build()));
        }

        return changes;
    }
}
