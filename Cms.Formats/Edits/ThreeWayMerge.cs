using Cms.Formats.Modules;

namespace Cms.Formats.Edits;

/// <summary>What a merge wants done, and where it must not.</summary>
/// <param name="Operations">To be applied to the current state, in order.</param>
/// <param name="Conflicts">Addresses that both sides changed, each differently; they keep the current value.</param>
public sealed record MergePlan(IReadOnlyList<ModuleOperation> Operations, IReadOnlyList<string> Conflicts);

/// <summary>Carries the difference between two states over to a third that grew from the first.</summary>
/// <remarks>
/// The first state is the ground, the second theirs (a hand-edited file), the third the current state. Ground
/// and current share section ids; theirs is matched to the ground by name, else by type, content and order.
/// Values are compared as a text shows them, so that what came through a file unchanged keeps its type.
/// With the current state as the ground there are no conflicts, and the plan is a plain difference. Pure.
/// </remarks>
public sealed class ThreeWayMerge
{
    private readonly IModuleView _ground;
    private readonly IModuleView _theirs;
    private readonly IModuleView _current;
    private readonly SectionMatch _match;
    private readonly Lazy<Dictionary<(string Type, int Hash), List<SectionId>>> _twins;
    private readonly List<ModuleOperation> _operations = [];
    private readonly List<string> _conflicts = [];
    private readonly HashSet<SectionId> _skipped = [];
    private bool _hasKeptRemoved;

    private ThreeWayMerge(IModuleView ground, IModuleView theirs, IModuleView current)
    {
        (_ground, _theirs, _current) = (ground, theirs, current);
        _match = Renameable(ground, theirs, SectionMatcher.Match(ground, theirs));
        _twins = new(FindTwins);
    }

    /// <summary>Plans the merge; nothing is changed.</summary>
    public static MergePlan Plan(IModuleView ground, IModuleView theirs, IModuleView current)
    {
        var merge = new ThreeWayMerge(ground, theirs, current);
        merge.RemoveSections();
        merge.ChangeSections();
        merge.AddSections();
        merge.OrderSections();
        return new MergePlan(merge._operations, merge._conflicts);
    }

    // A section cannot lose its name: one that became anonymous is another section.
    private static SectionMatch Renameable(IModuleView ground, IModuleView theirs, SectionMatch match)
    {
        var apart = match.OldToNew.Where(pair => ground.FindSection(pair.Key)!.Name is not null && theirs.FindSection(pair.Value)!.Name is null).ToDictionary();
        if (apart.Count == 0)
        {
            return match;
        }

        var isOld = match.OnlyOld.Concat(apart.Keys).ToHashSet();
        var isNew = match.OnlyNew.Concat(apart.Values).ToHashSet();
        return new SectionMatch(
            match.OldToNew.Where(pair => !apart.ContainsKey(pair.Key)).ToDictionary(),
            [.. ground.Sections().Select(section => section.Id).Where(isOld.Contains)],
            [.. theirs.Sections().Select(section => section.Id).Where(isNew.Contains)]);
    }

    private void RemoveSections()
    {
        foreach (var id in _match.OnlyOld)
        {
            if (_current.FindSection(id) is not { } section)
            {
                continue;
            }

            if (IsUnchanged(section) && section.Name == _ground.FindSection(id)!.Name)
            {
                _operations.Add(new ModuleOperation.DeleteSection(new SectionSelector.ById(id)));
            }
            else
            {
                _hasKeptRemoved = true;
                _conflicts.Add(SectionLookup.Describe(_current, section));
            }
        }
    }

    private void ChangeSections()
    {
        foreach (var before in _ground.Sections())
        {
            if (!_match.OldToNew.TryGetValue(before.Id, out var theirId))
            {
                continue;
            }

            var after = _theirs.FindSection(theirId)!;
            var isSame = before.Name == after.Name && SameContent(_ground, before, _theirs, after);
            if (isSame)
            {
                continue;
            }

            if (_current.FindSection(before.Id) is { } now)
            {
                ChangeSection(before, after, now);
            }
            else
            {
                _conflicts.Add(SectionLookup.Describe(_theirs, after));
            }
        }
    }

    private void ChangeSection(SectionView before, SectionView after, SectionView now)
    {
        var selector = new SectionSelector.ById(now.Id);
        if (after.Type != before.Type && now.Type != after.Type)
        {
            Take(now, now.Type == before.Type, new ModuleOperation.SetSection(selector, after.Type));
        }

        if (after.Name != before.Name && now.Name != after.Name)
        {
            var isOursToChange = now.Name == before.Name && _current.FindSection(after.Name!) is null;
            Take(now, isOursToChange, new ModuleOperation.RenameSection(selector, after.Name!));
        }

        foreach (var option in _ground.Options(before.Id).Concat(_theirs.Options(after.Id)).Select(option => option.Name).Distinct())
        {
            ChangeOption(
                now,
                option,
                _ground.FindOption(before.Id, option)?.Value,
                _theirs.FindOption(after.Id, option)?.Value);
        }

        OrderOptions(after, now);
    }

    private void ChangeOption(SectionView now, string option, ConfigValue? before, ConfigValue? after)
    {
        var current = _current.FindOption(now.Id, option)?.Value;
        if (SameValue(before, after) || SameValue(current, after))
        {
            return;
        }

        var selector = new SectionSelector.ById(now.Id);
        ModuleOperation operation = after is null or { Count: 0 }
            ? new ModuleOperation.DeleteOption(selector, option)
            : new ModuleOperation.SetOption(selector, option, after);
        Take(now, SameValue(current, before), operation, option);
    }

