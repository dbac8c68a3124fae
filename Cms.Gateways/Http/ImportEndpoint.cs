using Cms.Actors;
using Cms.Actors.Modules;
using Cms.Actors.Transactions;
using Cms.Client.Documents;
using Cms.Client.Wire;
using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Requests;
using Cms.Storage.Files;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests that make modules what documents say.</summary>
internal sealed class ImportEndpoint(Node node)
{
    /// <summary>Whether the body of a request is a document.</summary>
    public static bool IsDocument(HttpContext context) => context.Request.HasJsonContentType();

    /// <summary>Whether what the import does not name stays.</summary>
    public static readonly FlagParameter Merge = new("merge", "Whether the import is added to what is there, instead of replacing it.");

    /// <summary>Describes the request.</summary>
    public void AddTo(OperationCatalogue api) =>
        api.Put("/modules", "Makes all modules of a document what it says of them, as one commit, or changes nothing.", ImportAllAsync)
            .Query(Merge, Standard.WaitForFile, Standard.Message, Standard.RequestId).AtMost(HttpGateway.MaxImportBytes)
            .TakesText(MediaTypes.Json, "A document; see docs/formats/document.md.").Answers(WireJson.Default.TransactionCommitReply).Changes();

    /// <summary>Imports the one module of a document.</summary>
    /// <param name="context">The request.</param>
    /// <param name="module">The module, by a legal name; the document may leave its name out.</param>
    public async Task ImportAsync(HttpContext context, string module)
    {
        var documents = DocumentReader.Read((await Answers.ReadBytesAsync(context)).Span);
        if (documents.Count > 1)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"the document has {documents.Count} modules; send it to /api/v1/modules, which takes several");
        }

        if (documents[0].Module is { } named && named != module)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"the document is of module '{named}', not of '{module}'; take the name out of it to import it elsewhere");
        }

        var reply = await CommitAsync(context, [documents[0] with { Module = module }]);
        await (reply.Refusal is { } refusal
            ? Answers.RefuseAsync(context, refusal)
            : Answers.WriteAsync(context, ReplyMapper.ToReply(reply).Modules[module], WireJson.Default.CommitReply));
    }

    /// <summary>Imports all modules of a document, or none.</summary>
    public async Task ImportAllAsync(HttpContext context)
    {
        var documents = DocumentReader.Read((await Answers.ReadBytesAsync(context)).Span);
        if (documents.Any(document => document.Module is null))
        {
            throw new RefusedException(ErrorCode.InvalidArgument, "a module of the document lacks 'module', its name");
        }

        await TransactionEndpoints.AnswerAsync(context, node, await CommitAsync(context, documents), terms: null);
    }

    private async Task<TransactionReply> CommitAsync(HttpContext context, IReadOnlyList<ModuleDocument> documents)
    {
        if (documents.FirstOrDefault(document => !ConfigDirectory.IsModuleName(document.Module!)) is { } illegal)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"module '{illegal.Module}' is not legal: use printable ASCII without blanks and dots");
        }

        foreach (var document in documents)
        {
            ModuleEndpoints.RequireSomeOf(context, AccessAction.Write, document.Module!);
        }

        var origin = ModuleEndpoints.Origin(context, Standard.Message.Find(context), ModuleEndpoints.RequestId(context));
        var (isMerge, waits) = (Merge.IsSet(context), Standard.WaitForFile.IsSet(context));
        var parts = documents.Select(document => new TransactionPart(
            node.Modules.GetOrStart(document.Module!).Module.Name,
            new ModuleCommand.Import(origin, document.ToImport(isMerge))
            {
                WaitForFile = waits,
                Condition = node.Signer.ConditionOf(document.Module!, document.Content, document.IsTyped, document.Signature),
            })
        {
            Expected = document.Expected is { } expected ? new Revision(expected) : null,
        });
        return await node.Transactions.CommitAsync([.. parts], context.RequestAborted);
    }
}
