using Cms.Actors.Confirmations;
using Cms.Actors.Modules;
using Cms.Actors.Transactions;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Segments;
using Cms.Storage.Confirmations;
using Cms.Storage.Journals;

namespace Cms.Gateways.Requests;

/// <summary>What the house answers, in the words of the wire. Pure.</summary>
internal static class ReplyMapper
{
    public static Problem ToProblem(Refusal refusal) => Problem.Of(refusal);

    public static CommitReply ToReply(ModuleReply reply) => new()
    {
        Revision = reply.Revision.Value,
        Changes = reply.ChangeCount,
        Born = reply.Born.Count == 0 ? null : reply.Born.ToDictionary(pair => pair.Key, pair => pair.Value.Value),
        Counters = reply.Counters.Count == 0 ? null : reply.Counters,
        Repeated = reply.IsRepeated,
        Kept = reply.Kept.Count == 0 ? null : reply.Kept,
        Warning = reply.Warning,
    };

    public static TransactionCommitReply ToReply(TransactionReply reply) => new()
    {
        Transaction = reply.TransactionId,
        Modules = reply.Modules.ToDictionary(module => module.Key, module => ToReply(module.Value)),
    };

    /// <param name="report">The transaction.</param>
    /// <param name="isWhole">Whether the staged operations are told, not only how many there are.</param>
    public static TransactionInfo ToInfo(TransactionReport report, bool isWhole) => new()
    {
        Transaction = report.Id,
        Principal = report.Principal,
        Message = report.Message,
        RemainingSeconds = Math.Round(report.Remaining.TotalSeconds, 1),
        Savepoints = report.Savepoints,
        Modules = [.. report.Modules.Where(module => isWhole || module.IsLocked || module.Operations.Count > 0).Select(module => new TransactionModuleInfo
        {
            Module = module.Module,
            Revision = module.Revision.Value,
            Locked = module.IsLocked,
            Count = module.Operations.Count,
            Operations = isWhole ? [.. module.Operations.Select(OperationMapper.ToWire)] : null,
        })],
    };

    public static ModuleReport ToReport(ModuleStatus status) => new()
    {
        Module = status.Module.ToString(),
        State = status.State,
        Revision = status.Revision.Value,
        Written = status.Written.Value,
        Sections = status.Sections,
        Restarts = status.Restarts,
        Problem = status.Problem,
    };

    /// <summary>Modules that are not running take nothing and are left out.</summary>
    public static MemoryReply ToMemory(SegmentBudget budget, IReadOnlyList<ModuleActor> actors) => new()
    {
        LimitBytes = budget.Limit,
        AllocatedBytes = budget.Used,
        Modules = [.. actors.SelectMany(actor => actor.Memory is { } memory ? new[] { ToMemory(actor.Module, memory, actor.SizeClassUse()) } : [])],
    };

    private static ModuleMemory ToMemory(ModuleName module, SegmentStatistics statistics, IReadOnlyList<SizeClassUse> blocks) => new()
    {
        Module = module.ToString(),
        MaximumBytes = statistics.MaximumBytes,
        AllocatedBytes = statistics.AllocatedBytes,
        IndexBytes = statistics.IndexBytes,
        LiveBytes = statistics.BytesInUse - statistics.RetainedBytes,
        RetainedBytes = statistics.RetainedBytes,
        FreeBytes = statistics.FreeBytes,
        FragmentationPercent = Math.Round(statistics.FragmentationPercent, 1),
        Entries = statistics.Entries,
        Blocks = [.. blocks.Select(use => new BlockUse { BlockBytes = use.BlockBytes, Used = use.Used, Free = use.Free })],
    };

    public static ConflictReport ToReport(FileConflict conflict) => new()
    {
        Module = conflict.Module.ToString(),
        Time = conflict.Time,
        Revision = conflict.Revision.Value,
        Paths = conflict.Paths,
        KeptText = conflict.KeptText,
    };

    public static ConfirmationInfo ToInfo(ConfirmationReport report) => new()
    {
        Id = report.Stored.Terms.Id,
        State = report.Stored.State switch
        {
            ConfirmationState.Open => "open",
            ConfirmationState.Confirmed => "confirmed",
            _ => "rolled-back",
        },
        Time = report.Stored.Terms.Time,
        Principal = report.Stored.Terms.Principal,
        Commits = [.. report.Stored.Commits.Select(commit => new ConfirmedRevision { Module = commit.Module.ToString(), Revision = commit.Revision.Value })],
        Probe = report.Stored.Terms.Probe,
        RemainingSeconds = report.Remaining is { } remaining ? Math.Round(remaining.TotalSeconds, 1) : null,
        Result = report.Stored.Result.Length == 0 ? null : report.Stored.Result,
        Problem = report.Problem,
    };

    /// <summary>By which way somebody came.</summary>
    public static string GatewayOf(CommitOrigin origin) => origin.Gateway.Split(' ', 2)[0];

    /// <summary>The program that asked, or null when no process did; see <see cref="Caller.Gateway"/>.</summary>
    public static string? ProcessOf(CommitOrigin origin) => origin.Gateway.Split(' ', 2) is [_, var process] ? process : null;

    public static HistoryEntry ToEntry(CommitHead head) => new()
    {
        Revision = head.Revision.Value,
        Commit = head.CommitId,
        Time = head.Time,
        Principal = head.Origin.Principal,
        Module = head.Module.ToString(),
        Gateway = GatewayOf(head.Origin),
        Process = ProcessOf(head.Origin),
        Message = head.Origin.Message,
        Transaction = head.TransactionId,
        Changes = head.ChangeCount,
    };

    /// <param name="module">The module's name.</param>
    /// <param name="view">The module.</param>
    /// <param name="defaults">What holds for options that are not set; null when nobody asks for that.</param>
    public static ModuleContent ToContent(string module, IModuleView view, SchemaDefaults? defaults = null) => new()
    {
        Module = module,
        Revision = view.Revision.Value,
        Sections = [.. view.Sections().Select(section => ToReport(view, section, defaults))],
    };

    /// <param name="view">The module.</param>
    /// <param name="section">The section.</param>
    /// <param name="defaults">What holds for options that are not set; null when nobody asks for that.</param>
    public static SectionReport ToReport(IModuleView view, SectionView section, SchemaDefaults? defaults = null) => new()
    {
        Id = section.Id.Value,
        Type = section.Type,
        Name = section.Name,
        Options = view.Options(section.Id).ToDictionary(option => option.Name, option => option.Value),
        Defaults = defaults?.Missing(view, section).ToDictionary(each => each.Option, each => each.Value),
    };
}
