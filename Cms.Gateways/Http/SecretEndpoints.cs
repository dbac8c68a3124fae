using Cms.Actors;
using Cms.Actors.Modules;
using Cms.Actors.Secrets;
using Cms.Client.Wire;
using Cms.Formats.Access;
using Cms.Formats.Audit;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Requests;
using Cms.Storage.Journals;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests about the keys of secrets.</summary>
internal sealed class SecretEndpoints(Node node, ModuleEndpoints modules)
{
    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        api.Get("/secrets", "The modules that have data keys.", ListAsync).Answers(WireJson.Default.SecretsReply);
        api.Post("/secrets/master/rotate", "Replaces the master key: all data keys are wrapped anew.", RotateMasterAsync)
            .Answers(WireJson.Default.SecretsReply).Changes();
        api.Post("/modules/{module}/secrets/rotate", "Seals the secrets of a module by a new data key.", RotateAsync).Answers(WireJson.Default.CommitReply).Changes();
        api.Post("/modules/{module}/secrets/shred", "Seals the secrets of a module by a new data key and destroys the others.", ShredAsync)
            .Answers(WireJson.Default.CommitReply).Changes();
    }

    /// <summary>Which modules have keys.</summary>
    public Task ListAsync(HttpContext context)
    {
        context.RequireNodeAdministrator();
        return Answers.WriteAsync(context, new SecretsReply { Modules = node.SecretRotation.Modules }, WireJson.Default.SecretsReply);
    }

    /// <summary>Replaces the master key.</summary>
    public async Task RotateMasterAsync(HttpContext context)
    {
        context.RequireNodeAdministrator();
        await AuditTrail.BeginAsync(context, AuditKinds.Key, "replace the master key");
        await node.Secrets.RotateMasterAsync();
        await ListAsync(context);
    }

    /// <summary>Gives a module a new data key.</summary>
    public Task RotateAsync(HttpContext context) => RunAsync(context, "a new data key", SecretRotation.RotateAsync);

    /// <summary>Destroys old data keys.</summary>
    public Task ShredAsync(HttpContext context) => RunAsync(context, "destroy old data keys", SecretRotation.ShredAsync);

    private async Task RunAsync(HttpContext context, string what, Func<ModuleActor, CommitOrigin, Task<ModuleReply>> run)
    {
        var actor = modules.Find(context);
        if (!context.Scope().Allows(AccessAction.Admin, AccessPath.OfModule(actor.Module.Name)))
        {
            throw new RefusedException(ErrorCode.Denied, $"{context.Caller().Principal.Name} is no administrator of module {actor.Module}: a rule has to allow admin on it");
        }

        await AuditTrail.BeginAsync(context, AuditKinds.Key, what, actor.Module.Name);
        var reply = await run(actor, ModuleEndpoints.Origin(context, what, requestId: null));
        await (reply.Refusal is { } refusal
            ? Answers.RefuseAsync(context, refusal)
            : Answers.WriteAsync(context, ReplyMapper.ToReply(reply), WireJson.Default.CommitReply));
    }
}
