using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Uci;

namespace Cms.Formats.Edits;

/// <summary>Lets a UCI delta work on an <see cref="EditSession"/>, with the names that UCI would know the sections by.</summary>
/// <remarks>
/// UCI computes anonymous names when it loads a package, before the delta is applied; so they are looked up by
/// the places in the ground. A change that breaks a bound is remembered as the <see cref="Refusal"/> of the whole delta.
/// </remarks>
public sealed class DeltaEditor : IUciEditor
{
    private readonly IModuleView _ground;
    private readonly EditSession _session;
    private readonly Dictionary<string, SectionId> _provisional = [];
    private List<SectionView>? _places;

    /// <summary>An editor that has changed nothing yet.</summary>
    /// <param name="ground">The state that the session started from.</param>
    /// <param name="session">What collects the changes.</param>
    public DeltaEditor(IModuleView ground, EditSession session) => (_ground, _session) = (ground, session);

    /// <summary>The first refusal of a change, or null.</summary>
    public Refusal? Refusal { get; private set; }

    /// <inheritdoc/>
    public SectionId? FindSection(string name)
    {
        if (_session.State.FindSection(name) is { } named)
        {
            return named.Id;
        }

        // The name of a section that went or was given a name is free for one that the delta bears.
        return Anonymous(FindPlace(name)) ?? Anonymous(_provisional.TryGetValue(name, out var id) ? id : null);
    }

    /// <inheritdoc/>
    public string TypeOf(SectionId section) => _session.State.FindSection(section)!.Type;

    /// <inheritdoc/>
    public SectionId AddSection(string type, string name, bool isAnonymous)
    {
        var id = _session.State.NextSection;
        Do(new ModuleOperation.AddSection(type, isAnonymous ? null : name, $"delta:{id}"));
        if (isAnonymous)
        {
            _provisional[name] = id;
        }

        return id;
    }

    /// <inheritdoc/>
    public void RetypeSection(SectionId section, string type) => Do(new ModuleOperation.SetSection(Select(section), type));

    /// <inheritdoc/>
    public bool TryRenameSection(SectionId section, string name) =>
        (FindSection(name) is not { } holder || holder == section) && Do(new ModuleOperation.RenameSection(Select(section), name));

    /// <inheritdoc/>
    public void RemoveSection(SectionId section) => Do(new ModuleOperation.DeleteSection(Select(section)));

    /// <inheritdoc/>
    public void MoveSection(SectionId section, int index) => Do(new ModuleOperation.MoveSection(Select(section), index));

    /// <inheritdoc/>
    public ConfigValue? FindValue(SectionId section, string option) => _session.State.FindOption(section, option)?.Value;

    /// <inheritdoc/>
    public void SetOption(SectionId section, string option, ConfigValue value) =>
        Do(new ModuleOperation.SetOption(Select(section), option, value));

    /// <inheritdoc/>
    public void AppendElement(SectionId section, string option, ReadOnlyMemory<byte> element) =>
        Do(new ModuleOperation.AddToList(Select(section), option, ConfigValue.FromBytes(element.Span)));

    /// <inheritdoc/>
    public void RemoveOption(SectionId section, string option) => Do(new ModuleOperation.DeleteOption(Select(section), option));

    /// <inheritdoc/>
    public bool TryRenameOption(SectionId section, string option, string name) =>
        (option == name || FindValue(section, name) is null) && Do(new ModuleOperation.RenameOption(Select(section), option, name));

    private SectionId? Anonymous(SectionId? id) => id is { } found && _session.State.FindSection(found) is { Name: null } ? found : null;

    private static SectionSelector.ById Select(SectionId section) => new(section);

    private bool Do(ModuleOperation operation)
    {
        var refusal = _session.Apply(operation);
        Refusal ??= refusal;
        return refusal is null;
    }

    private SectionId? FindPlace(string name)
    {
        if (SectionLookup.PlaceOf(name) is not { } place)
        {
            return null;
        }

        _places ??= [.. _ground.Sections()];
        return place < _places.Count && SectionLookup.IsCalled(_places[place], place, name) ? _places[place].Id : null;
    }
}
