using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Searching;
using Cms.Formats.Secrets;
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Reading;

/// <summary>Finds options of a segment, as of a view's revision, by going through its memory from one end to the other.</summary>
/// <remarks>
/// Reading memory in its order is many times as fast as following the order of the module, whose entries lie anywhere. So the
/// few that may be found are picked first, and looked up afterwards. One thread at a time.
/// </remarks>
internal sealed class SegmentSearch
{
    /// <summary>With more options than these found, following the order of the module is the shorter way.</summary>
    private const int MostCandidates = 1 << 14;

    private readonly IModuleView _view;
    private readonly SegmentView _ground;
    private readonly Overlay? _overlay;
    private readonly OptionMatcher _matcher;
    private readonly SectionOrder _order;
    private readonly EntryReader _reader;
    private readonly Dictionary<string, SectionView?> _sections = [];

    private SegmentSearch(IModuleView view, SegmentView ground, Overlay? overlay, OptionMatcher matcher)
    {
        (_view, _ground, _overlay, _matcher) = (view, ground, overlay, matcher);
        _order = new(view);
        _reader = new(ground.Memory);
    }

    /// <summary>What is found, in the order of the module.</summary>
    /// <returns>Null when this is not the way to search the view, or when more is found than it is good for.</returns>
    public static IReadOnlyList<OptionHit>? TryRun(IModuleView view, OptionMatcher matcher)
    {
        // Every section has a place, so a pattern that names places may find any.
        if (matcher.SearchesPath && matcher.Query.Pattern.NamesPlaces)
        {
            return null;
        }

        // What is hidden is not found by its value and is not shown, so a view that redacts is searched as what is under it.
        var overlay = view as Overlay;
        return Unwrap(overlay?.Ground ?? view) is not SegmentView segment ? null
            : overlay is null or { HasGroundSections: true } ? new SegmentSearch(segment, segment, null, matcher).Run()
            : new SegmentSearch(overlay, segment, overlay, matcher).Run();
    }

    private static IModuleView Unwrap(IModuleView view) => view is RedactedView redacted ? redacted.Ground : view;

    private List<OptionHit>? Run()
    {
        if (new OptionScan(_ground.Memory, _ground.Revision, _matcher, _order).Run(MostCandidates) is not { } candidates)
        {
            return null;
        }

        var hits = new List<OptionHit>();
        foreach (var offset in candidates)
        {
            if (Confirm(offset) is { } hit)
            {
                hits.Add(hit);
            }
        }

        foreach (var section in _overlay?.TouchedSections ?? [])
        {
            var name = _order.NameOf(section);
            hits.AddRange(OptionSearch.InSection(_view, section, name, section.Name is null ? name : null, _matcher));
        }

        return InOrder(hits);
    }

    private OptionHit? Confirm(long offset)
    {
        if (!_reader.TryReadOption(offset, _ground.Revision.Value))
        {
            return null;
        }

        Span<byte> key = stackalloc byte[_reader.Entry.Key.Length];
        _reader.Entry.Key.CopyTo(key);
        var result = _reader.Find(key, _ground.Revision.Value);
        if (result == LookupResult.TooOld)
        {
            throw new SnapshotTooOldException(_ground.Revision);
        }

        // Another version than the one that was seen is met in its own place.
        return result == LookupResult.Found && _reader.Offset == offset ? ToHit(key) : null;
    }

    private OptionHit? ToHit(ReadOnlySpan<byte> key)
    {
        var dot = key.IndexOf((byte)'.');
        var isAnonymous = key.Length > SegmentKey.IdSize && key[SegmentKey.IdSize - 1] == 0;
        var prefix = isAnonymous ? SegmentKey.IdSize : dot;
        if (prefix <= 0 || prefix + 1 >= key.Length)
        {
            throw _ground.Memory.Corrupt("An option's key is none.");
        }

        var value = _reader.Entry.ToValue() ?? throw _ground.Memory.Corrupt("The bytes of a value do not fit its type.");
        var option = new OptionView(Encoding.ASCII.GetString(key[(prefix + 1)..]), SealedText.Redact(value), new(_reader.Entry.Changed));
        if (FindSection(key[..prefix], isAnonymous) is not { } section || _overlay?.IsGround(section.Id) == false)
        {
            return null;
        }

        return _matcher.Query.SectionType is { } type && section.Type != type ? null : new OptionHit(section, _order.NameOf(section), option);
    }

    private SectionView? FindSection(ReadOnlySpan<byte> prefix, bool isAnonymous)
    {
        var name = Encoding.Latin1.GetString(prefix);
        if (!_sections.TryGetValue(name, out var section))
        {
            section = isAnonymous ? _ground.FindSection(new SectionId(SegmentKey.ReadId(prefix))) : _ground.FindSection(name);
            _sections.Add(name, section);
        }

        return section is null || section.Name == (isAnonymous ? null : name) ? section : throw _ground.Memory.Corrupt("A section has not the name by which it is found.");
    }

    private List<OptionHit> InOrder(List<OptionHit> hits)
    {
        var bySection = hits.GroupBy(hit => hit.Section.Id).ToList();
        var places = _order.PlacesOf([.. bySection.Select(group => group.Key)]);
        return [.. bySection.OrderBy(group => places.GetValueOrDefault(group.Key)).SelectMany(InOrder)];
    }

    private IEnumerable<OptionHit> InOrder(IGrouping<SectionId, OptionHit> hits)
    {
        if (!hits.Skip(1).Any())
        {
            return hits;
        }

        var found = hits.ToDictionary(hit => hit.Option.Name);
        return _view.Options(hits.Key).Select(option => found.GetValueOrDefault(option.Name)).OfType<OptionHit>();
    }
}
