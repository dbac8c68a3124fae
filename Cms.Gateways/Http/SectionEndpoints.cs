using Cms.Client.Wire;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Http.Resources;
using Cms.Gateways.Requests;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests about sections.</summary>
internal sealed class SectionEndpoints(ModuleEndpoints modules, ModuleReads reads, ModuleEdits edits)
{
    private const string All = "/modules/{module}/sections";
    private const string One = All + "/{section}";
    private const string NewKey = "new";
    private static readonly TextParameter Type = new("type", "Only sections of this type.");
    private static readonly NumberParameter Count = Standard.Count(10_000, 100);

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        api.Get(All, "The sections of a module in order.", ListAsync).Query(Type, Standard.Skip, Count).Reads()
            .Answers(WireJson.Default.SectionsReply).AnswersLines(WireJson.Default.SectionReport).Compresses();
        api.Post(All, "Adds a section at the end.", AddAsync).Takes(WireJson.Default.SectionWrite).Edits().Answers(WireJson.Default.CommitReply, StatusCodes.Status201Created);
        api.Get(One, "A section with its options.", GetAsync).Reads().Answers(WireJson.Default.SectionReport).Compresses();
        api.Put(One, "Makes a section what the body says, with no other options; one that is not there is made.", PutAsync)
            .Takes(WireJson.Default.SectionWrite).Edits().Answers(WireJson.Default.CommitReply);
        api.Patch(One, "Changes type, name or options of a section; those that the body does not name stay.", PatchAsync)
            .Takes(WireJson.Default.SectionPatch, MediaTypes.MergePatch).Takes(WireJson.Default.SectionPatch).Edits().Answers(WireJson.Default.CommitReply);
        api.Delete(One, "Removes a section with its options.", DeleteAsync).Edits().Answers(WireJson.Default.CommitReply);
    }

    private Task ListAsync(HttpContext context)
    {
        var (type, skip, count) = (Type.Find(context), Standard.Skip.ReadInt(context), Count.ReadInt(context));
        return reads.AnswerAsync(context, modules.Find(context), view => new Reading(ResourceTag.Of(view), each =>
        {
            var sections = view.Sections().Where(section => type is null || section.Type == type).Skip(skip).Take(count + 1).ToList();
            var shown = sections.Take(count).Select(section => ReplyMapper.ToReport(view, section)).ToList();
            var page = new Page(sections.Count > count, view.Revision);
            return Pages.WriteAsync(each, page, shown, WireJson.Default.SectionReport, new() { Revision = view.Revision.Value, Sections = shown, More = page.IsMore }, WireJson.Default.SectionsReply);
        }));
    }

    private Task GetAsync(HttpContext context)
    {
        var selector = ModuleParts.Selector(context);
        return reads.AnswerAsync(context, modules.Find(context), view =>
        {
            var section = ModuleParts.Section(view, selector);
            return new Reading(ResourceTag.Of(view, section), each => Answers.WriteAsync(each, ReplyMapper.ToReport(view, section), WireJson.Default.SectionReport));
        });
    }

    private async Task AddAsync(HttpContext context)
    {
        var wanted = await Answers.ReadAsync(context, WireJson.Default.SectionWrite);
        var actor = modules.Find(context);
        var add = new ModuleOperation.AddSection(TypeOf(wanted), wanted.Name, NewKey);
        IEnumerable<ModuleOperation> sets = OptionsOf(wanted).Select(option => new ModuleOperation.SetOption(new SectionSelector.ByKey(NewKey), option.Key, option.Value));
        var planned = new ModuleEdits.Planned([add, .. sets])
        {
            LocationOf = reply => $"{OperationCatalogue.Root}/modules/{actor.Module.Name}/sections/{wanted.Name ?? (reply.Born.TryGetValue(NewKey, out var id) ? $"%23{id}" : "")}",
        };
        var part = wanted.Name is { } name ? ModuleParts.Part(new SectionSelector.ByName(name), mustBeThere: false) : new("section", wanted.Type ?? "", _ => null, MustBeThere: false);
        await edits.PlanAsync(context, actor, part, _ => planned);
    }

    private async Task PutAsync(HttpContext context)
    {
        var wanted = await Answers.ReadAsync(context, WireJson.Default.SectionWrite);
        var selector = ModuleParts.Selector(context);
        if (wanted.Name is not null && wanted.Name != (selector as SectionSelector.ByName)?.Name)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"the body names the section '{wanted.Name}', the address '{SectionLookup.Describe(selector)}'; rename it with PATCH");
        }

        var options = OptionsOf(wanted);
        await edits.PlanAsync(context, modules.Find(context), ModuleParts.Part(selector, mustBeThere: selector is not SectionSelector.ByName), view =>
        {
            var section = SectionLookup.Find(view, selector);
            var gone = section is null ? [] : view.Options(section.Id).Where(option => !options.ContainsKey(option.Name));
            return new([
                .. section is null || wanted.Type is not null ? [new ModuleOperation.SetSection(selector, TypeOf(wanted))] : Array.Empty<ModuleOperation>(),
                .. gone.Select(option => new ModuleOperation.DeleteOption(selector, option.Name)),
                .. options.Select(option => new ModuleOperation.SetOption(selector, option.Key, option.Value)),
            ]);
        });
    }

    private async Task PatchAsync(HttpContext context)
    {
        var patch = await Answers.ReadAsync(context, WireJson.Default.SectionPatch);
        var selector = ModuleParts.Selector(context);
        await edits.PlanAsync(context, modules.Find(context), ModuleParts.Part(selector, mustBeThere: true), view =>
        {
            var section = ModuleParts.Section(view, selector);
            var byId = new SectionSelector.ById(section.Id);
            return new([
                .. patch.Type is null ? Array.Empty<ModuleOperation>() : [new ModuleOperation.SetSection(byId, patch.Type)],
                .. patch.Name is null ? Array.Empty<ModuleOperation>() : [new ModuleOperation.RenameSection(byId, patch.Name)],
                .. Patch(view, section, patch.Options),
            ]);
        });
    }

    private Task DeleteAsync(HttpContext context)
    {
        var selector = ModuleParts.Selector(context);
        return edits.CommitAsync(context, modules.Find(context), ModuleParts.Part(selector, mustBeThere: true), new ModuleOperation.DeleteSection(selector));
    }

    /// <summary>What a merge patch does to the options of a section.</summary>
    public static IEnumerable<ModuleOperation> Patch(IModuleView view, SectionView section, IReadOnlyDictionary<string, ConfigValue?>? options)
    {
        var byId = new SectionSelector.ById(section.Id);
        return (options ?? new Dictionary<string, ConfigValue?>())
            .Where(option => option.Value is not null || view.FindOption(section.Id, option.Key) is not null)
            .Select(option => option.Value is { } value ? (ModuleOperation)new ModuleOperation.SetOption(byId, option.Key, value) : new ModuleOperation.DeleteOption(byId, option.Key));
    }

    // JSON has a null, which the declared type does not keep out.
    private static IReadOnlyDictionary<string, ConfigValue> OptionsOf(SectionWrite wanted) =>
        wanted.Options?.FirstOrDefault(option => option.Value is null).Key is { } empty
            ? throw new RefusedException(ErrorCode.InvalidArgument, $"option '{empty}' is null; leave it out, or remove it with PATCH")
            : wanted.Options ?? new Dictionary<string, ConfigValue>();

    private static string TypeOf(SectionWrite wanted) =>
        wanted.Type ?? throw new RefusedException(ErrorCode.InvalidArgument, "the body lacks 'type', which a new section needs");
}
