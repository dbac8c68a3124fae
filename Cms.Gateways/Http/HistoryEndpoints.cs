using Cms.Actors;
using Cms.Actors.History;
using Cms.Actors.Modules;
using Cms.Client.Wire;
using Cms.Formats.Access;
using Cms.Formats.Audit;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Http.Resources;
using Cms.Gateways.Requests;
using Cms.Storage.Journals;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests about modules as they were.</summary>
internal sealed class HistoryEndpoints(Node node, ModuleEndpoints modules)
{
    private const int MaxHistory = 10_000;

    private static readonly NumberParameter To = NumberParameter.Revision("to", "The later revision; without it the newest.");
    private static readonly NumberParameter From = NumberParameter.Revision("from", "The earlier revision; without it the one before.");
    private static readonly NumberParameter Before = NumberParameter.Revision("before", "Only what comes before: a revision, for all modules a commit id.");
    private static readonly TextParameter Section = new("section", "Only this section, or table.");
    private static readonly TextParameter Option = new("option", "Only this option of the section.");
    private static readonly NumberParameter DiffCount = Standard.Count(DiffQuery.LargestCount, DiffQuery.LargestCount);
    private static readonly NumberParameter Count = Standard.Count(MaxHistory, 20);

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        var entries = WireJson.Default.IReadOnlyListHistoryEntry;
        api.Get("/history", "The newest commits of all modules, newest first.", AllAsync).Query(Before, Count, Standard.Fields).Answers(entries).AnswersLines(WireJson.Default.HistoryEntry).Compresses();
        api.Get("/modules/{module}/history", "The newest commits of a module, or those that touched a path of it, newest first.", ModuleAsync)
            .Query(Before, Count, Section, Option, Standard.Fields).Answers(entries).AnswersLines(WireJson.Default.HistoryEntry).Compresses();
        api.Get("/modules/{module}/diff", "In what two revisions of a module differ.", DiffAsync)
            .Query(From, To, Section, Option, Standard.Skip, DiffCount, Standard.Fields).Answers(WireJson.Default.DiffReply).Compresses();
        api.Post("/modules/{module}/rollback", "Makes a module, a section, an option or a table what it was, as a new commit.", RollbackAsync)
            .Takes(WireJson.Default.RollbackRequest).Answers(WireJson.Default.CommitReply).Changes();
    }

    /// <summary>In what two revisions of a module differ.</summary>
    public Task DiffAsync(HttpContext context)
    {
        var module = modules.Find(context).Module;
        var last = node.History.LastRevision(module).Value;
        var to = To.Find(context) ?? last;
        var from = From.Find(context) ?? Math.Max(to - 1, 0);
        var skip = Standard.Skip.ReadInt(context);
        var count = DiffCount.ReadInt(context);
        node.History.CheckThere(module, new Revision(Math.Max(from, to)));
        var before = context.Scope().Filter(module.Name, node.History.StateAt(module, new Revision(from)));
        var after = context.Scope().Filter(module.Name, node.History.StateAt(module, new Revision(to)));
        var scope = ScopeOf(Section.Find(context), Option.Find(context));
        var found = DifferenceFilter.Apply(before, after, scope).Skip(skip).Take(count + 1).Select(DifferenceMapper.ToWire).ToList();
        var reply = new DiffReply { Module = module.Name, From = from, To = to, Differences = [.. found.Take(count)], More = found.Count > count };
        return Answers.WriteAsync(context, reply, WireJson.Default.DiffReply);
    }

    /// <summary>Makes a module, a section or an option what it was, as a new commit.</summary>
    public async Task RollbackAsync(HttpContext context)
    {
        var request = await Answers.ReadAsync(context, WireJson.Default.RollbackRequest);
        var actor = modules.Find(context);
        if (actor.Module.Name != AccessScope.RulesModule)
        {
            ModuleEndpoints.RequireSomeOf(context, AccessAction.Write, actor.Module.Name);
        }

        var scope = ScopeOf(request.Section, request.Option);
        var message = request.Message ?? $"roll back {string.Join('.', new[] { actor.Module.Name, request.Section, request.Option }.OfType<string>())} to revision {request.To}";
        var origin = ModuleEndpoints.Origin(context, message, request.RequestId);
        var before = node.History.StateAt(actor.Module, new Revision(request.To));
        await AuditTrail.BeginAsync(context, AuditKinds.Administration, $"roll back to revision {request.To}", actor.Module.Name);
        await ModuleEndpoints.AnswerAsync(context, actor, new ModuleCommand.Revert(origin, before, null, scope) { WaitForFile = request.WaitForFile });
    }

    /// <summary>The newest commits of all modules, newest first.</summary>
    public Task AllAsync(HttpContext context) => WriteAsync(context, node.History.Readable.OfAll(context.Scope(), Before.Find(context), Count.ReadInt(context)));

    /// <summary>The newest commits of a module, or those that touched a path of it, newest first.</summary>
    public Task ModuleAsync(HttpContext context)
    {
        var module = modules.Find(context).Module;
        var access = context.Scope().In(module.Name);
        var count = Count.ReadInt(context);
        var before = Before.Find(context) is { } given ? new Revision(given) : (Revision?)null;
        var scope = ScopeOf(Section.Find(context), Option.Find(context));
        return WriteAsync(context, scope.Section is { } selector
            ? node.History.Readable.OfPath(module, access, FilterOf(context, module, selector, scope.Option), before, count)
            : node.History.Readable.OfModule(module, access, before, count));
    }

    private static Task WriteAsync(HttpContext context, IReadOnlyList<CommitHead> heads)
    {
        HistoryEntry[] entries = [.. heads.Select(ReplyMapper.ToEntry)];
        context.Response.Headers.Vary = "Accept";
        return Negotiation.Chosen(context) == MediaTypes.JsonLines
            ? Pages.WriteLinesAsync(context, entries, WireJson.Default.HistoryEntry)
            : Answers.WriteAsync(context, entries, WireJson.Default.IReadOnlyListHistoryEntry);
    }

    private PathFilter FilterOf(HttpContext context, ModuleName module, SectionSelector selector, string? option)
    {
        using var reader = modules.OpenSegment(context);
        var view = context.Scope().Filter(module.Name, reader.Snapshot());
        var name = (selector as SectionSelector.ByName)?.Name;
        var sections = name is null ? [] : node.History.Commits.SectionsCalled(module, name).ToHashSet();
        if (((selector as SectionSelector.ById)?.Id ?? SectionLookup.Find(view, selector)?.Id) is { } id)
        {
            sections.Add(id);
        }

        return sections.Count > 0 || name is not null
            ? new PathFilter(sections, name, option)
            : throw new RefusedException(ErrorCode.NotFound, $"there is no section '{SectionLookup.Describe(selector)}'");
    }

    private static ModuleScope ScopeOf(string? section, string? option) => (section, option) switch
    {
        (null, null) => ModuleScope.Module,
        (null, _) => throw new RefusedException(ErrorCode.InvalidArgument, "an option without a section is none; name the section too"),
        _ => new ModuleScope(SectionSelector.Parse(section), option),
    };
}
