using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cms.Gateways.Http.Resources;

/// <summary>Finds the parts of a module that the path of a request names.</summary>
internal static class ModuleParts
{
    /// <summary>The section's selector.</summary>
    /// <exception cref="RefusedException">It is not legal.</exception>
    public static SectionSelector Selector(HttpContext context) => SectionSelector.Parse(Value(context, "section")) switch
    {
        SectionSelector.ByKey => throw new RefusedException(ErrorCode.InvalidArgument, $"section '{Value(context, "section")}' is not legal: use a name, @type[n], or #id"),
        var selector => selector,
    };

    /// <summary>The option's name.</summary>
    public static string Option(HttpContext context) => Value(context, "option");

    /// <summary>What a name in the path stands for.</summary>
    public static string Value(HttpContext context, string name) => (string)context.Request.RouteValues[name]!;

    /// <summary>The section in a state.</summary>
    /// <exception cref="RefusedException">It is not there.</exception>
    public static SectionView Section(IModuleView view, SectionSelector selector) => SectionLookup.Find(view, selector)
        ?? throw NotThere($"section '{SectionLookup.Describe(selector)}'", SectionLookup.Describe(selector));

    /// <summary>The option in a state.</summary>
    /// <exception cref="RefusedException">It is not there.</exception>
    public static (SectionView Section, OptionView Option) Option(IModuleView view, SectionSelector selector, string name)
    {
        var section = Section(view, selector);
        return (section, view.FindOption(section.Id, name)
            ?? throw NotThere($"option '{SectionLookup.Describe(selector)}.{name}'", $"{SectionLookup.Describe(selector)}.{name}"));
    }

    /// <summary>What a change of a section is about.</summary>
    public static ModuleEdits.Part Part(SectionSelector selector, bool mustBeThere) => new(
        "section",
        SectionLookup.Describe(selector),
        view => SectionLookup.Find(view, selector) is { } section ? ResourceTag.Of(view, section) : null,
        mustBeThere);

    /// <summary>What a change of an option is about.</summary>
    public static ModuleEdits.Part Part(SectionSelector selector, string option, bool mustBeThere) => new(
        "option",
        $"{SectionLookup.Describe(selector)}.{option}",
        view => SectionLookup.Find(view, selector) is { } section && view.FindOption(section.Id, option) is { } found ? ResourceTag.Of(section, found) : null,
        mustBeThere);

    /// <summary>The last part of the path as the caller wrote it, without its escapes: it may hold a slash, which a route does not undo.</summary>
    public static string LastSegment(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var end = target.IndexOf('?', StringComparison.Ordinal);
        var path = end < 0 ? target : target[..end];
        return Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
    }

    /// <summary>The refusal for what is not there.</summary>
    public static RefusedException NotThere(string what, string path) => new(new Refusal(ErrorCode.NotFound, $"there is no {what}") { Paths = [path] });
}
