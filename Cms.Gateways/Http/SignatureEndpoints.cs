using Cms.Actors;
using Cms.Actors.Signatures;
using Cms.Client.Wire;
using Cms.Formats.Access;
using Cms.Formats.Audit;
using Cms.Formats.Refusals;
using Cms.Formats.Secrets;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Http.Resources;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The request that signs what a caller reads of a module by himself.</summary>
internal sealed class SignatureEndpoints(Node node, ModuleEndpoints modules, ModuleReads reads)
{
    private static readonly FlagParameter Document = new("document", "Whether the signature is that of a document, with types and tables, and not of a UCI text.");

    /// <summary>Describes the request.</summary>
    public void AddTo(OperationCatalogue api) =>
        api.Get("/modules/{module}/signature", "The signature of an export of a module, where its schema has sha_key.", GetAsync)
            .Query(Document, Standard.Revision, Revealing.Reveal).Answers(WireJson.Default.SignatureReply).Refuses(ErrorCode.Unavailable);

    /// <summary>Whether a caller may read all of a module; what he reads of another one is no export that could be signed.</summary>
    public static bool IsWhole(HttpContext context, string module) => context.Scope().In(module).Extent(AccessAction.Read) == AccessExtent.All;

    /// <summary>The signature of a module at its newest revision or a past one.</summary>
    public async Task GetAsync(HttpContext context)
    {
        var actor = modules.Find(context);
        var name = actor.Module.Name;
        var reveal = await Revealing.BeginAsync(context, actor);
        var reply = reads.Look(context, actor, view =>
        {
            var key = ModuleSigner.KeyOf(view);
            var isSigned = key is not null && IsWhole(context, name);
            return new SignatureReply
            {
                Module = name,
                Revision = view.Revision.Value,
                Key = key,
                Signature = isSigned ? node.Signer.Sign(key!, name, new RedactedView(reveal?.Invoke(view) ?? view), Document.IsSet(context)).ToString() : null,
            };
        });
        if (reply.Signature is not null)
        {
            await AuditTrail.BeginAsync(context, AuditKinds.Export, $"signature of revision {reply.Revision} by key {reply.Key}", name);
        }

        await Answers.WriteAsync(context, reply, WireJson.Default.SignatureReply);
    }
}
