using System.Text.Json;
using Cms.Client.Wire;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Tables;
using Xunit;

namespace Cms.Tests.Client;

public class OperationMapperTests
{
    private static readonly SectionSelector[] Selectors =
        [new SectionSelector.ById(new(7)), new SectionSelector.ByName("lan"), new SectionSelector.ByIndex("rule", -1), new SectionSelector.ByIndex(null, 3), new SectionSelector.ByKey("k")];

    [Fact]
    public void Every_operation_comes_back_from_its_json()
    {
        foreach (var section in Selectors)
        {
            ModuleOperation[] operations =
            [
                new ModuleOperation.AddSection("rule", null, "k"), new ModuleOperation.AddSection("rule", "n", "k"), new ModuleOperation.SetSection(section, "t"),
                new ModuleOperation.DeleteSection(section), new ModuleOperation.RenameSection(section, "n"), new ModuleOperation.MoveSection(section, 4),
                new ModuleOperation.SetOption(section, "o", ConfigValue.FromTexts(["a", ""])), new ModuleOperation.DeleteOption(section, "o"),
                new ModuleOperation.DeleteElement(section, "o", 0), new ModuleOperation.RenameOption(section, "o", "p"),
                new ModuleOperation.AddToList(section, "o", ConfigValue.FromBytes([0xff, 0])), new ModuleOperation.AddToList(section, "o", ConfigValue.FromTexts(["x", "y"])),
                new ModuleOperation.SetElement(section, "o", 2, ConfigValue.FromInt(5)), new ModuleOperation.RemoveFromList(section, "o", ConfigValue.FromText("x")),
                new ModuleOperation.IncrementOption(section, "o", -3), new ModuleOperation.CheckOption(section, "o", ConfigValue.FromText("x")), new ModuleOperation.CheckOption(section, "o", null),
            ];
            Assert.All(operations, operation => Assert.Equal(operation, Again(operation)));
            Assert.All(operations, operation => Assert.Equal(operation with { Expected = new Revision(0) }, Again(operation with { Expected = new Revision(0) })));
        }
    }

    [Fact]
    public void Every_operation_on_a_table_comes_back_from_its_json()
    {
        var row = new Dictionary<string, ConfigValue> { ["a"] = ConfigValue.FromBytes([0xff]), ["b"] = ConfigValue.FromInt(-1), ["c"] = ConfigValue.FromBool(true) };
        foreach (var operation in new ModuleOperation.OfRow[] { new ModuleOperation.InsertRow("t", row), new ModuleOperation.UpdateRow("t", row), new ModuleOperation.DeleteRow("t", row) })
        {
            var again = Assert.IsAssignableFrom<ModuleOperation.OfRow>(Again(operation));
            Assert.Equal((operation.GetType(), "t"), (again.GetType(), again.Table));
            Assert.Equal(row, again.Row);
        }

        Assert.Equal(new ModuleOperation.DropTable("t"), Again(new ModuleOperation.DropTable("t")));
        var columns = new TableColumn[]
        {
            new("a", ElementType.String, 9, ColumnIndex.None), new("b", ElementType.Int, 2, ColumnIndex.Repeating),
            new("c", ElementType.Bool, 1, ColumnIndex.Unique), new("d", ElementType.Float, 8, ColumnIndex.None),
        };
        var created = Assert.IsType<ModuleOperation.CreateTable>(Again(new ModuleOperation.CreateTable("t", columns, "a")));
        Assert.Equal(("t", "a"), (created.Table, created.PrimaryKey));
        Assert.Equal(columns, created.Columns);
    }

