using Cms.Actors.Modules;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Storage.Journals;

namespace Cms.Gateways.Requests;

/// <summary>What the house answers, in the words of the wire. Pure.</summary>
internal static class ReplyMapper
{
    public static Problem ToProblem(Refusal refusal)
    {
        var mapping = ErrorCodes.Of(refusal.Code);
        return new Problem
        {
            Code = mapping.Name,
            Status = mapping.HttpStatus,
            Detail = refusal.Message,
            Paths = refusal.Paths.Count == 0 ? null : refusal.Paths,
        };
    }

    public static CommitReply ToReply(ModuleReply reply) => new()
    {
        Revision = reply.Revision.Value,
        Changes = reply.ChangeCount,
        Born = reply.Born.Count == 0 ? null : reply.Born.ToDictionary(pair => pair.Key, pair => pair.Value.Value),
        Repeated = reply.IsRepeated,
        Warning = reply.Warning,
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

    public static ConflictReport ToReport(FileConflict conflict) => new()
    {
        Module = conflict.Module.ToString(),
        Time = conflict.Time,
        Revision = conflict.Revision.Value,
        Paths = conflict.Paths,
        KeptText = conflict.KeptText,
    };

    public static HistoryEntry ToEntry(CommitHead head) => new()
    {
        Revision = head.Revision.Value,
        Commit = head.CommitId,
        Time = head.Time,
        Principal = head.Origin.Principal,
        Gateway = head.Origin.Gateway,
        Message = head.Origin.Message,
        Changes = head.ChangeCount,
    };

    public static ModuleContent ToContent(string module, IModuleView view) => new()
    {
        Module = module,
        Revision = view.Revision.Value,
        Sections = [.. view.Sections().Select(section => new SectionReport
        {
            Id = section.Id.Value,
            Type = section.Type,
            Name = section.Name,
            Options = view.Options(section.Id).ToDictionary(option => option.Name, option => option.Value),
        })],
    };
}
