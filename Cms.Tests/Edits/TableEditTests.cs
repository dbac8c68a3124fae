using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Tables;
using Xunit;

namespace Cms.Tests.Edits;

public sealed class TableEditTests
{
    private static readonly TableColumn[] Columns =
    [
        new("name", ElementType.String, 8, ColumnIndex.None),
        new("small", ElementType.Int, 1, ColumnIndex.Repeating),
        new("code", ElementType.Int, 8, ColumnIndex.Unique),
        new("load", ElementType.Float, 8, ColumnIndex.None),
        new("is_up", ElementType.Bool, 1, ColumnIndex.None),
    ];

    [Fact]
    public void A_refused_operation_changes_nothing_and_says_what_is_wrong()
    {
        var session = Session();
        Apply(session, new ModuleOperation.InsertRow("t", Row("a", 1, 1)));
        var count = session.Changes.Count;
        (ModuleOperation Operation, ErrorCode Code, string Word)[] refused =
        [
            (new ModuleOperation.InsertRow("t", Row("a", 1, 2)), ErrorCode.AlreadyExists, "update it"),
            (new ModuleOperation.InsertRow("t", Row("b", 1, 1)), ErrorCode.AlreadyExists, "unique column 'code'"),
            (new ModuleOperation.InsertRow("t", Row("b", 128, 2)), ErrorCode.InvalidArgument, "-128 to 127"),
            (new ModuleOperation.InsertRow("t", Row("123456789", 1, 2)), ErrorCode.TooLarge, "9 bytes"),
            (new ModuleOperation.InsertRow("none", Row("a", 1, 2)), ErrorCode.NotFound, "none"),
            (new ModuleOperation.UpdateRow("t", Row("b", 1, 2)), ErrorCode.NotFound, "no row"),
            (new ModuleOperation.UpdateRow("t", new Dictionary<string, ConfigValue>()), ErrorCode.InvalidArgument, "primary key 'name'"),
            (new ModuleOperation.UpdateRow("t", With("a", "small", ConfigValue.FromText("1"))), ErrorCode.InvalidArgument, "holds a int, not a string"),
            (new ModuleOperation.UpdateRow("t", With("a", "small", ConfigValue.FromTexts([]))), ErrorCode.InvalidArgument, "list"),
            (new ModuleOperation.UpdateRow("t", With("a", "other", ConfigValue.FromInt(1))), ErrorCode.InvalidArgument, "'other'"),
            (new ModuleOperation.DeleteRow("t", With("a", "small", ConfigValue.FromInt(1))), ErrorCode.InvalidArgument, "alone"),
            (new ModuleOperation.CreateTable("t", Columns, "name"), ErrorCode.AlreadyExists, "'t'"),
            (new ModuleOperation.CreateTable("a.b", Columns, "name"), ErrorCode.InvalidArgument, "a.b"),
            (new ModuleOperation.CreateTable("u", Columns, "load"), ErrorCode.InvalidArgument, "float column 'load'"),
            (new ModuleOperation.CreateTable("u", Columns, "none"), ErrorCode.InvalidArgument, "none"),
            (new ModuleOperation.CreateTable("u", [.. Columns, Columns[0]], "name"), ErrorCode.InvalidArgument, "one name"),
            (new ModuleOperation.CreateTable("u", [Columns[0], new("s", ElementType.String, 65_535, ColumnIndex.None)], "name"), ErrorCode.InvalidArgument, "65535"),
            (new ModuleOperation.CreateTable("u", [Columns[0], new("s", ElementType.Int, 3, ColumnIndex.None)], "name"), ErrorCode.InvalidArgument, "1, 2, 4 or 8"),
        ];
        foreach (var (operation, code, word) in refused)
        {
            var refusal = session.Apply(operation);
            Assert.Equal(code, refusal?.Code);
            Assert.Contains(word, refusal!.Message, StringComparison.Ordinal);
        }

        Assert.Equal(count, session.Changes.Count);
    }