    // Options have no move of their own: from the first that stands elsewhere on they are set anew.
    private void OrderOptions(SectionView after, SectionView now)
    {
        if (!IsUnchanged(now))
        {
            return;
        }

        var old = _current.Options(now.Id).Select(option => option.Name).ToList();
        var theirs = SectionContent.Visible(_theirs, after.Id).ToList();
        var stay = theirs.Select(option => option.Name).ToHashSet();
        var expected = old.Where(stay.Contains).Concat(theirs.Select(option => option.Name).Except(old)).ToList();
        var selector = new SectionSelector.ById(now.Id);
        foreach (var option in theirs.Skip(theirs.Zip(expected).TakeWhile(pair => pair.First.Name == pair.Second).Count()))
        {
            var current = _current.FindOption(now.Id, option.Name)?.Value;
            _operations.Add(new ModuleOperation.DeleteOption(selector, option.Name));
            _operations.Add(new ModuleOperation.SetOption(selector, option.Name, SameValue(current, option.Value) ? current! : option.Value));
        }
    }

    private void AddSections()
    {
        foreach (var id in _match.OnlyNew)
        {
            var after = _theirs.FindSection(id)!;
            if (after.Name is null ? TakeTwin(after) : MergeIntoNamed(after))
            {
                _skipped.Add(id);
                continue;
            }

            var key = new SectionSelector.ByKey(KeyOf(id));
            _operations.Add(new ModuleOperation.AddSection(after.Type, after.Name, key.Key));
            _operations.AddRange(_theirs.Options(id).Select(option => new ModuleOperation.SetOption(key, option.Name, option.Value)));
        }
    }

    private bool MergeIntoNamed(SectionView after)
    {
        if (_current.FindSection(after.Name!) is not { } now)
        {
            return false;
        }

        // A section of the ground that somebody gave this name is another one, although the name is the same.
        if (now.Type != after.Type || _ground.FindSection(now.Id) is not null)
        {
            _conflicts.Add(after.Name!);
            return true;
        }

        foreach (var option in _theirs.Options(after.Id))
        {
            ChangeOption(now, option.Name, null, option.Value);
        }

        return true;
    }

    // A section that was committed and is in the file, but was not yet noted as written there.
    private bool TakeTwin(SectionView after)
    {
        if (!_twins.Value.TryGetValue((after.Type, SectionContent.HashOf(_theirs, after.Id)), out var twins))
        {
            return false;
        }

        var index = twins.FindIndex(twin => SectionContent.AreEqual(_current, twin, _theirs, after.Id));
        if (index >= 0)
        {
            twins.RemoveAt(index);
        }

        return index >= 0;
    }

    private Dictionary<(string Type, int Hash), List<SectionId>> FindTwins() => ReferenceEquals(_ground, _current) ? [] : _current.Sections()
        .Where(now => now.Name is null && _ground.FindSection(now.Id) is null)
        .GroupBy(now => (now.Type, SectionContent.HashOf(_current, now.Id)), now => now.Id)
        .ToDictionary(group => group.Key, group => group.ToList());

    // Only when nobody else added, removed or moved sections; otherwise the current order stays.
    private void OrderSections()
    {
        if (_hasKeptRemoved || !_current.Sections().Select(section => section.Id).SequenceEqual(_ground.Sections().Select(section => section.Id)))
        {
            return;
        }

        var byTheirs = _match.OldToNew.ToDictionary(pair => pair.Value, pair => pair.Key);
        SectionSelector SelectorOf(SectionId theirs) => byTheirs.TryGetValue(theirs, out var id)
            ? new SectionSelector.ById(id)
            : new SectionSelector.ByKey(KeyOf(theirs));

        var wanted = _theirs.Sections().Where(section => !_skipped.Contains(section.Id)).Select(section => SelectorOf(section.Id)).ToList();
        var order = _ground.Sections().Where(section => _match.OldToNew.ContainsKey(section.Id))
            .Select(section => (SectionSelector)new SectionSelector.ById(section.Id))
            .Concat(wanted.OfType<SectionSelector.ByKey>())
            .ToList();
        var places = wanted.Select((selector, index) => (selector, index)).ToDictionary(pair => pair.selector, pair => pair.index);
        for (var index = 0; index < wanted.Count; index++)
        {
            while (order[index] != wanted[index])
            {
                // One section taken from here to further back is one move, not a move of all in between.
                var isNextHere = index + 1 < order.Count && order[index + 1] == wanted[index];
                var moved = isNextHere ? order[index] : wanted[index];
                var target = isNextHere ? places[moved] : index;
                order.Remove(moved);
                order.Insert(target, moved);
                _operations.Add(new ModuleOperation.MoveSection(moved, target));
            }
        }
    }

    private static string KeyOf(SectionId theirs) => $"file:{theirs}";

    private void Take(SectionView now, bool isOursToChange, ModuleOperation operation, string? option = null)
    {
        if (isOursToChange)
        {
            _operations.Add(operation);
        }
        else
        {
            var section = SectionLookup.Describe(_current, now);
            _conflicts.Add(option is null ? section : $"{section}.{option}");
        }
    }

    private bool IsUnchanged(SectionView now) =>
        ReferenceEquals(_ground, _current)
        || (_ground.FindSection(now.Id) is { } before && SameContent(_ground, before, _current, now));

    private static bool SameContent(IModuleView left, SectionView leftSection, IModuleView right, SectionView rightSection) =>
        leftSection.Type == rightSection.Type && SectionContent.AreEqual(left, leftSection.Id, right, rightSection.Id);

    // A list without elements cannot be written in a text, so it is the same as no option.
    private static bool SameValue(ConfigValue? left, ConfigValue? right) =>
        left is null or { Count: 0 } ? right is null or { Count: 0 }
        : right is not null && SectionContent.AreEqual(left, right);
}
