using Cms.Actors.Modules;
using Cms.Client.Wire;
using Cms.Formats.Access;
using Cms.Formats.Audit;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Gateways.Http.Catalogue;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests about schemas.</summary>
internal sealed class SchemaEndpoints(ModuleEndpoints modules)
{
    private static readonly TextParameter Version = new("version", "The version to show; without it the newest.");

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        api.Get("/modules/{module}/schema", "The schema of a module and the versions that it has had.", GetAsync)
            .Query(Version).Answers(WireJson.Default.SchemaReply).AnswersText(MediaTypes.Uci, "The schema as it was registered.").Compresses();
        api.Put("/modules/{module}/schema", "Has a module keep to a schema of a higher version; a module that is not there is made, empty.", PutAsync)
            .Query(Standard.Message, Standard.RequestId).TakesText(MediaTypes.Uci, "The schema.").Answers(WireJson.Default.CommitReply).Changes();
    }

    /// <summary>The schema of a module: the newest, or the version asked for.</summary>
    public async Task GetAsync(HttpContext context)
    {
        var actor = modules.Find(context);
        using var segment = modules.OpenSegment(context);
        var snapshot = context.Scope().Filter(actor.Module.Name, segment.Snapshot());
        var heads = SchemaTable.ReadHeads(snapshot);
        var shown = SchemaTable.ReadAt(snapshot, SchemaReply.Find(actor.Module.Name, heads, Version.Find(context)));
        if (Negotiation.Chosen(context) == MediaTypes.Uci)
        {
            context.Response.ContentType = MediaTypes.Uci;
            await context.Response.Body.WriteAsync(shown.Text, context.RequestAborted);
            return;
        }

        await Answers.WriteAsync(context, SchemaReply.Of(actor.Module.Name, shown, heads), WireJson.Default.SchemaReply);
    }

    /// <summary>Registers a schema; a module that is not there yet is made, empty.</summary>
    public async Task PutAsync(HttpContext context)
    {
        var text = (await Answers.ReadBytesAsync(context)).ToArray();
        var schema = SchemaReader.Read(text);
        var name = ModuleEndpoints.CheckedName(context);
        if (schema.Module != name)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"the schema is of module '{schema.Module}', not of '{name}'; see its section config module");
        }

        ModuleEndpoints.RequireSomeOf(context, AccessAction.Admin, name);
        var origin = ModuleEndpoints.Origin(context, Standard.Message.Find(context) ?? $"register schema {schema.Version}", ModuleEndpoints.RequestId(context));
        var command = new ModuleCommand.ChangeSchema(origin, new SchemaChange(new SchemaEdition(schema.Version, text)));
        await AuditTrail.BeginAsync(context, AuditKinds.Administration, $"register schema {schema.Version}", name);
        await ModuleEndpoints.AnswerAsync(context, modules.GetOrStart(name), command);
    }
}
