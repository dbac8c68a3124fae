using Cms.Actors;
using Cms.Client.Wire;
using Cms.Formats.Access;
using Cms.Formats.Schemas;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Http.Resources;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests that list what the node has: modules and schemas.</summary>
internal sealed class ListEndpoints(Node node)
{
    private static readonly NumberParameter Count = Standard.Count(10_000, 100);

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        api.Get("/modules", "The modules in the order of their names.", ModulesAsync).Query(Standard.Skip, Count, Standard.Fields)
            .Answers(WireJson.Default.ModulesReply).AnswersLines(WireJson.Default.ModuleEntry).Compresses();
        api.Get("/schemas", "The modules that keep to a schema, with its newest version.", SchemasAsync).Query(Standard.Fields)
            .Answers(WireJson.Default.IReadOnlyListSchemaEntry).Compresses();
    }

    private Task ModulesAsync(HttpContext context)
    {
        var (skip, count) = (Standard.Skip.ReadInt(context), Count.ReadInt(context));
        var scope = context.Scope();
        var found = node.Modules.All.Where(actor => scope.In(actor.Module.Name).IsKnown).Skip(skip).Take(count + 1).ToList();
        var shown = found.Take(count).Select(actor => new ModuleEntry { Module = actor.Module.Name, Revision = actor.Status.Revision.Value }).ToList();
        var isMore = found.Count > count;
        return Pages.WriteAsync(context, new(isMore, Of: null), shown, WireJson.Default.ModuleEntry, new() { Modules = shown, More = isMore }, WireJson.Default.ModulesReply);
    }

    private Task SchemasAsync(HttpContext context)
    {
        var scope = context.Scope();
        var schemas = node.Migrations.Installed().Where(each => scope.In(each.Key).TableExtent(AccessAction.Read, SchemaTable.Name) != AccessExtent.None).OrderBy(each => each.Key, StringComparer.Ordinal)
            .Select(each => new SchemaEntry { Module = each.Key, Version = each.Value[^1].Version.ToString(), Versions = each.Value.Count });
        return Answers.WriteAsync(context, [.. schemas], WireJson.Default.IReadOnlyListSchemaEntry);
    }
}
