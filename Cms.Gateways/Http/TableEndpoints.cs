using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Tables;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests that read tables.</summary>
internal sealed class TableEndpoints(ModuleEndpoints modules)
{
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
        var query = context.Request.Query;
        return new RowsQuery
        {
            Where = [.. query["where"].OfType<string>()],
            Skip = Answers.NumberOf(context, "skip", 0, 0, int.MaxValue),
            Count = Answers.NumberOf(context, "count", 100, 1, RowsQuery.LargestCount),
        };
    }
}
