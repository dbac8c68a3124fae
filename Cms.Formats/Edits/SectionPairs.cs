using Cms.Formats.Modules;

namespace Cms.Formats.Edits;

/// <summary>Which sections of two states of one module are the same.</summary>
/// <remarks>
/// A permanent id says so. A section that was removed and restored has another one: of those whose id the other state lacks, the
/// ones of the same given name belong together, and anonymous ones of equal type and content, in order. Pure.
/// </remarks>
internal sealed class SectionPairs
{
    private readonly IModuleView _before;
    private readonly IModuleView _after;
    private readonly Dictionary<SectionId, SectionId> _toAfter = [];
    private readonly Dictionary<SectionId, SectionId> _toBefore = [];

    public SectionPairs(IModuleView before, IModuleView after)
    {
        (_before, _after) = (before, after);
        if (ReferenceEquals(before, after))
        {
            return;
        }

        var gone = before.Sections().Where(section => after.FindSection(section.Id) is null).ToList();
        var born = gone.Count == 0 ? [] : after.Sections().Where(section => before.FindSection(section.Id) is null).ToList();
        PairNames(gone, born);
        PairContents([.. gone.Where(section => section.Name is null)], [.. born.Where(section => section.Name is null)]);
    }

    /// <summary>The section of the later state that a section of the earlier one has become, or null.</summary>
    public SectionId? AfterOf(SectionId before) =>
        _toAfter.TryGetValue(before, out var other) ? other
        : _after.FindSection(before) is not null ? before
        : null;

    /// <summary>The section of the earlier state that a section of the later one was, or null.</summary>
    public SectionId? BeforeOf(SectionId after) =>
        _toBefore.TryGetValue(after, out var other) ? other
        : _before.FindSection(after) is not null ? after
        : null;

    private void PairNames(List<SectionView> gone, List<SectionView> born)
    {
        var byName = born.Where(section => section.Name is not null).ToDictionary(section => section.Name!, section => section.Id);
        foreach (var section in gone)
        {
            if (section.Name is not null && byName.TryGetValue(section.Name, out var same))
            {
                Pair(section.Id, same);
            }
        }
    }

    private void PairContents(List<SectionView> gone, List<SectionView> born)
    {
        if (gone.Count == 0 || born.Count == 0)
        {
            return;
        }

        var byContent = born.GroupBy(section => (section.Type, SectionContent.HashOf(_after, section.Id)))
            .ToDictionary(group => group.Key, group => new Queue<SectionId>(group.Select(section => section.Id)));
        foreach (var section in gone)
        {
            if (byContent.TryGetValue((section.Type, SectionContent.HashOf(_before, section.Id)), out var same)
                && same.TryPeek(out var first)
                && SectionContent.AreEqual(_before, section.Id, _after, first))
            {
                Pair(section.Id, same.Dequeue());
            }
        }
    }

    private void Pair(SectionId before, SectionId after)
    {
        _toAfter.Add(before, after);
        _toBefore.Add(after, before);
    }
}
