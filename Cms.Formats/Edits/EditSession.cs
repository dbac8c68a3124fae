using System.Diagnostics;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Secrets;

namespace Cms.Formats.Edits;

/// <summary>Turns operations into changes, one after the other, each seeing those before it.</summary>
/// <remarks>
/// Pure: the ground is only read. An operation that is refused leaves the session as it was. Expectations are
/// held against the ground, so a request does not conflict with itself. One thread at a time.
/// </remarks>
public sealed class EditSession
{
    private readonly IModuleView _ground;
    private readonly EditLimits _limits;
    private readonly ModuleSchema? _schema;
    private readonly SecretUnsealer? _unseal;
    private readonly Overlay _state;
    private readonly Dictionary<string, SectionId> _keys = [];
    private readonly Dictionary<string, long> _counters = [];
    private readonly List<ModuleChange> _changes = [];

    /// <summary>A session without operations.</summary>
    /// <param name="ground">The module as it is.</param>
    /// <param name="limits">The bounds to keep.</param>
    /// <param name="schema">Says of what type values are stored; null stores them as they come.</param>
    /// <param name="unseal">Unseals what is given as a sealed text; null takes such texts as they are.</param>
    public EditSession(IModuleView ground, EditLimits limits, ModuleSchema? schema = null, SecretUnsealer? unseal = null)
    {
        _unseal = unseal;
        _ground = ground;
        _limits = limits;
        _schema = schema;
        _state = new Overlay(ground);
    }

    /// <summary>The bounds that it keeps.</summary>
    public EditLimits Limits => _limits;

    /// <summary>The module as it will be.</summary>
    public IModuleView State => _state;

    /// <summary>What happened so far, in order.</summary>
    public IReadOnlyList<ModuleChange> Changes => _changes;

    /// <summary>The ids of the sections that were added under a key.</summary>
    public IReadOnlyDictionary<string, SectionId> Born => _keys;

    /// <summary>What options were incremented to, by <c>section.option</c> as the operation named it.</summary>
    public IReadOnlyDictionary<string, long> Counters => _counters;

    /// <summary>Applies one operation.</summary>
    /// <returns>Null, or why it was refused; then nothing of it was applied.</returns>
    public Refusal? Apply(ModuleOperation operation) => operation switch
    {
        ModuleOperation.AddSection add => AddSection(add),
        ModuleOperation.SetSection set => SetSection(set),
        ModuleOperation.DeleteSection delete => OnSection(delete.Section, section => Record(new ModuleChange.SectionRemoved(section.Id))),
        ModuleOperation.RenameSection rename => RenameSection(rename),
        ModuleOperation.MoveSection move => OnSection(move.Section, section => MoveSection(section, move.Index)),
        ModuleOperation.SetOption set => OnSection(set.Section, section => SetOption(section, set.Option, set.Value)),
        ModuleOperation.DeleteOption delete => OnOption(delete.Section, delete.Option, (section, _) => Record(new ModuleChange.OptionRemoved(section.Id, delete.Option))),
        ModuleOperation.DeleteElement delete => OnOption(delete.Section, delete.Option, (section, option) => DeleteElement(section, option, delete.Index)),
        ModuleOperation.RenameOption rename => OnOption(rename.Section, rename.Option, (section, option) => RenameOption(section, option, rename.NewOption)),
        ModuleOperation.AddToList add => OnSection(add.Section, section => AddToList(section, add.Option, add.Elements)),
        ModuleOperation.SetElement set => OnOption(set.Section, set.Option, (section, option) => SetElement(section, option, set.Index, set.Element)),
        ModuleOperation.RemoveFromList remove => OnSection(remove.Section, section => RemoveFromList(section, remove.Option, remove.Element)),
        ModuleOperation.IncrementOption increment => OnSection(increment.Section, section => Increment(section, increment)),
        ModuleOperation.CheckOption check => Check(check),
        ModuleOperation.OfTable ofTable => OnTable(ofTable),
        _ => throw new UnreachableException($"unknown operation {operation.GetType().Name}"),
    };

    /// <summary>Applies a change that was decided on <see cref="State"/> elsewhere.</summary>
    public void Apply(ModuleChange change) => Record(change);

