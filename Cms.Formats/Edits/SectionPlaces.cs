using Cms.Formats.Modules;

namespace Cms.Formats.Edits;

/// <summary>Gives sections their places back; a part of <see cref="RevertPlan"/>.</summary>
/// <remarks>Sections that others added stay behind the one that they follow. Where others have moved sections, only the restored ones are moved.</remarks>
internal sealed class SectionPlaces
{
    private readonly List<SectionId> _before;
    private readonly List<SectionId> _after;
    private readonly SectionPairs _changed;
    private readonly SectionPairs _since;
    private readonly List<SectionId> _current;
    private readonly List<SectionId> _additions;
    private readonly List<Place> _present;
    private readonly List<Place> _wanted;

    public SectionPlaces(
        IModuleView before, IModuleView after, IModuleView current, SectionPairs changed, SectionPairs since, HashSet<SectionId> removals, List<SectionId> additions)
    {
        (_changed, _since, _additions) = (changed, since, additions);
        _before = IdsOf(before);
        _after = ReferenceEquals(before, after) ? _before : IdsOf(after);
        _current = ReferenceEquals(after, current) ? _after : IdsOf(current);
        _present = [.. _current.Where(id => !removals.Contains(id)).Select(id => new Place(id, IsNew: false)), .. additions.Select(id => new Place(id, IsNew: true))];
        var isPresent = _present.ToHashSet();
        var isNew = additions.ToHashSet();
        _wanted = [.. _before.Select(id => isNew.Contains(id) ? new Place(id, IsNew: true) : NowOf(id) is { } now ? new Place(now, IsNew: false) : default)
            .Where(isPresent.Contains)];
    }

    /// <summary>The moves that restore the order of all sections.</summary>
    /// <param name="kept">Gets the paths of the sections that were moved and stay, since others moved some too.</param>
    /// <param name="pathOf">The path of a section as it is now.</param>
    public IEnumerable<ModuleOperation> Restore(List<string> kept, Func<SectionId, string> pathOf)
    {
        var common = _before.Select(_changed.AfterOf).OfType<SectionId>().ToList();
        var isReordered = !SequenceOrder.IsKept(common, _after);
        if (!isReordered && _additions.Count == 0)
        {
            return [];
        }

        var left = _after.Select(_since.AfterOf).OfType<SectionId>().ToList();
        if (SequenceOrder.IsKept(left, _current))
        {
            return MovesTo(SequenceOrder.Insert(_wanted, _present));
        }

        if (isReordered)
        {
            kept.AddRange(MovedOf(common).Select(_since.AfterOf).OfType<SectionId>().Select(pathOf));
        }

        return MovesTo(SequenceOrder.Insert([.. _present.Where(place => !place.IsNew)], _wanted));
    }

    /// <summary>The move that puts one section back behind the one that it followed, if it was removed or moved.</summary>
    /// <param name="only">Its id in the earlier state.</param>
    public IEnumerable<ModuleOperation> Restore(SectionId only)
    {
        var place = _additions.Count > 0 ? new Place(only, IsNew: true) : new Place(NowOf(only) ?? default, IsNew: false);
        return _present.Contains(place) && (place.IsNew || HasMoved(only))
            ? MovesTo(SequenceOrder.Insert([.. _present.Where(other => other != place)], _wanted))
            : [];
    }

    private SectionId? NowOf(SectionId before) => _changed.AfterOf(before) is { } after ? _since.AfterOf(after) : null;

    // Whether another number of the sections that both states have stands in front of it.
    private bool HasMoved(SectionId before)
    {
        var after = _changed.AfterOf(before)!.Value;
        return _before.TakeWhile(id => id != before).Count(id => _changed.AfterOf(id) is not null)
            != _after.TakeWhile(id => id != after).Count(id => _changed.BeforeOf(id) is not null);
    }

    private IEnumerable<SectionId> MovedOf(List<SectionId> common)
    {
        var places = common.Select((id, index) => (id, index)).ToDictionary(pair => pair.id, pair => pair.index);
        var shared = _after.Where(places.ContainsKey).ToList();
        var steady = SequenceOrder.FindSteady(shared.ConvertAll(id => places[id]));
        return shared.Where((_, index) => !steady[index]);
    }

    // Those that are out of order go, one after the other from the front, behind the one that they follow in the end.
    private IEnumerable<ModuleOperation> MovesTo(List<Place> target)
    {
        var places = _present.Select((place, index) => (place, index)).ToDictionary(pair => pair.place, pair => pair.index);
        var origins = target.ConvertAll(place => places[place]);
        var steady = SequenceOrder.FindSteady(origins);
        var waiting = origins.Where((_, index) => !steady[index]).Order().ToList();
        var front = -1;
        for (var index = 0; index < target.Count; index++)
        {
            if (steady[index])
            {
                front = origins[index];
                continue;
            }

            // In front of it then are all before it in the target, and what still waits before the last steady one.
            waiting.RemoveAt(waiting.BinarySearch(origins[index]));
            var search = waiting.BinarySearch(front);
            yield return new ModuleOperation.MoveSection(Selector(target[index]), index + (search < 0 ? ~search : search));
        }
    }

    private static SectionSelector Selector(Place place) => place.IsNew ? SectionRevert.KeyOf(place.Id) : new SectionSelector.ById(place.Id);

    private static List<SectionId> IdsOf(IModuleView view) => [.. view.Sections().Select(section => section.Id)];

    /// <summary>A section in the order.</summary>
    /// <param name="Id">Its id now; of a restored one that in the earlier state.</param>
    /// <param name="IsNew">Whether it is restored.</param>
    private readonly record struct Place(SectionId Id, bool IsNew);
}
