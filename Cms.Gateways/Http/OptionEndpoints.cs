using System.Globalization;
using Cms.Client.Wire;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Http.Resources;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests about options and the elements of lists.</summary>
internal sealed class OptionEndpoints(ModuleEndpoints modules, ModuleReads reads, ModuleEdits edits)
{
    private const string All = "/modules/{module}/sections/{section}/options";
    private const string One = All + "/{option}";
    private const string Elements = One + "/elements";
    private const string Element = Elements + "/{index}";

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        var write = WireJson.Default.OptionWrite;
        var reply = WireJson.Default.CommitReply;
        api.Get(All, "The options of a section in order.", ListAsync).Reads().Answers(WireJson.Default.IReadOnlyDictionaryStringConfigValue).Compresses();
        api.Patch(All, "Sets the options that the body names and removes those that it gives null; the others stay.", PatchAllAsync)
            .Takes(WireJson.Default.IReadOnlyDictionaryStringConfigValue, MediaTypes.MergePatch).Takes(WireJson.Default.IReadOnlyDictionaryStringConfigValue).Edits().Answers(reply);
        api.Get(One, "An option.", GetAsync).Reads().Answers(WireJson.Default.OptionReply);
        api.Put(One, "Sets an option.", PutAsync).Takes(write).Edits().Answers(reply);
        api.Patch(One, "Gives an option that is there another value, or removes it with null.", PatchAsync)
            .Takes(WireJson.Default.OptionPatch, MediaTypes.MergePatch).Takes(WireJson.Default.OptionPatch).Edits().Answers(reply);
        api.Delete(One, "Removes an option.", DeleteAsync).Edits().Answers(reply);
        api.Get(Elements, "The elements of a list; a scalar has one.", ListElementsAsync).Reads().Answers(WireJson.Default.ElementsReply).Compresses();
        api.Post(Elements, "Appends an element to a list, or each of an array.", AddElementAsync).Takes(write).Edits().Answers(reply);
        api.Get(Element, "An element of a list.", GetElementAsync).Reads().Answers(write);
        api.Put(Element, "Gives an element of a list another value.", PutElementAsync).Takes(write).Edits().Answers(reply);
        api.Delete(Element, "Removes an element of a list.", DeleteElementAsync).Edits().Answers(reply);
    }

    private Task ListAsync(HttpContext context)
    {
        var selector = ModuleParts.Selector(context);
        return reads.AnswerAsync(context, modules.Find(context), view =>
        {
            var section = ModuleParts.Section(view, selector);
            return new Reading(ResourceTag.Of(view, section), each =>
                Answers.WriteAsync(each, view.Options(section.Id).ToDictionary(option => option.Name, option => option.Value), WireJson.Default.IReadOnlyDictionaryStringConfigValue));
        });
    }

    private async Task PatchAllAsync(HttpContext context)
    {
        var body = await Answers.ReadAsync(context, WireJson.Default.IReadOnlyDictionaryStringConfigValue);
        var patch = body.ToDictionary(option => option.Key, option => (ConfigValue?)option.Value);
        var selector = ModuleParts.Selector(context);
        await edits.PlanAsync(context, modules.Find(context), ModuleParts.Part(selector, mustBeThere: true), view =>
            new([.. SectionEndpoints.Patch(view, ModuleParts.Section(view, selector), patch)]));
    }

    private Task GetAsync(HttpContext context)
    {
        var (selector, name) = (ModuleParts.Selector(context), ModuleParts.Option(context));
        return reads.AnswerAsync(context, modules.Find(context), view =>
        {
            var (section, option) = ModuleParts.Option(view, selector, name);
            return new Reading(ResourceTag.Of(section, option), each => Answers.WriteSmallAsync(each, ToReply(view, section, option), WireJson.Default.OptionReply));
        });
    }

    private async Task PutAsync(HttpContext context)
    {
        var wanted = await Answers.ReadAsync(context, WireJson.Default.OptionWrite);
        var (selector, name) = (ModuleParts.Selector(context), ModuleParts.Option(context));
        await edits.CommitAsync(context, modules.Find(context), ModuleParts.Part(selector, name, mustBeThere: false), new ModuleOperation.SetOption(selector, name, wanted.Value));
    }

    private async Task PatchAsync(HttpContext context)
    {
        var patch = await Answers.ReadAsync(context, WireJson.Default.OptionPatch);
        var (selector, name) = (ModuleParts.Selector(context), ModuleParts.Option(context));
        ModuleOperation change = patch.Value is { } value ? new ModuleOperation.SetOption(selector, name, value) : new ModuleOperation.DeleteOption(selector, name);
        await edits.CommitAsync(context, modules.Find(context), ModuleParts.Part(selector, name, mustBeThere: true), change);
    }

    private Task DeleteAsync(HttpContext context)
    {
        var (selector, name) = (ModuleParts.Selector(context), ModuleParts.Option(context));
        return edits.CommitAsync(context, modules.Find(context), ModuleParts.Part(selector, name, mustBeThere: true), new ModuleOperation.DeleteOption(selector, name));
    }

    private Task ListElementsAsync(HttpContext context)
    {
        var (selector, name) = (ModuleParts.Selector(context), ModuleParts.Option(context));
        return reads.AnswerAsync(context, modules.Find(context), view =>
        {
            var (section, option) = ModuleParts.Option(view, selector, name);
            return new Reading(ResourceTag.Of(section, option), each => Answers.WriteAsync(
                each, new() { Revision = view.Revision.Value, Elements = [.. Enumerable.Range(0, option.Value.Count).Select(index => ElementAt(option.Value, index))] }, WireJson.Default.ElementsReply));
        });
    }

    private async Task AddElementAsync(HttpContext context)
    {
        var wanted = await Answers.ReadAsync(context, WireJson.Default.OptionWrite);
        var (selector, name) = (ModuleParts.Selector(context), ModuleParts.Option(context));
        await edits.CommitAsync(context, modules.Find(context), ModuleParts.Part(selector, name, mustBeThere: false), new ModuleOperation.AddToList(selector, name, wanted.Value));
    }

    private Task GetElementAsync(HttpContext context)
    {
        var (selector, name, index) = (ModuleParts.Selector(context), ModuleParts.Option(context), Index(context));
        return reads.AnswerAsync(context, modules.Find(context), view =>
        {
            var (section, option) = ModuleParts.Option(view, selector, name);
            return index < option.Value.Count
                ? new Reading(ResourceTag.Of(section, option), each => Answers.WriteSmallAsync(each, new() { Value = ElementAt(option.Value, index) }, WireJson.Default.OptionWrite))
                : throw NoElement(selector, name, index);
        });
    }

    private async Task PutElementAsync(HttpContext context)
    {
        var wanted = await Answers.ReadAsync(context, WireJson.Default.OptionWrite);
        if (wanted.Value.IsList)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, "the value is an array; an element is one value");
        }

        await ChangeElementAsync(context, (selector, name, index) => new ModuleOperation.SetElement(selector, name, index, wanted.Value));
    }

    private Task DeleteElementAsync(HttpContext context) =>
        ChangeElementAsync(context, (selector, name, index) => new ModuleOperation.DeleteElement(selector, name, index));

    private Task ChangeElementAsync(HttpContext context, Func<SectionSelector, string, int, ModuleOperation> change)
    {
        var (selector, name, index) = (ModuleParts.Selector(context), ModuleParts.Option(context), Index(context));
        return edits.PlanAsync(context, modules.Find(context), ModuleParts.Part(selector, name, mustBeThere: true), view =>
        {
            var value = ModuleParts.Option(view, selector, name).Option.Value;
            return !value.IsList ? throw new RefusedException(ErrorCode.InvalidArgument, $"option '{SectionLookup.Describe(selector)}.{name}' is no list; set the option itself")
                : index < value.Count ? new([change(selector, name, index)]) : throw NoElement(selector, name, index);
        });
    }

    private static OptionReply ToReply(IModuleView view, SectionView section, OptionView option) => new()
    {
        Section = section.Name ?? $"#{section.Id}",
        Option = option.Name,
        Value = option.Value,
        Changed = option.Changed.Value,
        Revision = view.Revision.Value,
    };

    private static ConfigValue ElementAt(ConfigValue value, int index) =>
        ConfigValue.TryDecode(value.ElementType, isList: false, value.ElementEncodings().ElementAt(index), out var element) ? element!
        : throw new InvalidOperationException("an element of a list cannot be read as a value of its type");

    private static RefusedException NoElement(SectionSelector selector, string name, int index) =>
        ModuleParts.NotThere($"element {index} of option '{SectionLookup.Describe(selector)}.{name}'", $"{SectionLookup.Describe(selector)}.{name}[{index}]");

    private static int Index(HttpContext context) =>
        int.TryParse(ModuleParts.Value(context, "index"), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index
        : throw new RefusedException(ErrorCode.InvalidArgument, $"'{ModuleParts.Value(context, "index")}' is no place in a list: use a number from 0");
}
