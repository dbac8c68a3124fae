using Cms.Formats.Modules;

namespace Cms.Formats.Edits;

/// <summary>Takes back what became of sections and their options; a part of <see cref="RevertPlan"/>.</summary>
internal sealed class SectionRevert
{
    private readonly IModuleView _before;
    private readonly IModuleView _after;
    private readonly IModuleView _current;
    private readonly ModuleScope _scope;
    private readonly SectionPairs _changed;
    private readonly SectionPairs _since;
    private readonly SectionId? _scopeBefore;
    private readonly SectionId? _scopeAfter;
    private readonly Lazy<Dictionary<SectionId, string>> _paths;
    private readonly HashSet<SectionId> _removals = [];
    private readonly Dictionary<SectionId, string> _renames = [];
    private readonly List<SectionView> _additions = [];
    private readonly List<ModuleOperation> _edits = [];
    private readonly List<string> _kept = [];

    public SectionRevert(IModuleView before, IModuleView after, IModuleView current, ModuleScope scope)
    {
        (_before, _after, _current, _scope) = (before, after, current, scope);
        _changed = new SectionPairs(before, after);
        _since = new SectionPairs(after, current);
        _paths = new(() => SectionLookup.DescribeAll(current).ToDictionary(each => each.Section.Id, each => each.Name));
        if (scope.Section is { } selector)
        {
            _scopeAfter = SectionLookup.Find(current, selector) is { } now ? _since.BeforeOf(now.Id) : null;
            _scopeBefore = _scopeAfter is { } present ? _changed.BeforeOf(present) : SectionLookup.Find(before, selector)?.Id;
            _scopeAfter ??= _scopeBefore is { } past ? _changed.AfterOf(past) : null;
        }
    }

    /// <summary>Whether the scope names a section, or an option, that is or was there.</summary>
    public bool IsFound =>
        _scope.Option is not { } option ? _scopeBefore is not null || _scopeAfter is not null
        : (_scopeBefore is { } before && _before.FindOption(before, option) is not null)
            || (_scopeAfter is { } after && _since.AfterOf(after) is { } now && _current.FindOption(now, option) is not null);

    /// <summary>The operations, and the paths that are left alone.</summary>
    public (IReadOnlyList<ModuleOperation> Operations, IReadOnlyList<string> Kept) Plan()
    {
        foreach (var after in _after.Sections().Where(section => IsInScope(null, section.Id) && _changed.BeforeOf(section.Id) is null))
        {
            RemoveAdded(after);
        }

        foreach (var before in _before.Sections())
        {
            var after = _changed.AfterOf(before.Id);
            if (!IsInScope(before.Id, after))
            {
                continue;
            }

            if (after is { } id)
            {
                ChangeBack(before, id);
            }
            else
            {
                AddRemoved(before);
            }
        }

        DropTakenNames();
        List<ModuleOperation> operations = [
            .. _removals.Select(id => new ModuleOperation.DeleteSection(new SectionSelector.ById(id))),
            .. new RenameOrder(_current, _removals, _renames).Operations(),
            .. _edits,
            .. _additions.SelectMany(Add)];
        var places = new SectionPlaces(_before, _after, _current, _changed, _since, _removals, _additions.ConvertAll(section => section.Id));
        operations.AddRange(_scope.Section is null ? places.Restore(_kept, PathOf)
            : _scope.Option is null && _scopeBefore is { } only ? places.Restore(only)
            : []);
        return (operations, _kept);
    }

    /// <summary>What operations of the plan call a restored section.</summary>
    public static SectionSelector.ByKey KeyOf(SectionId before) => new($"restored:{before}");

    private bool IsInScope(SectionId? before, SectionId? after) =>
        _scope.Section is null || (before is not null && before == _scopeBefore) || (after is not null && after == _scopeAfter);

    private void RemoveAdded(SectionView after)
    {
        // An anonymous one of the same content, which others added, is theirs.
        if (_since.AfterOf(after.Id) is not { } now || (now != after.Id && after.Name is null))
        {
            return;
        }

        if (_scope.Option is { } option)
        {
            RevertOptions(null, after.Id, now, option);
        }
        else if (IsAsLeft(after, now))
        {
            _removals.Add(now);
        }
        else
        {
            _kept.Add(PathOf(now));
        }
    }

