using Cms.Actors;
using Cms.Actors.Modules;
using Cms.Actors.Transactions;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Gateways.Requests;
using Cms.Storage.Journals;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests that change several modules, all or none.</summary>
internal sealed class TransactionEndpoints(Node node, ModuleEndpoints modules)
{
    /// <summary>The most modules in one commit.</summary>
    private const int MaxModules = 1000;

    /// <summary>Commits over several modules in one request.</summary>
    public async Task CommitAsync(HttpContext context)
    {
        var request = await Answers.ReadAsync(context, WireJson.Default.TransactionCommitRequest);
        if (request.Modules.Count is 0 or > MaxModules)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"the request has {request.Modules.Count} modules; it takes 1 to {MaxModules}");
        }

        if (request.Modules.Any(part => part is null))
        {
            throw new RefusedException(ErrorCode.InvalidArgument, "a module is null; it must be an object with 'module'");
        }

        if (request.Modules.GroupBy(part => part.Module).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"module '{twice.Key}' is there {twice.Count()} times; put all its operations into one");
        }

        var origin = ModuleEndpoints.Origin(context, request.Message, request.RequestId);
        var parts = request.Modules.Select(part => ToPart(part, origin, request.WaitForFile)).ToList();
        await AnswerAsync(context, await node.Transactions.CommitAsync(parts, context.RequestAborted));
    }

    private TransactionPart ToPart(TransactionModule part, CommitOrigin origin, bool waitsForFile)
    {
        var module = modules.Find(part.Module).Module.Name;
        var operations = part.Operations?.Select(OperationMapper.ToOperation).ToList() ?? [];
        var command = operations.Count == 0 ? null : new ModuleCommand.Edit(origin, operations) { WaitForFile = waitsForFile };
        return new TransactionPart(module, command) { Expected = part.Expected is { } expected ? new Revision(expected) : null };
    }

    private static Task AnswerAsync(HttpContext context, TransactionReply reply) => reply.Refusal is { } refusal
        ? Answers.RefuseAsync(context, refusal)
        : Answers.WriteAsync(context, ReplyMapper.ToReply(reply), WireJson.Default.TransactionCommitReply);
}
