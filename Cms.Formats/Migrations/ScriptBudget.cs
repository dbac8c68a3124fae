using Cms.Formats.Edits;
using Cms.Formats.Modules;

namespace Cms.Formats.Migrations;

/// <summary>What one run of a script may still do.</summary>
/// <remarks>Work is counted and not time, so that a script comes to the same end on every machine.</remarks>
/// <param name="steps">How many statements may be carried out that each do little.</param>
internal sealed class ScriptBudget(long steps = ScriptBudget.MaxSteps)
{
    /// <summary>The most statements that a run carries out, each as often as it comes up.</summary>
    public const long MaxSteps = 20_000_000;

    // One part is about the time in which a section is walked over.
    private const int PartsOfStep = 16;
    private const int PartsOfValue = 2;
    private const int BytesOfPart = 8;
    private const int SearchedOfPart = 64;

    private long _left = steps * PartsOfStep;

    /// <summary>Why a run ends that has nothing left.</summary>
    public string Spent { get; } = $"the script takes more than {steps} steps; have it look at fewer sections, find them by name, and make shorter texts";

    /// <summary>Takes a statement.</summary>
    /// <returns>False when that is more than is left.</returns>
    public bool TryTakeStep() => TryTake(PartsOfStep);

    /// <summary>Takes a walk over sections.</summary>
    /// <inheritdoc cref="TryTakeStep"/>
    public bool TryTakeSections(long count) => TryTake(count);

    /// <summary>Takes the making of a value, which whoever uses it reads once more.</summary>
    /// <inheritdoc cref="TryTakeStep"/>
    public bool TryTakeValue(ConfigValue value) => TryTake(((1L + (value.IsList ? value.Count : 0)) * PartsOfValue) + (value.Encoding.Length / BytesOfPart));

    /// <summary>Takes a search of one value in another, which may compare all of one at each place of the other.</summary>
    /// <inheritdoc cref="TryTakeStep"/>
    public bool TryTakeSearch(ConfigValue text, ConfigValue wanted) => TryTake((long)text.Encoding.Length * wanted.Encoding.Length / SearchedOfPart);

    /// <summary>Finds a section and takes the sections that are walked over for it.</summary>
    /// <param name="view">The module.</param>
    /// <param name="selector">Which section.</param>
    /// <param name="section">The section, or null.</param>
    /// <returns>False when that is more than is left.</returns>
    public bool TryFind(IModuleView view, SectionSelector selector, out SectionView? section)
    {
        var walked = 0L;
        section = selector switch
        {
            SectionSelector.ByIndex byIndex => SectionLookup.FindByIndex(
                view.Sections().Select(each =>
                {
                    walked++;
                    return each;
                }),
                byIndex.Type,
                byIndex.Index),
            SectionSelector.ByName byName when view.FindSection(byName.Name) is { } named => named,
            _ => SectionLookup.Find(view, selector),
        };
        if (section is not { Name: not null } && selector is SectionSelector.ByName { Name: var name } && SectionLookup.PlaceOf(name) is { } place)
        {
            walked = Math.Min(place, view.SectionCount);
        }

        return TryTake(walked);
    }

    private bool TryTake(long parts)
    {
        _left -= parts;
        return _left >= 0;
    }
}
