using System.Globalization;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Formats.Tables;
using Cms.Tests.Segments;
using Xunit;

namespace Cms.Tests.Libcms;

public sealed class DamageTests
{
    private static readonly SegmentOptions Options = new() { MaximumBytes = 256 << 10, InitialEntries = 400, GrowthBytes = 4096, RetainedCommits = 8 };

    [Theory]
    [InlineData(201)]
    [InlineData(202)]
    [InlineData(203)]
    [InlineData(204)]
    public async Task A_damaged_segment_never_crashes_or_hangs_the_reader_in_C(int seed)
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(seed) { Scale = 8 };
        using (var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options))
        {
            for (var commit = 0; commit < 40; commit++)
            {
                var changes = history.NextCommit(6);
                Assert.True(writer.TryReserve(changes, out _));
                writer.Project(history.Model.Revision, changes);
            }

            writer.Project(history.Model.Revision.Next, RowsChanges());
        }

        var output = await NativeProgram.ExpectAsync(NativeProgram.Sanitized("fuzz"), place.Path, seed.ToString(CultureInfo.InvariantCulture), "500");
        Assert.Contains("the segment contradicts itself", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(402)]
    public async Task No_text_crashes_the_reader_of_JSON(int seed) =>
        Assert.EndsWith("0 failures\n", await NativeProgram.ExpectAsync(NativeProgram.Sanitized("json"), seed.ToString(CultureInfo.InvariantCulture), "200000"), StringComparison.Ordinal);

    private static List<ModuleChange> RowsChanges()
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
