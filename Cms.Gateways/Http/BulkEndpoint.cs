using Cms.Actors;
using Cms.Actors.Modules;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Cms.Gateways.Bulk;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Requests;
using Cms.Storage.Journals;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Cms.Gateways.Http;

/// <summary>The request that carries out operations on many modules while it is being sent.</summary>
internal sealed class BulkEndpoint(Node node, ModuleEndpoints modules)
{
    private const int MaxRequestIdLength = 200;
    private const int DefaultSize = 100;
    private static readonly FlagParameter Atomic = new("atomic", "Whether all of it is one commit of each of its modules.");
    private readonly NumberParameter _size = new(
        "size", "The most operations in a commit.", 1, node.Options.Limits.MaxOperations, Math.Min(DefaultSize, node.Options.Limits.MaxOperations));

    // A byte of a value takes at most six where JSON escapes it; what is left is for the names.
    private const int BytesOfEscape = 6;
    private const int BytesOfNames = 64 * 1024;

    /// <summary>Describes the request.</summary>
    public void AddTo(OperationCatalogue api) =>
        api.Post("/bulk", "Carries out operations on any modules while they are being sent, in commits of many.", RunAsync)
            .Query(_size, Atomic, Standard.Message, Standard.RequestId)
            .TakesText(MediaTypes.Uci, "Statements as cms batch has them.").TakesText(MediaTypes.JsonLines, "An operation a line, with a member 'module'.")
            .Answers(WireJson.Default.BulkReply).CarriesOutWhileSent().Changes();

    /// <summary>Carries out a bulk, in groups or as one commit.</summary>
    public async Task RunAsync(HttpContext context)
    {
        AllowSlowSender(context);
        var isAtomic = Atomic.IsSet(context);
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = isAtomic ? HttpGateway.MaxImportBytes : null;
        var parser = NewParser(context);
        var target = NewTarget(context, isAtomic);
        var reader = new BulkReader(context.Request.BodyReader, parser, MaxStatementBytes);
        var operations = new List<BulkOperation>();
        BulkRefusal? refusal = null;
        var isMore = true;
        while (isMore && refusal is null)
        {
            operations.Clear();
            isMore = await reader.ReadAsync(operations, context.RequestAborted);
            refusal = await target.AddAsync(operations, context.RequestAborted) ?? parser.Refusal;
        }

        (var done, refusal) = await target.FinishAsync(refusal, parser.Lines, context.RequestAborted);
        await AnswerAsync(context, done, refusal);
        await context.Response.CompleteAsync();
        if (isMore || refusal is not null)
        {
            await reader.DrainAsync(context.RequestAborted);
        }
    }

    private int MaxStatementBytes => (int)Math.Min(1 << 30, ((long)BytesOfEscape * node.Options.Limits.MaxValueBytes) + BytesOfNames);

    private static Task AnswerAsync(HttpContext context, BulkReply done, BulkRefusal? refusal)
    {
        if (refusal is null)
        {
            return Answers.WriteAsync(context, done, WireJson.Default.BulkReply);
        }

        var reason = refusal.Reason with { Message = $"line {refusal.Line}: {refusal.Reason.Message}" };
        return Answers.RefuseAsync(context, ReplyMapper.ToProblem(reason) with { Line = refusal.Line, Done = done });
    }

    // What is sent may be made while it is sent, as slowly as its maker likes.
    private static void AllowSlowSender(HttpContext context)
    {
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    private static BulkParser NewParser(HttpContext context)
    {
        var type = Negotiation.SentType(context.Request);
        return type switch
        {
            MediaTypes.Uci => new StatementParser(),
            MediaTypes.JsonLines => new JsonLineParser(),
            _ => throw new RefusedException(
                ErrorCode.InvalidArgument, $"the content type '{type}' is not known here: use application/x-uci for statements, application/x-ndjson for JSON"),
        };
    }

    private IBulkTarget NewTarget(HttpContext context, bool isAtomic)
    {
        var requestId = ModuleEndpoints.RequestId(context);
        if (requestId?.Length > MaxRequestIdLength)
        {
            throw new RefusedException(ErrorCode.TooLarge, $"the request id of a bulk has at most {MaxRequestIdLength} characters");
        }

        var origin = ModuleEndpoints.Origin(context, Standard.Message.Find(context), requestId);
        ModuleActor Find(string name) => modules.Find(context, name);
        CommitOrigin OriginNow() => context.Caller().Proof?.Holds == false
            ? throw new RefusedException(ErrorCode.Unauthenticated, "what vouched for this caller does not hold any more; what is not committed yet was not carried out")
            : origin with { Access = context.Scope() };
        var limits = node.Options.Limits;
        var size = _size.ReadInt(context);
        return isAtomic
            ? new AtomicBulk(Find, node.Transactions, OriginNow, limits.MaxBulkOperations)
            : new GroupedBulk(Find, node.Journal, OriginNow, size);
    }
}
