using Cms.Formats.Modules;

namespace Cms.Formats.Uci;

/// <summary>One UCI package in memory, as a text and the deltas upon it make it.</summary>
/// <remarks>
/// Invariants: sections form one chain in order; <c>_births</c> holds every section ever born at its id - 1, null once removed, so
/// its length is the counter from which UCI computes anonymous names; given names are unique. An anonymous section's computed name
/// may equal another section's name: such names are in <c>_collisions</c> and are looked up in order. Sections have no revisions
/// here. Used by one thread.
/// </remarks>
public sealed class UciPackage : IModuleView, IUciEditor
{
    private readonly List<UciSection?> _births = [];
    private readonly Dictionary<string, UciSection> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<string> _collisions = new(StringComparer.Ordinal);
    private UciSection? _first;
    private UciSection? _last;

    /// <summary>An empty package.</summary>
    public UciPackage(string name) => Name = name;

    /// <summary>Its name; not checked.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public Revision Revision => Revision.None;

    /// <inheritdoc/>
    public SectionId NextSection => new(_births.Count + 1);

    /// <inheritdoc/>
    public int SectionCount { get; private set; }

    /// <summary>Reads a package from a text in memory, whose bytes it keeps using: they must not change.</summary>
    /// <exception cref="UciParseException">The text is malformed, and the options say strict.</exception>
    public static UciPackage Parse(string name, ReadOnlyMemory<byte> text, UciReaderOptions options)
    {
        var package = TryParse(name, text, options, _ => { }, out var error);
        return package ?? throw new UciParseException(error!);
    }

    /// <summary>Reads a package from a text in memory, whose bytes it keeps using: they must not change.</summary>
    /// <param name="name">The package's name.</param>
    /// <param name="text">The text.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="onMalformed">Called for each malformed line.</param>
    /// <param name="error">What is wrong when this returns null.</param>
    /// <returns>Null when a line is malformed and the options say strict.</returns>
    public static UciPackage? TryParse(
        string name, ReadOnlyMemory<byte> text, UciReaderOptions options, Action<UciParseError> onMalformed, out UciParseError? error) =>
        TryParseAll(name, text, options, onMalformed, out error)?[0];

    /// <summary>Reads packages from a text in memory, whose bytes they keep using: they must not change.</summary>
    /// <param name="name">The name of the one package, or null when the options say that the text names its packages.</param>
    /// <param name="text">The text.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="onMalformed">Called for each malformed line.</param>
    /// <param name="error">What is wrong when this returns null; null when two packages have one name.</param>
    /// <returns>Null when a package comes twice, or a line is malformed and the options say strict.</returns>
    public static IReadOnlyList<UciPackage>? TryParseAll(
        string? name, ReadOnlyMemory<byte> text, UciReaderOptions options, Action<UciParseError> onMalformed, out UciParseError? error)
    {
        var loader = new UciPackageLoader(name, new UciReader(text, options), options);
        error = loader.Load(onMalformed);
        return loader.IsComplete ? loader.Packages : null;
    }

    /// <summary>The sections in order; the package must not change meanwhile.</summary>
    public IEnumerable<UciSection> Chain()
    {
        for (var section = _first; section is not null; section = section.Next)
        {
            yield return section;
        }
    }

    /// <summary>The first section known by this name, given or computed; or null.</summary>
    public UciSection? Find(string name) => _collisions.Contains(name)
        ? Chain().FirstOrDefault(section => string.Equals(section.Name, name, StringComparison.Ordinal))
        : _byName.GetValueOrDefault(name);

    /// <summary>The section at a place among those of a type; or null.</summary>
    /// <param name="type">The type to count; null counts all sections.</param>
    /// <param name="index">0-based; below 0 counts from the end, -1 being the last.</param>
    public UciSection? Find(string? type, int index)
    {
        var isFromEnd = index < 0;
        var rest = isFromEnd ? -1 - index : index;
        var section = isFromEnd ? _last : _first;
        while (section is not null)
        {
            if ((type is null || string.Equals(section.Type, type, StringComparison.Ordinal)) && rest-- == 0)
            {
                return section;
            }

            section = isFromEnd ? section.Previous : section.Next;
        }

        return null;
    }

    /// <summary>Bears a section behind the last one.</summary>
    /// <param name="type">A valid type.</param>
    /// <param name="name">Its given name; null computes one for an anonymous section.</param>
    public UciSection Add(string type, string? name) =>
        Add(type, name ?? UciNames.Anonymous(_births.Count + 1, type), isAnonymous: name is null);

    /// <inheritdoc/>
    public IEnumerable<SectionView> Sections() => Chain().Select(ToView);

    /// <inheritdoc/>
    public SectionView? FindSection(SectionId id) => FindById(id) is { } section ? ToView(section) : null;

    /// <inheritdoc/>
    public SectionView? FindSection(string name) => Find(name) is { IsAnonymous: false } section ? ToView(section) : null;

