using Cms.Actors;
using Cms.Client.Wire;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Http.Resources;
using Cms.Gateways.Requests;
using Cms.Storage.Confirmations;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests about the node.</summary>
internal sealed class NodeEndpoints(Node node, SegmentReaders readers, IdempotentAnswers answers)
{
    private const int MaxConflicts = 100;
    private const int MaxEndedConfirmations = 10;

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        api.Get("/status", "How the node and its modules are doing.", StatusAsync).Query(Standard.Fields).Answers(WireJson.Default.StatusReply).Compresses();
        api.Get("/memory", "What the segments of all modules take.", MemoryAsync).Query(Standard.Fields).Answers(WireJson.Default.MemoryReply).Compresses();
        api.Get("/cache", "How the caches of the daemon have done since its start.", CacheAsync).Answers(WireJson.Default.CacheReply);
    }

    /// <summary>How the node and its modules are doing.</summary>
    public Task StatusAsync(HttpContext context) => Answers.WriteAsync(
        context,
        new StatusReply
        {
            Version = typeof(NodeEndpoints).Assembly.GetName().Version!.ToString(3),
            Process = Environment.ProcessId,
            Started = node.StartedAt,
            ConfigDirectory = node.Options.ConfigDirectory,
            Journal = node.Options.JournalPath,
            Epoch = node.Journal.Epoch,
            Modules = [.. node.Modules.All.Select(actor => ReplyMapper.ToReport(actor.Status))],
            Confirmations = Confirmations(),
            Conflicts = [.. node.Journal.Conflicts(MaxConflicts).Select(ReplyMapper.ToReport)],
            Validators = node.Validators.Names,
        },
        WireJson.Default.StatusReply);

    // What was confirmed needs nobody's attention.
    private List<ConfirmationInfo>? Confirmations()
    {
        var shown = node.Confirmations.List(MaxEndedConfirmations).Where(report => report.Stored.State != ConfirmationState.Confirmed).Select(ReplyMapper.ToInfo).ToList();
        return shown.Count == 0 ? null : shown;
    }

    private Task CacheAsync(HttpContext context)
    {
        context.RequireNodeAdministrator();
        return Answers.WriteAsync(
            context,
            new() { Readers = new() { Kept = readers.Kept, Hits = readers.Hits, Misses = readers.Misses, Evictions = readers.Evictions }, Answers = answers.Use },
            WireJson.Default.CacheReply);
    }

    /// <summary>What the segments of all modules take.</summary>
    public Task MemoryAsync(HttpContext context) =>
        Answers.WriteAsync(context, ReplyMapper.ToMemory(node.Modules.Budget, node.Modules.All), WireJson.Default.MemoryReply);
}