    /// <summary>Gives all values the types of a schema, so that readers in every language see them: "1500" becomes a number where it has numbers.</summary>
    public void Retype(ModuleSchema schema)
    {
        foreach (var section in _state.Sections().ToList())
        {
            foreach (var option in _state.Options(section.Id).ToList())
            {
                var value = schema.FindField(section.Type, option.Name)?.Retype(option.Value);
                if (value is not null && !value.Equals(option.Value))
                {
                    Apply(new ModuleChange.OptionSet(section.Id, option.Name, value));
                }
            }
        }
    }

    /// <summary>Whether options of this name are secret: in a section of any type, by the schema of the session or by the one that the ground has.</summary>
    /// <remarks>Reads the ground's schema anew; it is for messages.</remarks>
    internal bool IsSecret(string option)
    {
        bool Holds(ModuleSchema? schema) => schema is not null
            && (schema.FieldsOfAll.Any(field => field.Name == option && field.IsSecret) || schema.Types.Any(type => schema.FindField(type.Type, option)?.IsSecret == true));
        return Holds(_schema) || Holds(SchemaTable.TryReadSchema(_ground));
    }

    /// <summary>The path of an operation whose expectation the ground does not meet, or null when it does.</summary>
    public string? FindConflict(ModuleOperation operation) =>
        operation.Expected is { } expected && GroundRevisionOf(operation) != expected ? PathOf(operation) : null;

    /// <summary>The revision that last changed what an operation is about, in the ground; <see cref="Revision.None"/> when it is missing there.</summary>
    public Revision GroundRevisionOf(ModuleOperation operation)
    {
        var changed = operation switch
        {
            ModuleOperation.OfTable ofTable => TableEdits.RevisionOf(ofTable, _ground),
            ModuleOperation.AddSection { Name: { } name } => _ground.FindSection(name)?.Changed,
            ModuleOperation.AddSection => null,
            ModuleOperation.DeleteSection delete => LastChange(Find(delete.Section, _ground)),
            ModuleOperation.OfOption of => Find(of.Section, _ground) is { } found ? _ground.FindOption(found.Id, of.Option)?.Changed : null,
            _ => Find(SelectorOf(operation), _ground)?.Changed,
        };
        return changed ?? Revision.None;
    }

    /// <summary>The section that an operation is about, in the state so far; null when it is not there.</summary>
    public SectionView? SectionOf(ModuleOperation operation) => operation switch
    {
        ModuleOperation.OfTable => null,
        ModuleOperation.AddSection add => Find(new SectionSelector.ByKey(add.Key), _state),
        _ => Find(SelectorOf(operation), _state),
    };

    /// <summary>The option that an operation is about, or null when it is about a section.</summary>
    public static string? OptionOf(ModuleOperation operation) => (operation as ModuleOperation.OfOption)?.Option;

    /// <summary>Finds the section that a selector names in the state so far, or null.</summary>
    public SectionView? Find(SectionSelector selector) => Find(selector, _state);

    private SectionView? Find(SectionSelector selector, IModuleView view) =>
        selector is not SectionSelector.ByKey byKey ? SectionLookup.Find(view, selector)
        : _keys.TryGetValue(byKey.Key, out var id) ? view.FindSection(id)
        : null;

    private Refusal? OnTable(ModuleOperation.OfTable operation)
    {
        var (change, refusal) = TableEdits.Decide(operation, _state);
        return change is null ? refusal : Record(change);
    }

    private Refusal? AddSection(ModuleOperation.AddSection add)
    {
        var refusal = EditRules.CheckType(add.Type, _limits) ?? (add.Name is null ? null : CheckFreeName(add.Name));
        if (refusal is not null)
        {
            return refusal;
        }

        if (!_keys.TryAdd(add.Key, _state.NextSection))
        {
            return new Refusal(ErrorCode.InvalidArgument, $"the key '{add.Key}' is used twice in one request");
        }

        return Record(new ModuleChange.SectionAdded(_state.NextSection, add.Type, add.Name));
    }

