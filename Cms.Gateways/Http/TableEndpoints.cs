using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Tables;
using Cms.Gateways.Http.Catalogue;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests that read tables.</summary>
internal sealed class TableEndpoints(ModuleEndpoints modules)
{
    private static readonly TextsParameter Where = new("where", "A column, one of = != < <= > >=, and a value; rows have to pass all.");
    private static readonly NumberParameter Count = Standard.Count(RowsQuery.LargestCount, 100);

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        api.Get("/modules/{module}/tables", "The tables of a module with their columns.", ListAsync).Query(Standard.Fields).Answers(WireJson.Default.TablesReply).Compresses();
        api.Get("/modules/{module}/tables/{table}/rows", "Rows of a table.", RowsAsync)
            .Query(Where, Standard.Skip, Count, Standard.Fields).Answers(WireJson.Default.RowsReply).Compresses();
    }

    /// <summary>The tables of a module.</summary>
    public Task ListAsync(HttpContext context)
    {
        using var reader = modules.OpenSegment(context);
        var view = reader.Snapshot();
        var reply = new TablesReply { Revision = view.Revision.Value, Tables = [.. view.Tables().Select(TableMapper.ToReport)] };
        return Answers.WriteAsync(context, reply, WireJson.Default.TablesReply);
    }

    /// <summary>Rows of a table: found by an index when the query allows it, else by looking at every row.</summary>
    public Task RowsAsync(HttpContext context)
    {
        using var reader = modules.OpenSegment(context);
        var view = reader.Snapshot();
        var name = (string)context.Request.RouteValues["table"]!;
        var table = view.FindTable(name) ?? throw new RefusedException(ErrorCode.NotFound, $"there is no table '{name}'");
        return Answers.WriteAsync(context, Find(view, table, QueryOf(context)), WireJson.Default.RowsReply);
    }

    private static RowsReply Find(IModuleView view, TableView table, RowsQuery query)
    {
        var filters = query.Where.Select(filter => RowFilter.Parse(table.Schema, filter)).ToList();
        var rows = TableQuery.Run(view, table, filters).Skip(query.Skip).Take(query.Count + 1).ToList();
        return new RowsReply
        {
            Revision = view.Revision.Value,
            Rows = [.. rows.Take(query.Count).Select(row => TableQuery.ToValues(table.Schema, row))],
            More = rows.Count > query.Count,
        };
    }

    private static RowsQuery QueryOf(HttpContext context)
    {
        return new RowsQuery { Where = Where.Read(context), Skip = Standard.Skip.ReadInt(context), Count = Count.ReadInt(context) };
    }
}
