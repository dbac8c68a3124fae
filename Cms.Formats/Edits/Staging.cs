using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Formats.Edits;

/// <summary>Operations collected over a ground that stays as it is, to be committed later.</summary>
/// <remarks>
/// Each operation is pinned when it is staged: its section to a permanent id, so that a rename in between does no harm, and its
/// path to the revision that the ground shows, so that a change in between is a conflict. Pure; one thread at a time.
/// </remarks>
public sealed class Staging
{
    private readonly IModuleView _ground;
    private readonly EditLimits _limits;
    private readonly List<ModuleOperation> _operations = [];
    private EditSession _edit;

    /// <summary>Nothing is staged.</summary>
    /// <param name="ground">What is committed; must not change while this is in use.</param>
    /// <param name="limits">The bounds to keep.</param>
    public Staging(IModuleView ground, EditLimits limits)
    {
        (_ground, _limits) = (ground, limits);
        _edit = new EditSession(ground, limits);
    }

    /// <summary>The module as it will be.</summary>
    public IModuleView State => _edit.State;

    /// <summary>What is staged, pinned, in order.</summary>
    public IReadOnlyList<ModuleOperation> Operations => _operations;

    /// <summary>Stages an operation.</summary>
    /// <returns>Null, or why it cannot be done; then nothing was staged.</returns>
    public Refusal? Stage(ModuleOperation operation)
    {
        var pinned = Pin(operation);

        // What has no counterpart in the ground cannot change there, and an increment is as good on any ground.
        if (pinned.Expected is { } expected && _edit.GroundRevisionOf(pinned) != expected)
        {
            return new Refusal(ErrorCode.Conflict, $"{_edit.FindConflict(pinned)} has been changed since revision {expected}; look at it again") { Paths = [_edit.FindConflict(pinned)!] };
        }

        var isFree = pinned is ModuleOperation.IncrementOption or ModuleOperation.CheckOption || IsOfStagedSection(pinned);
        pinned = isFree ? pinned : pinned with { Expected = _edit.GroundRevisionOf(pinned) };
        var refusal = _edit.Apply(pinned);
        if (refusal is null)
        {
            _operations.Add(pinned);
        }

        return refusal;
    }

    /// <summary>Takes in operations that were staged before; one that cannot be done any more is left for the commit to report.</summary>
    public void Restore(IEnumerable<ModuleOperation> operations)
    {
        foreach (var operation in operations)
        {
            _edit.Apply(operation);
            _operations.Add(operation);
        }
    }

    /// <summary>Drops the operations behind the first ones.</summary>
    /// <param name="count">How many are kept.</param>
    public void CutTo(int count)
    {
        var kept = _operations.Take(count).ToList();
        _operations.Clear();
        _edit = new EditSession(_ground, _limits);
        Restore(kept);
    }

    /// <summary>The section that an operation is about, as staged; null when it is not there.</summary>
    public SectionView? SectionOf(ModuleOperation operation) => _edit.SectionOf(operation);

    /// <summary>Finds a section as staged, or null.</summary>
    public SectionView? Find(SectionSelector selector) => _edit.Find(Pin(selector));

    private ModuleOperation Pin(ModuleOperation operation) =>
        operation is ModuleOperation.OfSection of ? of with { Section = Pin(of.Section) } : operation;

    private SectionSelector Pin(SectionSelector selector)
    {
        if (selector is SectionSelector.ByName named && _edit.Born.ContainsKey(named.Name))
        {
            return new SectionSelector.ByKey(named.Name);
        }

        if (_edit.Find(selector) is not { } section)
        {
            return selector;
        }

        return _ground.FindSection(section.Id) is not null ? new SectionSelector.ById(section.Id)
            : _edit.Born.Where(born => born.Value == section.Id).Select(born => born.Key).FirstOrDefault() is { } key ? new SectionSelector.ByKey(key)
            : new SectionSelector.ByName(section.Name!);
    }

    private bool IsOfStagedSection(ModuleOperation operation) =>
        operation is ModuleOperation.AddSection { Name: null }
        || (_edit.SectionOf(operation) is { } section && _ground.FindSection(section.Id) is null);
}