    private Refusal? SetSection(ModuleOperation.SetSection set)
    {
        if (EditRules.CheckType(set.Type, _limits) is { } refusal)
        {
            return refusal;
        }

        if (Find(set.Section) is { } section)
        {
            return section.Type == set.Type ? null : Record(new ModuleChange.SectionRetyped(section.Id, set.Type));
        }

        return set.Section is SectionSelector.ByName(var name)
            ? CheckFreeName(name) ?? Record(new ModuleChange.SectionAdded(_state.NextSection, set.Type, name))
            : NoSection(set.Section);
    }

    private Refusal? RenameSection(ModuleOperation.RenameSection rename) => OnSection(rename.Section, section =>
        section.Name == rename.NewName
            ? null
            : CheckFreeName(rename.NewName) ?? Record(new ModuleChange.SectionRenamed(section.Id, rename.NewName)));

    private Refusal? MoveSection(SectionView section, int index)
    {
        if (index < 0)
        {
            return new Refusal(ErrorCode.InvalidArgument, $"the place {index} is negative; places count from 0");
        }

        var target = Math.Min(index, _state.SectionCount - 1);
        var current = _state.PlaceOf(section.Id);
        return current == target ? null : Record(new ModuleChange.SectionMoved(section.Id, target));
    }

    private Refusal? SetOption(SectionView section, string option, ConfigValue given)
    {
        var field = _schema?.FindField(section.Type, option);
        var refusal = EditRules.CheckName("option", option, _limits);
        if (refusal is not null)
        {
            return refusal;
        }

        var present = _state.FindOption(section.Id, option)?.Value;
        // An option that only changes its place is deleted and set again.
        var before = present ?? _ground.FindOption(section.Id, option)?.Value;
        (var value, refusal) = GivenSecret.Resolve(option, given, before, field is { IsSecret: true }, _unseal is null ? null : hidden => _unseal(section.Id, option, hidden));
        value = field?.Retype(value) ?? value;
        refusal ??= EditRules.CheckValue(option, value, _limits);
        return refusal is not null ? refusal
            : value.Equals(present) ? null
            : Record(new ModuleChange.OptionSet(section.Id, option, value));
    }

    private Refusal? DeleteElement(SectionView section, OptionView option, int index) =>
        option.Value.IsList && index >= 0 && index < option.Value.Count
            ? Record(new ModuleChange.OptionSet(section.Id, option.Name, LikeBefore(option.Value, ListEdits.RemoveAt(option.Value, index))))
            : null;

    private Refusal? RenameOption(SectionView section, OptionView option, string newName)
    {
        if (option.Name == newName)
        {
            return null;
        }

        return EditRules.CheckName("option", newName, _limits)
            ?? (_state.FindOption(section.Id, newName) is not null
                ? new Refusal(ErrorCode.AlreadyExists, $"the option '{newName}' is there already; delete it first or choose another name")
                : Record(new ModuleChange.OptionRenamed(section.Id, option.Name, newName)));
    }

    private Refusal? AddToList(SectionView section, string option, ConfigValue elements) =>
        SetOption(section, option, ListEdits.Append(_state.FindOption(section.Id, option)?.Value, elements));

    private Refusal? SetElement(SectionView section, OptionView option, int index, ConfigValue element) =>
        option.Value.IsList && index >= 0 && index < option.Value.Count
            ? SetOption(section, option.Name, ListEdits.Replace(option.Value, index, element))
            : new Refusal(ErrorCode.NotFound, option.Value.IsList
                ? $"the list '{option.Name}' has {option.Value.Count} elements and none at {index}; the first is at 0"
                : $"the option '{option.Name}' is no list; set it as a whole");

    private Refusal? RemoveFromList(SectionView section, string option, ConfigValue element) =>
        _state.FindOption(section.Id, option)?.Value is { IsList: true } list && ListEdits.RemoveEqual(list, element) is { } kept
            ? Record(new ModuleChange.OptionSet(section.Id, option, LikeBefore(list, kept)))
            : null;

    private static ConfigValue LikeBefore(ConfigValue before, ConfigValue after) => before.IsSecret ? after.AsSecret() : after;

