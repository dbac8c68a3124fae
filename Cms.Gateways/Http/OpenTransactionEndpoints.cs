using Cms.Actors;
using Cms.Actors.Transactions;
using Cms.Client.Wire;
using Cms.Formats.Access;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Requests;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests about transactions that stay open over several requests.</summary>
internal sealed class OpenTransactionEndpoints(Node node)
{
    private const int MaxSavepointName = 255;

    private static readonly NumberParameter Lease = new(
        "seconds", "For how long the module is locked.", 1, (long)TransactionLimits.LongestTime.TotalSeconds, (long)TransactionLimits.UsualLease.TotalSeconds);

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        const string One = "/transactions/{transaction}";
        var info = WireJson.Default.TransactionInfo;
        ErrorCode[] ended = [ErrorCode.Conflict, ErrorCode.Locked];
        api.Post("/transactions", "Begins a transaction that stays open over several requests.", BeginAsync)
            .Takes(WireJson.Default.TransactionBeginRequest).Answers(info).Refuses(ErrorCode.NotFound).Refuses(ended);
        api.Get("/transactions", "The transactions that are open.", ListAsync).Answers(WireJson.Default.IReadOnlyListTransactionInfo);
        api.Get(One, "A transaction with all that is staged.", GetAsync).Answers(info).Compresses();
        api.Delete(One, "Ends a transaction; nothing of it happens.", AbortAsync).Answers(info);
        api.Post(One + "/commit", "Commits what is staged, all or nothing.", CommitAsync)
            .Takes(WireJson.Default.TransactionEndRequest).Answers(WireJson.Default.TransactionCommitReply).Changes();
        api.Get(One + "/modules/{module}", "A module as the transaction sees it.", GetModuleAsync).Answers(WireJson.Default.ModuleContent).Refuses(ended).Compresses();
        api.Post(One + "/modules/{module}/operations", "Stages operations, all or none.", StageAsync)
            .Takes(WireJson.Default.TransactionStageRequest).AtMost(HttpGateway.MaxCommitBytes).Answers(info).Changes();
        api.Put(One + "/locks/{module}", "Keeps everybody else from changing a module.", LockAsync).Query(Lease).Answers(info).Refuses(ended);
        api.Delete(One + "/locks/{module}", "Gives a lock back.", UnlockAsync).Answers(info).Refuses(ended);
        api.Put(One + "/savepoints/{savepoint}", "Marks what is staged.", SetSavepointAsync).Answers(info).Refuses(ErrorCode.TooLarge);
        api.Post(One + "/savepoints/{savepoint}/rollback", "Drops what was staged behind a mark.", RollBackToAsync).Answers(info);
    }

    /// <summary>Begins a transaction.</summary>
    public async Task BeginAsync(HttpContext context)
    {
        var request = await Answers.ReadAsync(context, WireJson.Default.TransactionBeginRequest);
        foreach (var module in request.Locks ?? [])
        {
            RequireKnown(context, module);
            ModuleEndpoints.RequireSomeOf(context, AccessAction.Write, module);
        }

        var begin = new TransactionBegin(
            ModuleEndpoints.Origin(context, request.Message, requestId: null),
            Seconds("seconds", request.Seconds, TimeSpan.FromSeconds(node.Options.TransactionSeconds)),
            [.. (request.Locks ?? []).Distinct()],
            Seconds("leaseSeconds", request.LeaseSeconds, TransactionLimits.UsualLease));
        await AnswerAsync(context, await node.OpenTransactions.BeginAsync(begin, context.RequestAborted));
    }

    /// <summary>The open transactions.</summary>
    public async Task ListAsync(HttpContext context)
    {
        var infos = new List<TransactionInfo>();
        var owner = OwnerOf(context);
        foreach (var transaction in node.OpenTransactions.All)
        {
            if (await ReportAsync(transaction, context.RequestAborted) is { } report && (owner is null || report.Principal == owner))
            {
                infos.Add(ToInfo(context, report, isWhole: false));
            }
        }

        await Answers.WriteAsync(context, infos, WireJson.Default.IReadOnlyListTransactionInfo);
    }

    /// <summary>One transaction with all that is staged.</summary>
    public Task GetAsync(HttpContext context) => AnswerAsync(context, Find(context));

    /// <summary>A module as the transaction sees it.</summary>
    public async Task GetModuleAsync(HttpContext context)
    {
        var module = ModuleOf(context);
        RequireKnown(context, module);
        var content = await Find(context).ReadAsync(module, staging => ReplyMapper.ToContent(module, context.Scope().Filter(module, staging.State)), context.RequestAborted);
        await Answers.WriteAsync(context, content, WireJson.Default.ModuleContent);
    }

    /// <summary>Stages operations.</summary>
    public async Task StageAsync(HttpContext context)
    {
        var request = await Answers.ReadAsync(context, WireJson.Default.TransactionStageRequest);
        var operations = request.Operations.Select(OperationMapper.ToOperation).ToList();
        RequireKnown(context, ModuleOf(context));
        await AnswerAsync(context, Find(context), await Find(context).StageAsync(ModuleOf(context), operations, context.RequestAborted));
    }

    /// <summary>Locks a module.</summary>
    public async Task LockAsync(HttpContext context)
    {
        RequireKnown(context, ModuleOf(context));
        ModuleEndpoints.RequireSomeOf(context, AccessAction.Write, ModuleOf(context));
        await AnswerAsync(context, Find(context), await Find(context).LockAsync(ModuleOf(context), TimeSpan.FromSeconds(Lease.Read(context)), context.RequestAborted));
    }

    /// <summary>Gives a lock back.</summary>
    public async Task UnlockAsync(HttpContext context)
    {
        await Find(context).UnlockAsync(ModuleOf(context), context.RequestAborted);
        await AnswerAsync(context, Find(context));
    }

    /// <summary>Sets a savepoint.</summary>
    public async Task SetSavepointAsync(HttpContext context)
    {
        var name = SavepointOf(context);
        if (name.Length > MaxSavepointName)
        {
            throw new RefusedException(ErrorCode.TooLarge, $"the savepoint's name has {name.Length} characters; the most is {MaxSavepointName}");
        }

        await AnswerAsync(context, Find(context), await Find(context).SetSavepointAsync(name, context.RequestAborted));
    }

    /// <summary>Goes back to a savepoint.</summary>
    public async Task RollBackToAsync(HttpContext context) =>
        await AnswerAsync(context, Find(context), await Find(context).RollBackToAsync(SavepointOf(context), context.RequestAborted));

    /// <summary>Commits a transaction; one that was committed before gets the same answer again.</summary>
    public async Task CommitAsync(HttpContext context)
    {
        var request = await Answers.ReadAsync(context, WireJson.Default.TransactionEndRequest);
        var message = request.Message is null ? null : ModuleEndpoints.Origin(context, request.Message, requestId: null).Message;
        var terms = ConfirmationEndpoints.Begin(node, context, request.Confirm);
        var reply = await ConfirmationEndpoints.CommitAsync(
            node, terms, cancellation => node.OpenTransactions.CommitAsync(
                IdOf(context), OwnerOf(context), new TransactionEnd(message, request.WaitForFile, terms, context.Scope()), cancellation), context.RequestAborted);
        await TransactionEndpoints.AnswerAsync(context, node, reply, terms);
    }

    /// <summary>Ends a transaction; nothing of it happens.</summary>
    public async Task AbortAsync(HttpContext context)
    {
        var transaction = Find(context);
        var report = await transaction.ReportAsync(context.RequestAborted);
        await transaction.AbortAsync(context.RequestAborted);
        await Answers.WriteAsync(context, ToInfo(context, report, isWhole: false), WireJson.Default.TransactionInfo);
    }

    private static async Task AnswerAsync(HttpContext context, OpenTransaction transaction, Refusal? refusal = null)
    {
        if (refusal is not null)
        {
            await Answers.RefuseAsync(context, refusal);
            return;
        }

        var report = await transaction.ReportAsync(context.RequestAborted);
        var isWhole = context.Request.Method == HttpMethods.Get;
        await Answers.WriteAsync(context, ToInfo(context, report, isWhole), WireJson.Default.TransactionInfo);
    }

    // One that ends while others are listed is left out.
    private static async Task<TransactionReport?> ReportAsync(OpenTransaction transaction, CancellationToken cancellation)
    {
        try
        {
            return await transaction.ReportAsync(cancellation);
        }
        catch (RefusedException)
        {
            return null;
        }
    }

    private OpenTransaction Find(HttpContext context) => node.OpenTransactions.Find(IdOf(context), OwnerOf(context));

    // Who is no administrator has to do with his own transactions only.
    private static string? OwnerOf(HttpContext context) => context.Scope().IsNodeAdministrator ? null : context.Caller().Principal.Name;

    private static TransactionInfo ToInfo(HttpContext context, TransactionReport report, bool isWhole) =>
        ReplyMapper.ToInfo(report with { Modules = [.. report.Modules.Where(module => context.Scope().In(module.Module).IsKnown)] }, isWhole);

    private static void RequireKnown(HttpContext context, string module)
    {
        if (!context.Scope().In(module).IsKnown)
        {
            throw TransactionDirectory.NoModule(module);
        }
    }

    private static string IdOf(HttpContext context) => (string)context.Request.RouteValues["transaction"]!;

    private static string ModuleOf(HttpContext context) => (string)context.Request.RouteValues["module"]!;

    private static string SavepointOf(HttpContext context) => (string)context.Request.RouteValues["savepoint"]!;

    private static TimeSpan Seconds(string name, int? seconds, TimeSpan otherwise) =>
        seconds is null ? otherwise
        : seconds >= 1 && seconds <= TransactionLimits.LongestTime.TotalSeconds ? TimeSpan.FromSeconds(seconds.Value)
        : throw new RefusedException(ErrorCode.InvalidArgument, $"{name} {seconds} is not legal: use 1 to {TransactionLimits.LongestTime.TotalSeconds}");
}
