using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Searching;

namespace Cms.Actors.Topics;

/// <summary>Which commits a subscriber wants: <c>module[.section[.option]]</c>, each part with <c>*</c> and <c>?</c>. Pure.</summary>
/// <remarks>
/// A section is meant by its name, by <c>#id</c>, or by <c>@type</c>; a part that is left out means all. The second part also means
/// tables. What happens to a section as a whole concerns its options, so it passes whatever the third part is.
/// </remarks>
public sealed record TopicPattern
{
    private const int LongestText = 1024;

    // Most patterns name a section, which is compared without making any text.
    private readonly bool _isPlainSection;

    private TopicPattern(string text, string module, string section, string option)
    {
        (Text, Module, Section, Option) = (text, module, section, option);
        _isPlainSection = section[0] is not ('@' or '#') && section.AsSpan().IndexOfAny('*', '?') < 0;
    }

    /// <summary>As it was given.</summary>
    public string Text { get; }

    /// <summary>The part for modules.</summary>
    public string Module { get; }

    /// <summary>The part for sections and tables; <c>*</c> when it was left out.</summary>
    public string Section { get; }

    /// <summary>The part for options; <c>*</c> when it was left out.</summary>
    public string Option { get; }

    /// <summary>Whether it means one module, by its name.</summary>
    public bool NamesOneModule => Module.AsSpan().IndexOfAny('*', '?') < 0;

    /// <summary>Takes a pattern apart.</summary>
    /// <exception cref="RefusedException">A part is empty, or there are more than three.</exception>
    public static TopicPattern Parse(string text)
    {
        var parts = text.Split('.');
        return text.Length <= LongestText && parts.Length <= 3 && parts.All(part => part.Length > 0)
            ? new TopicPattern(text, parts[0], parts.ElementAtOrDefault(1) ?? "*", parts.ElementAtOrDefault(2) ?? "*")
            : throw new RefusedException(
                ErrorCode.InvalidArgument, $"the pattern '{text}' is not legal: use module.section.option with * and ?, of at most {LongestText} characters");
    }

    /// <summary>Whether commits of this module may pass.</summary>
    public bool Matches(ModuleName module) => Glob.Matches(Module, module.ToString());

    /// <summary>Whether a change of a module that passes is meant.</summary>
    public bool Matches(ToldChange told) => told.Change switch
    {
        ModuleChange.OptionSet set => MatchesSection(told) && Glob.Matches(Option, set.Option),
        ModuleChange.OptionRemoved removed => MatchesSection(told) && Glob.Matches(Option, removed.Option),
        ModuleChange.OptionRenamed renamed => MatchesSection(told) && (Glob.Matches(Option, renamed.Option) || Glob.Matches(Option, renamed.NewOption)),
        ModuleChange.SectionRenamed renamed => MatchesSection(told) || Glob.Matches(Section, renamed.Name),
        ModuleChange.SectionRetyped retyped => MatchesSection(told) || Glob.Matches(Section, "@" + retyped.Type),
        ModuleChange.OfSection => MatchesSection(told),
        ModuleChange.OfTable ofTable => Glob.Matches(Section, ofTable.Table) && Option == "*",
        _ => throw new System.Diagnostics.UnreachableException($"unknown change {told.Change.GetType().Name}"),
    };

    /// <summary>Whether any of the patterns may mean something of a commit of a module that passes.</summary>
    internal static bool Concerns(IReadOnlyList<TopicPattern> patterns, TopicEvent.Committed committed)
    {
        foreach (var pattern in patterns)
        {
            if (pattern.Matches(committed.Module) && (!committed.IsComplete || committed.Changes.Any(pattern.Matches)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A commit with the changes that some of the patterns mean, or null when they mean none of it.</summary>
    internal static TopicEvent.Committed? Filter(IReadOnlyList<TopicPattern> patterns, TopicEvent.Committed committed)
    {
        var concerned = patterns.Where(pattern => pattern.Matches(committed.Module)).ToList();
        if (concerned.Any(pattern => pattern is { Section: "*", Option: "*" }))
        {
            return committed;
        }

        // What is not told of a large commit may be meant.
        var changes = concerned.Count == 0 ? [] : committed.Changes.Where(told => concerned.Any(pattern => pattern.Matches(told))).ToList();
        return changes.Count == committed.Changes.Count ? committed
            : changes.Count > 0 || (concerned.Count > 0 && !committed.IsComplete) ? committed with { Changes = changes }
            : null;
    }

    private bool MatchesSection(ToldChange told) => _isPlainSection ? told.Section?.Name == Section :
        Section == "*"
        || (told.Section is { } section && ((section.Name is { } name && Glob.Matches(Section, name)) || Glob.Matches(Section, "@" + section.Type)))
        || Glob.Matches(Section, $"#{((ModuleChange.OfSection)told.Change).Section}");
}