    [Fact]
    public void An_operation_that_is_satisfied_changes_nothing_and_unique_values_may_be_passed_on()
    {
        var session = Session();
        Apply(session, new ModuleOperation.InsertRow("t", Row("a", 1, 1)));
        var count = session.Changes.Count;
        Apply(session, new ModuleOperation.UpdateRow("t", Row("a", 1, 1)));
        Assert.Equal(count, session.Changes.Count);
        Apply(session, new ModuleOperation.UpdateRow("t", With("a", "code", ConfigValue.FromInt(2))));
        Apply(session, new ModuleOperation.InsertRow("t", Row("b", 1, 1)));
        Apply(session, new ModuleOperation.DeleteRow("t", Key("a")));
        Apply(session, new ModuleOperation.UpdateRow("t", With("b", "code", ConfigValue.FromInt(2))));
        Apply(session, new ModuleOperation.DropTable("t"));
        Apply(session, new ModuleOperation.CreateTable("t", Columns, "name"));
        Apply(session, new ModuleOperation.InsertRow("t", Row("b", 1, 2)));
        Assert.Equal(["b"], Names(session.State));
    }

    [Fact]
    public void Expectations_are_held_against_the_row()
    {
        var ground = new Overlay(EmptyModuleView.Instance);
        ground.Apply(new(3), [new ModuleChange.TableCreated("t", TableSchema.TryCreate(Columns, "name", out _)!)]);
        var session = new EditSession(ground, EditLimits.Default);
        var insert = new ModuleOperation.InsertRow("t", Row("a", 1, 1));
        Assert.Equal(Revision.None, session.GroundRevisionOf(insert));
        Assert.Equal(new Revision(3), session.GroundRevisionOf(new ModuleOperation.DropTable("t")));
        Apply(session, insert);
        ground.Apply(new(4), session.Changes);
        Assert.Equal(new Revision(4), new EditSession(ground, EditLimits.Default).GroundRevisionOf(new ModuleOperation.DeleteRow("t", Key("a"))));
        Assert.Equal("t[a]", new EditSession(ground, EditLimits.Default).FindConflict(insert with { Expected = Revision.None }));
    }

    [Theory]
    [InlineData("small=1", "a,c")]
    [InlineData("small!=1", "b")]
    [InlineData("small<=1", "a,b,c")]
    [InlineData("code>1", "b,c")]
    [InlineData("code>=3", "c")]
    [InlineData("name<b", "a")]
    [InlineData("is_up=yes", "a,b,c")]
    [InlineData("load<0.5", "")]
    public void Filters_compare_by_the_columns_type(string filter, string expected)
    {
        var session = Session();
        Apply(session, new ModuleOperation.InsertRow("t", Row("a", 1, 1)));
        Apply(session, new ModuleOperation.InsertRow("t", Row("b", -1, 2)));
        Apply(session, new ModuleOperation.InsertRow("t", Row("c", 1, 3)));
        var table = session.State.FindTable("t")!;
        var rows = TableQuery.Run(session.State, table, [RowFilter.Parse(table.Schema, filter)]);
        Assert.Equal(expected, string.Join(',', rows.Select(row => TableQuery.ToValues(table.Schema, row)["name"].GetText())));
    }

    [Theory]
    [InlineData("small")]
    [InlineData("=1")]
    [InlineData("none=1")]
    [InlineData("small=x")]
    [InlineData("small!1")]
    public void A_filter_that_is_none_is_refused(string filter) =>
        Assert.Throws<RefusedException>(() => RowFilter.Parse(TableSchema.TryCreate(Columns, "name", out _)!, filter));

    private static EditSession Session()
    {
        var session = new EditSession(EmptyModuleView.Instance, EditLimits.Default);
        Apply(session, new ModuleOperation.CreateTable("t", Columns, "name"));
        return session;
    }

    private static void Apply(EditSession session, ModuleOperation operation) => Assert.Null(session.Apply(operation)?.Message);

    private static IEnumerable<string> Names(IModuleView view) =>
        view.Rows("t").Select(row => TableQuery.ToValues(view.FindTable("t")!.Schema, row)["name"].GetText());

    private static Dictionary<string, ConfigValue> Key(string name) => new() { ["name"] = ConfigValue.FromText(name) };

    private static Dictionary<string, ConfigValue> With(string name, string column, ConfigValue value) => new(Key(name)) { [column] = value };

    private static Dictionary<string, ConfigValue> Row(string name, long small, long code) => new(Key(name))
    {
        ["small"] = ConfigValue.FromInt(small),
        ["code"] = ConfigValue.FromInt(code),
        ["load"] = ConfigValue.FromFloat(0.5),
        ["is_up"] = ConfigValue.FromBool(true),
    };
}