    /// <inheritdoc/>
    public IEnumerable<OptionView> Options(SectionId section) => FindById(section)?.Options().Select(ToView) ?? [];

    /// <inheritdoc/>
    public OptionView? FindOption(SectionId section, string option) =>
        FindById(section)?.Find(option) is { } found ? ToView(found) : null;

    /// <inheritdoc/>
    SectionId? IUciEditor.FindSection(string name) => Find(name)?.Id;

    /// <inheritdoc/>
    public string TypeOf(SectionId section) => Existing(section).Type;

    /// <inheritdoc/>
    SectionId IUciEditor.AddSection(string type, string name, bool isAnonymous) => Add(type, name, isAnonymous).Id;

    /// <inheritdoc/>
    public void RetypeSection(SectionId section, string type) => Existing(section).Type = type;

    /// <inheritdoc/>
    public bool TryRenameSection(SectionId section, string name)
    {
        var renamed = Existing(section);
        if (Find(name) is { } holder && holder != renamed)
        {
            return false;
        }

        Forget(renamed);
        renamed.Name = name;
        renamed.IsAnonymous = false;
        Remember(renamed);
        return true;
    }

    /// <inheritdoc/>
    public void RemoveSection(SectionId section)
    {
        var removed = Existing(section);
        Unlink(removed);
        Forget(removed);
        _births[(int)(section.Value - 1)] = null;
    }

    /// <inheritdoc/>
    public void MoveSection(SectionId section, int index)
    {
        var moved = Existing(section);
        Unlink(moved);
        var before = _first;
        while (before is not null && index-- > 0)
        {
            before = before.Next;
        }

        Link(moved, before);
    }

    /// <inheritdoc/>
    public ConfigValue? FindValue(SectionId section, string option) => Existing(section).Find(option)?.ToValue();

    /// <inheritdoc/>
    public void SetOption(SectionId section, string option, ConfigValue value)
    {
        var owner = Existing(section);
        var found = owner.Find(option);
        if (found is null)
        {
            found = new UciOption(option, default(ReadOnlyMemory<byte>));
            owner.Add(found);
        }

        found.Set(value);
    }

    /// <inheritdoc/>
    public void AppendElement(SectionId section, string option, ReadOnlyMemory<byte> element)
    {
        var owner = Existing(section);
        if (owner.Find(option) is { } found)
        {
            found.Append(element);
        }
        else
        {
            owner.Add(new UciOption(option, [element]));
        }
    }

    /// <inheritdoc/>
    public void RemoveOption(SectionId section, string option)
    {
        var owner = Existing(section);
        owner.Remove(owner.Find(option)!);
    }

    /// <inheritdoc/>
    public bool TryRenameOption(SectionId section, string option, string name)
    {
        var owner = Existing(section);
        var renamed = owner.Find(option)!;
        if (owner.Find(name) is { } holder && holder != renamed)
        {
            return false;
        }

        owner.Rename(renamed, name);
        return true;
    }

    private static SectionView ToView(UciSection section) =>
        new(section.Id, section.Type, section.IsAnonymous ? null : section.Name, Revision.None);

    private static OptionView ToView(UciOption option) => new(option.Name, option.ToValue(), Revision.None);

    private UciSection? FindById(SectionId id) => id.Value >= 1 && id.Value <= _births.Count ? _births[(int)(id.Value - 1)] : null;

    private UciSection Existing(SectionId id) =>
        FindById(id) ?? throw new ArgumentException($"Package {Name} has no section {id}.", nameof(id));

    private UciSection Add(string type, string name, bool isAnonymous)
    {
        var section = new UciSection(NextSection, type, name, isAnonymous);
        _births.Add(section);
        Link(section, null);
        Remember(section);
        return section;
    }

    private void Remember(UciSection section)
    {
        if (!_byName.TryAdd(section.Name, section))
        {
            _collisions.Add(section.Name);
        }
    }

    private void Forget(UciSection section)
    {
        if (_byName.GetValueOrDefault(section.Name) == section)
        {
            _byName.Remove(section.Name);
        }
    }

    private void Link(UciSection section, UciSection? before)
    {
        section.Next = before;
        section.Previous = before is null ? _last : before.Previous;
        if (section.Previous is null)
        {
            _first = section;
        }
        else
        {
            section.Previous.Next = section;
        }

        if (before is null)
        {
            _last = section;
        }
        else
        {
            before.Previous = section;
        }

        SectionCount++;
    }

    private void Unlink(UciSection section)
    {
        if (section.Previous is null)
        {
            _first = section.Next;
        }
        else
        {
            section.Previous.Next = section.Next;
        }

        if (section.Next is null)
        {
            _last = section.Previous;
        }
        else
        {
            section.Next.Previous = section.Previous;
        }

        SectionCount--;
    }
}
