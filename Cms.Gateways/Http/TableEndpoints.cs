using Cms.Client.Wire;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Tables;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Http.Resources;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests about tables and their rows.</summary>
internal sealed class TableEndpoints(ModuleEndpoints modules, ModuleReads reads, ModuleEdits edits)
{
    private const string All = "/modules/{module}/tables";
    private const string One = All + "/{table}";
    private const string Rows = One + "/rows";
    private const string Row = Rows + "/{key}";
    private static readonly TextsParameter Where = new("where", "A column, one of = != < <= > >=, and a value; rows have to pass all.");
    private static readonly NumberParameter Count = Standard.Count(RowsQuery.LargestCount, 100);

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        var reply = WireJson.Default.CommitReply;
        api.Get(All, "The tables of a module with their columns.", ListAsync).Reads().Answers(WireJson.Default.TablesReply).Compresses();
        api.Get(One, "A table with its columns.", GetAsync).Reads().Answers(WireJson.Default.TableReport);
        api.Put(One, "Creates a table without rows.", CreateAsync).Takes(WireJson.Default.TableWrite).Edits().Answers(reply, StatusCodes.Status201Created);
        api.Delete(One, "Drops a table with its rows.", DropAsync).Edits().Answers(reply);
        api.Get(Rows, "Rows of a table.", RowsAsync).Query(Where, Standard.Skip, Count).Reads()
            .Answers(WireJson.Default.RowsReply).AnswersLines(WireJson.Default.IReadOnlyDictionaryStringConfigValue).Compresses();
        api.Post(Rows, "Puts a row behind the last one.", InsertAsync).Takes(WireJson.Default.RowWrite).Edits().Answers(reply, StatusCodes.Status201Created);
        api.Get(Row, "A row.", RowAsync).Reads().Answers(WireJson.Default.RowReply);
        api.Put(Row, "Makes a row what the body says, with every column; one that is not there is inserted.", PutRowAsync).Takes(WireJson.Default.RowWrite).Edits().Answers(reply);
        api.Patch(Row, "Gives columns of a row other values; the others stay.", PatchRowAsync)
            .Takes(WireJson.Default.RowWrite, MediaTypes.MergePatch).Takes(WireJson.Default.RowWrite).Edits().Answers(reply);
        api.Delete(Row, "Deletes a row.", DeleteRowAsync).Edits().Answers(reply);
    }

    private Task ListAsync(HttpContext context) => reads.AnswerAsync(context, modules.Find(context), view => new Reading(ResourceTag.Of(view), each => Answers.WriteAsync(
        each, new() { Revision = view.Revision.Value, Tables = [.. view.Tables().Select(TableMapper.ToReport)] }, WireJson.Default.TablesReply)));

    private Task GetAsync(HttpContext context)
    {
        var name = ModuleParts.Value(context, "table");
        return reads.AnswerAsync(context, modules.Find(context), view =>
        {
            var table = Find(view, name);
            return new Reading(ResourceTag.Of(view), each => Answers.WriteAsync(each, TableMapper.ToReport(table), WireJson.Default.TableReport));
        });
    }

    private Task RowsAsync(HttpContext context)
    {
        var name = ModuleParts.Value(context, "table");
        var (wheres, skip, count) = (Where.Read(context), Standard.Skip.ReadInt(context), Count.ReadInt(context));
        return reads.AnswerAsync(context, modules.Find(context), view =>
        {
            var table = Find(view, name);
            var filters = wheres.Select(filter => RowFilter.Parse(table.Schema, filter)).ToList();
            return new Reading(ResourceTag.Of(view), each =>
            {
                var found = TableQuery.Run(view, table, filters).Skip(skip).Take(count + 1).ToList();
                var rows = found.Take(count).Select(row => TableQuery.ToValues(table.Schema, row)).ToList();
                var reply = new RowsReply { Revision = view.Revision.Value, Rows = rows, More = found.Count > count };
                return Pages.WriteAsync(each, new(reply.More, view.Revision), rows, WireJson.Default.IReadOnlyDictionaryStringConfigValue, reply, WireJson.Default.RowsReply);
            });
        });
    }

    private Task RowAsync(HttpContext context)
    {
        var (name, key) = (ModuleParts.Value(context, "table"), ModuleParts.LastSegment(context));
        return reads.AnswerAsync(context, modules.Find(context), view =>
        {
            var table = Find(view, name);
            var row = FindRow(view, table, key) ?? throw NoRow(name, key);
            return new Reading(ResourceTag.Of(row), each => Answers.WriteSmallAsync(
                each, new() { Revision = view.Revision.Value, Changed = row.Changed.Value, Row = TableQuery.ToValues(table.Schema, row) }, WireJson.Default.RowReply));
        });
    }

    private async Task CreateAsync(HttpContext context)
    {
        var wanted = await Answers.ReadAsync(context, WireJson.Default.TableWrite);
        var (actor, name) = (modules.Find(context), ModuleParts.Value(context, "table"));
        var create = OperationMapper.ToOperation(new() { Op = "create_table", Table = name, Columns = wanted.Columns, PrimaryKey = wanted.PrimaryKey });
        await edits.PlanAsync(context, actor, PartOf(name, mustBeThere: false), _ => new([create])
        {
            LocationOf = _ => $"{OperationCatalogue.Root}/modules/{actor.Module.Name}/tables/{name}",
        });
    }

    private Task DropAsync(HttpContext context)
    {
        var name = ModuleParts.Value(context, "table");
        return edits.CommitAsync(context, modules.Find(context), PartOf(name, mustBeThere: true), new ModuleOperation.DropTable(name));
    }

    private async Task InsertAsync(HttpContext context)
    {
        var (actor, name, values) = (modules.Find(context), ModuleParts.Value(context, "table"), await ReadRowAsync(context));
        await edits.PlanAsync(context, actor, new("table", name, view => view.FindTable(name) is null ? null : "there", MustBeThere: true), view =>
        {
            var key = values.GetValueOrDefault(KeyColumn(Find(view, name)).Name)?.GetText() ?? "";
            return new([new ModuleOperation.InsertRow(name, values)])
            {
                LocationOf = _ => $"{OperationCatalogue.Root}/modules/{actor.Module.Name}/tables/{name}/rows/{Uri.EscapeDataString(key)}",
            };
        });
    }

    private async Task PutRowAsync(HttpContext context)
    {
        var values = await ReadRowAsync(context);
        await ChangeRowAsync(context, mustBeThere: false, (view, table, key) =>
        {
            var row = WithKey(table, values, key);
            if (table.Schema.Columns.FirstOrDefault(column => !row.ContainsKey(column.Name)) is { } missing)
            {
                throw new RefusedException(ErrorCode.InvalidArgument, $"the row lacks column '{missing.Name}'; send all of them, or some with PATCH");
            }

            return FindRow(view, table, key) is null ? new ModuleOperation.InsertRow(table.Name, row) : new ModuleOperation.UpdateRow(table.Name, row);
        });
    }

    private async Task PatchRowAsync(HttpContext context)
    {
        var values = await ReadRowAsync(context);
        await ChangeRowAsync(context, mustBeThere: true, (_, table, key) => new ModuleOperation.UpdateRow(table.Name, WithKey(table, values, key)));
    }

    private Task DeleteRowAsync(HttpContext context) =>
        ChangeRowAsync(context, mustBeThere: true, (_, table, key) => new ModuleOperation.DeleteRow(table.Name, WithKey(table, new Dictionary<string, ConfigValue>(), key)));

    private Task ChangeRowAsync(HttpContext context, bool mustBeThere, Func<IModuleView, TableView, string, ModuleOperation> change)
    {
        var (name, key) = (ModuleParts.Value(context, "table"), ModuleParts.LastSegment(context));
        var part = new ModuleEdits.Part(
            "row",
            $"{name}[{key}]",
            view => view.FindTable(name) is { } table && FindRow(view, table, key) is { } row ? ResourceTag.Of(row) : null,
            mustBeThere);
        return edits.PlanAsync(context, modules.Find(context), part, view => new([change(view, Find(view, name), key)]));
    }

    // JSON has a null, which the declared type does not keep out.
    private static async Task<IReadOnlyDictionary<string, ConfigValue>> ReadRowAsync(HttpContext context)
    {
        var body = await Answers.ReadAsync(context, WireJson.Default.RowWrite);
        return body.Row.FirstOrDefault(column => column.Value is null).Key is { } empty
            ? throw new RefusedException(ErrorCode.InvalidArgument, $"column '{empty}' is null; every column has a value")
            : body.Row;
    }

    private static Dictionary<string, ConfigValue> WithKey(TableView table, IReadOnlyDictionary<string, ConfigValue> values, string key)
    {
        var column = KeyColumn(table);
        var row = new Dictionary<string, ConfigValue>(values);
        var addressed = ColumnText.ParseValue(column, key);
        return row.TryAdd(column.Name, addressed) || row[column.Name].Equals(addressed) ? row
            : throw new RefusedException(ErrorCode.InvalidArgument, $"the body has {column.Name} '{row[column.Name]}', the address '{key}'; the primary key of a row stays");
    }

    private static RowView? FindRow(IModuleView view, TableView table, string key) => view.FindRow(table.Name, ColumnText.ParseValue(KeyColumn(table), key).Encoding);

    private static TableColumn KeyColumn(TableView table) => table.Schema.Columns[table.Schema.PrimaryKey];

    private static TableView Find(IModuleView view, string name) => view.FindTable(name) ?? throw ModuleParts.NotThere($"table '{name}'", name);

    private static RefusedException NoRow(string table, string key) => ModuleParts.NotThere($"row '{table}[{key}]'", $"{table}[{key}]");

    // What reads a table is told the module's revision, so that its rows count too.
    private static ModuleEdits.Part PartOf(string name, bool mustBeThere) =>
        new("table", name, view => view.FindTable(name) is null ? null : ResourceTag.Of(view), mustBeThere);
}