    private void AddRemoved(SectionView before)
    {
        if (_scope.Option is null)
        {
            _additions.Add(before);
        }
        else
        {
            // One option alone does not bring its section back.
            _kept.Add($"{SectionLookup.Describe(_before, before)}.{_scope.Option}");
        }
    }

    private void ChangeBack(SectionView before, SectionId afterId)
    {
        var after = _after.FindSection(afterId)!;
        var isSame = before.Name == after.Name && before.Type == after.Type && OptionSequence.AreEqual(_before, before.Id, _after, afterId);
        if (isSame)
        {
            return;
        }

        if (_since.AfterOf(afterId) is not { } now)
        {
            _kept.Add(after.Name ?? before.Name ?? SectionLookup.Describe(_after, after));
        }
        else if (_scope.Option is null && before.Name is null && after.Name is not null && IsAsLeft(after, now))
        {
            // A section cannot lose its name; one without a name is put in its place.
            _removals.Add(now);
            _additions.Add(before);
        }
        else
        {
            if (_scope.Option is null)
            {
                RevertHead(before, after, _current.FindSection(now)!);
            }

            RevertOptions(before.Id, afterId, now, _scope.Option);
        }
    }

    private void RevertHead(SectionView before, SectionView after, SectionView now)
    {
        if (before.Name != after.Name && now.Name != before.Name)
        {
            if (now.Name == after.Name && before.Name is { } name)
            {
                _renames.Add(now.Id, name);
            }
            else
            {
                _kept.Add(PathOf(now.Id));
            }
        }

        if (before.Type != after.Type && now.Type != before.Type)
        {
            if (now.Type == after.Type)
            {
                _edits.Add(new ModuleOperation.SetSection(new SectionSelector.ById(now.Id), before.Type));
            }
            else
            {
                _kept.Add(PathOf(now.Id));
            }
        }
    }

    private void RevertOptions(SectionId? before, SectionId after, SectionId now, string? only)
    {
        var options = new OptionRevert(
            before is { } id ? [.. _before.Options(id)] : [], [.. _after.Options(after)], [.. _current.Options(now)], only);
        _edits.AddRange(options.Operations(new SectionSelector.ById(now)));
        _kept.AddRange(options.Kept.Select(option => option is null ? PathOf(now) : $"{PathOf(now)}.{option}"));
    }

    private IEnumerable<ModuleOperation> Add(SectionView before)
    {
        var key = KeyOf(before.Id);
        return _before.Options(before.Id).Select(option => (ModuleOperation)new ModuleOperation.SetOption(key, option.Name, option.Value))
            .Prepend(new ModuleOperation.AddSection(before.Type, before.Name, key.Key));
    }

    // A name that somebody else uses by now is not given back; then what relied on its being given up cannot be done either.
    private void DropTakenNames()
    {
        bool IsTaken(string name, SectionId? own) =>
            _current.FindSection(name) is { } holder && holder.Id != own && !_removals.Contains(holder.Id) && !_renames.ContainsKey(holder.Id);
        for (var isDone = false; !isDone;)
        {
            var renames = _renames.Where(rename => IsTaken(rename.Value, rename.Key)).Select(rename => rename.Key).ToList();
            foreach (var id in renames)
            {
                _renames.Remove(id);
                _kept.Add(PathOf(id));
            }

            var additions = _additions.RemoveAll(section => section.Name is { } name && IsTaken(name, null) && Keep(name));
            isDone = renames.Count + additions == 0;
        }
    }

    private bool Keep(string path)
    {
        _kept.Add(path);
        return true;
    }

    private bool IsAsLeft(SectionView after, SectionId now) =>
        ReferenceEquals(_after, _current)
        || (_current.FindSection(now) is { } section && section.Name == after.Name && section.Type == after.Type
            && OptionSequence.AreEqual(_after, after.Id, _current, now));

    private string PathOf(SectionId current) => _paths.Value[current];
}
