using Cms.Actors;
using Cms.Actors.Modules;
using Cms.Actors.Transactions;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Requests;
using Cms.Storage.Confirmations;
using Cms.Storage.Journals;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests that change several modules, all or none.</summary>
internal sealed class TransactionEndpoints(Node node, ModuleEndpoints modules)
{
    /// <summary>The most modules in one commit.</summary>
    private const int MaxModules = 1000;

    /// <summary>Describes the request.</summary>
    public void AddTo(OperationCatalogue api) =>
        api.Post("/commits", "Carries out operations on several modules, all or none.", CommitAsync)
            .Takes(WireJson.Default.TransactionCommitRequest).AtMost(HttpGateway.MaxCommitBytes).Answers(WireJson.Default.TransactionCommitReply).Changes();

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
        var terms = ConfirmationEndpoints.Begin(node, context, request.Confirm);
        var reply = await ConfirmationEndpoints.CommitAsync(
            node, terms, cancellation => node.Transactions.CommitAsync([.. request.Modules.Select(part => ToPart(context, part, origin, request.WaitForFile, terms))], cancellation), context.RequestAborted);
        await AnswerAsync(context, node, reply, terms);
    }

    private TransactionPart ToPart(HttpContext context, TransactionModule part, CommitOrigin origin, bool waitsForFile, ConfirmationTerms? terms)
    {
        var module = modules.Find(context, part.Module).Module.Name;
        var operations = part.Operations?.Select(OperationMapper.ToOperation).ToList() ?? [];
        var command = operations.Count == 0 ? null : new ModuleCommand.Edit(origin, operations) { WaitForFile = waitsForFile, Confirmation = terms };
        return new TransactionPart(module, command) { Expected = part.Expected is { } expected ? new Revision(expected) : null };
    }

    /// <summary>Writes how a commit over modules went.</summary>
    public static Task AnswerAsync(HttpContext context, Node node, TransactionReply reply, ConfirmationTerms? terms)
    {
        if (reply.Refusal is { } refusal)
        {
            return Answers.RefuseAsync(context, refusal);
        }

        var confirmation = terms is null ? null : reply.Modules
            .Where(each => each.Value.ChangeCount > 0)
            .Select(each => node.Confirmations.FindByCommit(new(new ModuleName(each.Key), each.Value.Revision))).OfType<string>().FirstOrDefault();
        return Answers.WriteAsync(context, ReplyMapper.ToReply(reply) with { Confirmation = confirmation }, WireJson.Default.TransactionCommitReply);
    }
}