    [Theory]
    [InlineData("{\"op\":\"fly\"}", "fly")]
    [InlineData("{\"op\":\"add\"}", "type")]
    [InlineData("{\"op\":\"add\",\"type\":\"t\"}", "key")]
    [InlineData("{\"op\":\"set\",\"section\":\"x\"}", "type")]
    [InlineData("{\"op\":\"set\",\"option\":\"o\",\"value\":\"1\"}", "section")]
    [InlineData("{\"op\":\"set\",\"section\":\"x\",\"option\":\"o\"}", "value")]
    [InlineData("{\"op\":\"set\",\"section\":\"x\",\"option\":\"o\",\"value\":null}", "value")]
    [InlineData("{\"op\":\"set\",\"section\":\"x\",\"type\":\"t\",\"value\":\"1\"}", "value")]
    [InlineData("{\"op\":\"set\",\"section\":\"x\",\"option\":\"o\",\"value\":\"1\",\"type\":\"t\"}", "type")]
    [InlineData("{\"op\":\"delete\",\"section\":\"x\",\"index\":1}", "index")]
    [InlineData("{\"op\":\"delete\",\"section\":\"x\",\"name\":\"o\"}", "name")]
    [InlineData("{\"op\":\"rename\",\"section\":\"x\"}", "name")]
    [InlineData("{\"op\":\"increment\",\"section\":\"x\"}", "option")]
    [InlineData("{\"op\":\"increment\",\"section\":\"x\",\"option\":\"o\",\"value\":\"1.5\"}", "value")]
    [InlineData("{\"op\":\"check\",\"section\":\"x\",\"value\":1}", "option")]
    [InlineData("{\"op\":\"reorder\",\"section\":\"x\"}", "index")]
    [InlineData("{\"op\":\"reorder\",\"section\":\"x\",\"option\":\"o\",\"index\":1}", "option")]
    [InlineData("{\"op\":\"add_list\",\"section\":\"x\",\"value\":\"1\"}", "option")]
    [InlineData("{\"op\":\"del_list\",\"section\":\"x\",\"option\":\"o\",\"value\":[]}", "value")]
    [InlineData("{\"op\":\"del_list\",\"section\":\"x\",\"option\":\"o\",\"value\":[\"a\",\"b\"]}", "value")]
    [InlineData("{\"op\":\"delete\",\"section\":\"a b\"}", "section")]
    [InlineData("{\"op\":\"delete\",\"section\":\"#99999999999999999999\"}", "section")]
    [InlineData("{\"op\":\"delete\",\"section\":\"+\"}", "section")]
    [InlineData("{\"op\":\"delete\",\"section\":\"x\",\"expected\":-1}", "expected")]
    [InlineData("{\"op\":\"drop_table\"}", "table")]
    [InlineData("{\"op\":\"drop_table\",\"table\":\"t\",\"row\":{}}", "row")]
    [InlineData("{\"op\":\"insert_row\",\"table\":\"t\"}", "row")]
    [InlineData("{\"op\":\"insert_row\",\"table\":\"t\",\"row\":{\"c\":null}}", "'c' is null")]
    [InlineData("{\"op\":\"create_table\",\"table\":\"t\",\"columns\":[]}", "primaryKey")]
    [InlineData("{\"op\":\"create_table\",\"table\":\"t\",\"primaryKey\":\"c\",\"columns\":[null]}", "column is null")]
    [InlineData("{\"op\":\"create_table\",\"table\":\"t\",\"primaryKey\":\"c\",\"columns\":[{\"name\":\"c\",\"type\":\"text\"}]}", "column type 'text'")]
    [InlineData("{\"op\":\"create_table\",\"table\":\"t\",\"primaryKey\":\"c\",\"columns\":[{\"name\":\"c\",\"type\":\"int\",\"index\":\"tree\"}]}", "index 'tree'")]
    [InlineData("{\"op\":\"set\",\"section\":\"x\",\"type\":\"t\",\"table\":\"t\"}", "table")]
    [InlineData("null", "null")]
    public void A_bad_operation_is_refused_with_the_member_named(string json, string member)
    {
        var wire = JsonSerializer.Deserialize(json, WireJson.Default.WireOperation);
        var refused = Assert.Throws<RefusedException>(() => OperationMapper.ToOperation(wire!));

        Assert.Equal(ErrorCode.InvalidArgument, refused.Refusal.Code);
        Assert.Contains(member, refused.Message, StringComparison.Ordinal);
    }

    private static ModuleOperation Again(ModuleOperation operation)
    {
        var json = JsonSerializer.Serialize(OperationMapper.ToWire(operation), WireJson.Default.WireOperation);
        return OperationMapper.ToOperation(JsonSerializer.Deserialize(json, WireJson.Default.WireOperation)!);
    }
}