    private Refusal? Increment(SectionView section, ModuleOperation.IncrementOption increment)
    {
        var present = _state.FindOption(section.Id, increment.Option)?.Value;
        if (present?.IsSecret == true || _schema?.FindField(section.Type, increment.Option) is { IsSecret: true })
        {
            // Where counting is refused would tell what was counted from.
            return new Refusal(ErrorCode.InvalidArgument, $"'{increment.Option}' is a secret, which cannot be counted; set it");
        }

        if ((present is null ? 0 : present.ReadInt()) is not { } number)
        {
            return new Refusal(ErrorCode.InvalidArgument, $"'{increment.Option}' is no whole number; set it to one first");
        }

        var sum = (Int128)number + increment.By;
        if (sum < long.MinValue || sum > long.MaxValue)
        {
            return new Refusal(ErrorCode.InvalidArgument, $"{number} and {increment.By} make more than 64 bits hold");
        }

        var total = ConfigValue.FromInt((long)sum);
        var refusal = SetOption(section, increment.Option, present is null ? total : total.ReadAs(present.ElementType)!);
        if (refusal is null)
        {
            _counters[$"{SectionLookup.Describe(increment.Section)}.{increment.Option}"] = (long)sum;
        }

        return refusal;
    }

    private Refusal? Check(ModuleOperation.CheckOption check)
    {
        var present = Find(check.Section, _state) is { } section ? _state.FindOption(section.Id, check.Option)?.Value : null;
        var isAsExpected = present is null ? check.Value is null : check.Value is not null && SectionContent.AreEqual(present, check.Value);
        var asked = present is not null && check.Value is not null && SealedText.IsHidden(present) ? check.Value.AsSecret() : check.Value;
        return isAsExpected ? null : new Refusal(
            ErrorCode.Conflict, $"{PathOf(check)} is {(present is null ? "missing" : $"'{present}'")}, not {(asked is null ? "missing" : $"'{asked}'")}; look at it again")
        {
            Paths = [PathOf(check)],
        };
    }

    private Refusal? OnSection(SectionSelector selector, Func<SectionView, Refusal?> then) =>
        Find(selector) is { } section ? then(section) : NoSection(selector);

    private Refusal? OnOption(SectionSelector selector, string option, Func<SectionView, OptionView, Refusal?> then) =>
        OnSection(selector, section => _state.FindOption(section.Id, option) is { } found
            ? then(section, found)
            : new Refusal(ErrorCode.NotFound, $"there is no option '{option}' in section '{SectionLookup.Describe(_state, section)}'"));

    private Refusal? Record(ModuleChange change)
    {
        // A value that the next change replaces need not be kept: a list that grows element by element would be kept at every length.
        if (change is ModuleChange.OptionSet set && _changes is [.., ModuleChange.OptionSet last] && last.Section == set.Section && last.Option == set.Option)
        {
            _changes[^1] = change;
        }
        else
        {
            _changes.Add(change);
        }

        _state.Apply(change);
        return null;
    }

    private Refusal? CheckFreeName(string name) =>
        EditRules.CheckName("section", name, _limits)
        ?? (_state.FindSection(name) is not null
            ? new Refusal(ErrorCode.AlreadyExists, $"a section '{name}' is there already; delete it first or choose another name")
            : null);

    private static Refusal NoSection(SectionSelector selector) =>
        new(ErrorCode.NotFound, $"there is no section '{SectionLookup.Describe(selector)}'");

    private Revision? LastChange(SectionView? section) =>
        section is null ? null : _ground.Options(section.Id).Select(option => option.Changed).Append(section.Changed).Max();

    private string PathOf(ModuleOperation operation)
    {
        if (operation is ModuleOperation.OfTable ofTable)
        {
            return TableEdits.PathOf(ofTable, _ground);
        }

        var selector = SelectorOf(operation);
        var section = Find(selector, _ground) is { } found ? SectionLookup.Describe(_ground, found) : SectionLookup.Describe(selector);
        return OptionOf(operation) is { } option ? $"{section}.{option}" : section;
    }

    private static SectionSelector SelectorOf(ModuleOperation operation) => operation switch
    {
        ModuleOperation.AddSection add => new SectionSelector.ByName(add.Name ?? add.Key),
        ModuleOperation.OfSection of => of.Section,
        _ => throw new UnreachableException($"unknown operation {operation.GetType().Name}"),
    };
}
