using Cms.Actors;
using Cms.Actors.Backups;
using Cms.Client.Wire;
using Cms.Formats.Audit;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Requests;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests about backups.</summary>
internal sealed class BackupEndpoints(Node node)
{
    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        api.Get("/backups", "The backups that are there.", ListAsync).Answers(WireJson.Default.IReadOnlyListBackupInfo);
        api.Post("/backups", "Backs up all modules with their history, as of one moment.", CreateAsync)
            .Takes(WireJson.Default.BackupRequest).Answers(WireJson.Default.BackupInfo).Refuses(ErrorCode.AlreadyExists, ErrorCode.TooLarge, ErrorCode.StorageFull);
        api.Get("/backups/{backup}", "Reads a backup to its end and checks it.", VerifyAsync).Answers(WireJson.Default.BackupInfo).Refuses(ErrorCode.FileUnreadable);
        api.Post("/backups/{backup}/verify", "Reads a backup to its end and checks it, an encrypted one by its identity.", VerifyEncryptedAsync)
            .Takes(WireJson.Default.BackupCheckRequest).Answers(WireJson.Default.BackupInfo);
        api.Post("/backups/{backup}/restore", "Makes modules what they were, as one commit over all of them.", RestoreAsync)
            .Takes(WireJson.Default.RestoreRequest).Answers(WireJson.Default.TransactionCommitReply).Changes();
    }

    /// <summary>The backups that are there.</summary>
    public Task ListAsync(HttpContext context) =>
        Answers.WriteAsync(context, [.. node.Backups.List().Select(ToInfo)], WireJson.Default.IReadOnlyListBackupInfo);

    /// <summary>Makes a backup.</summary>
    public async Task CreateAsync(HttpContext context)
    {
        var request = await Answers.ReadAsync(context, WireJson.Default.BackupRequest);
        var comment = ModuleEndpoints.Origin(context, request.Comment, requestId: null).Message;
        await AuditTrail.BeginAsync(context, AuditKinds.Backup, $"backup {request.Name ?? "named by the time"}");
        await AnswerAsync(context, await node.Backups.CreateAsync(request.Name, comment, request.Recipient, context.RequestAborted));
    }

    /// <summary>Checks a backup.</summary>
    public async Task VerifyAsync(HttpContext context) => await AnswerAsync(context, await node.Backups.VerifyAsync(NameOf(context), identity: null));

    /// <summary>Checks a backup that may be encrypted.</summary>
    public async Task VerifyEncryptedAsync(HttpContext context)
    {
        var request = await Answers.ReadAsync(context, WireJson.Default.BackupCheckRequest);
        await AnswerAsync(context, await node.Backups.VerifyAsync(NameOf(context), request.Identity));
    }

    /// <summary>Restores from a backup.</summary>
    public async Task RestoreAsync(HttpContext context)
    {
        var request = await Answers.ReadAsync(context, WireJson.Default.RestoreRequest);
        var origin = ModuleEndpoints.Origin(context, request.Message, request.RequestId);
        var options = new RestoreOptions(origin, request.Module, request.At, request.WaitForFile) { Identity = request.Identity };
        await AuditTrail.BeginAsync(context, AuditKinds.Restore, $"from backup {NameOf(context)}", request.Module);
        var reply = await node.Backups.RestoreAsync(NameOf(context), options, context.RequestAborted);
        await (reply.Refusal is { } refusal
            ? Answers.RefuseAsync(context, refusal)
            : Answers.WriteAsync(context, ReplyMapper.ToReply(reply), WireJson.Default.TransactionCommitReply));
    }

    private static Task AnswerAsync(HttpContext context, BackupReport report) => Answers.WriteAsync(context, ToInfo(report), WireJson.Default.BackupInfo);

    private static BackupInfo ToInfo(BackupReport report) => new()
    {
        Name = report.Name,
        SizeBytes = report.SizeBytes,
        Time = report.Header?.Time,
        Comment = report.Header?.Comment,
        Modules = report.Header?.Modules,
        Journal = report.Header?.Journal,
        Recipient = report.Recipient,
    };

    private static string NameOf(HttpContext context) => (string)context.Request.RouteValues["backup"]!;
}
