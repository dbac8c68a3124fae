using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Secrets;

namespace Cms.Actors.Secrets;

/// <summary>Makes of decided changes those that may become a commit: with secrets sealed for the places where they will stand.</summary>
/// <remarks>
/// A value is sealed when the schema calls its option a secret, when it is the plain text of a secret from elsewhere, and when what it
/// replaces is sealed; so a secret that is renamed, or whose section gets another type, stays one. One thread at a time.
/// </remarks>
/// <param name="keys">The module's keys.</param>
/// <param name="limits">The bounds to keep.</param>
internal sealed class SecretSealer(ModuleKeys keys, EditLimits limits)
{
    /// <summary>Seals what is to be sealed.</summary>
    /// <param name="before">The module before the changes, with sealed values.</param>
    /// <param name="changes">What was decided, with plain values.</param>
    /// <param name="schema">The schema that holds afterwards, or null.</param>
    /// <param name="isNewSchema">Whether it did not hold before, so that it may call values secret that were not.</param>
    public (IReadOnlyList<ModuleChange> Changes, Refusal? Refusal) Seal(IModuleView before, IReadOnlyList<ModuleChange> changes, ModuleSchema? schema, bool isNewSchema)
    {
        var hasSecrets = keys.HasAny || schema?.HasSecrets == true || changes.Any(change => change is ModuleChange.OptionSet { Value.IsSecret: true });
        if (!hasSecrets)
        {
            return (changes, null);
        }

        var pass = new Pass(keys, limits, before, schema);
        for (var index = 0; index < changes.Count && pass.Refusal is null; index++)
        {
            pass.Take(changes, index);
        }

        if (isNewSchema)
        {
            pass.SealAll();
        }

        return pass.Refusal is null ? (pass.Changes, null) : ([], pass.Refusal);
    }

    /// <summary>Seals what old keys sealed by the newest.</summary>
    /// <param name="state">The module, with sealed values.</param>
    public (IReadOnlyList<ModuleChange> Changes, Refusal? Refusal) SealAnew(IModuleView state)
    {
        var changes = new List<ModuleChange>();
        foreach (var section in state.Sections())
        {
            foreach (var option in state.Options(section.Id).Where(option => SealedText.IsSealed(option.Value) && keys.IsOld(option.Value)))
            {
                if (changes.Count == 0 && keys.Prepare() is { } refusal)
                {
                    return ([], refusal);
                }

                // What cannot be unsealed any more is kept as it is.
                var plain = keys.Unseal(section.Id, option.Name, option.Value);
                if (plain.IsSecret)
                {
                    changes.Add(new ModuleChange.OptionSet(section.Id, option.Name, keys.Seal(section.Id, option.Name, plain)));
                }
            }
        }

        return (changes, null);
    }

    private sealed class Pass(ModuleKeys keys, EditLimits limits, IModuleView before, ModuleSchema? schema)
    {
        private readonly Overlay _state = new(before);
        private readonly List<ModuleChange> _changes = [];
        private HashSet<SectionId>? _moving;

        public IReadOnlyList<ModuleChange> Changes => _changes;

        public Refusal? Refusal { get; private set; }

        public void Take(IReadOnlyList<ModuleChange> changes, int index)
        {
            var change = changes[index];
            if (change is ModuleChange.OptionSet set)
            {
                Add(IsSecret(set, changes, index) ? Seal(set) : set);
                return;
            }

            Add(change);
            if (change is ModuleChange.OptionRenamed renamed)
            {
                SealAgain(renamed, _state.FindOption(renamed.Section, renamed.NewOption)!.Value);
            }
            else if (change is ModuleChange.SectionRetyped retyped)
            {
                SealNew(_state.FindSection(retyped.Section)!);
            }
        }

        // Values that were there before their option was called a secret.
        public void SealAll()
        {
            foreach (var section in _state.Sections().ToList())
            {
                SealNew(section);
            }
        }

        private void SealNew(SectionView section)
        {
            foreach (var option in _state.Options(section.Id).ToList())
            {
                if (schema?.FindField(section.Type, option.Name) is { IsSecret: true } && !SealedText.IsSealed(option.Value) && option.Value.Count > 0)
                {
                    Add(Seal(new ModuleChange.OptionSet(section.Id, option.Name, option.Value)));
                }
            }
        }

        // It stands in another place now, where it would not unseal.
        private void SealAgain(ModuleChange.OptionRenamed renamed, ConfigValue value)
        {
            var plain = SealedText.IsSealed(value) ? keys.Unseal(renamed.Section, renamed.Option, value) : value;
            if (SealedText.IsSealed(plain))
            {
                Refusal ??= new Refusal(ErrorCode.Unavailable, $"'{renamed.Option}' is a secret that cannot be unsealed now, so it cannot be renamed; see what cms status says of the master key, or delete it");
                return;
            }

            if (plain.IsSecret || (plain.Count > 0 && IsField(renamed.Section, renamed.NewOption)))
            {
                Add(Seal(new ModuleChange.OptionSet(renamed.Section, renamed.NewOption, plain)));
            }
        }

        // A value may get to a secret place by a later change of the same commit; it must not stand in the journal on its way there.
        private bool IsSecret(ModuleChange.OptionSet set, IReadOnlyList<ModuleChange> changes, int index)
        {
            if (set.Value.Count == 0 || SealedText.IsSealed(set.Value))
            {
                return false;
            }

            if (set.Value.IsSecret || IsField(set.Section, set.Option) || (_state.FindOption(set.Section, set.Option) is { } present && SealedText.IsSealed(present.Value)))
            {
                return true;
            }

            if (schema?.HasSecrets != true || !Moving(changes).Contains(set.Section))
            {
                return false;
            }

            var (option, type) = (set.Option, _state.FindSection(set.Section)!.Type);
            foreach (var later in changes.Skip(index + 1).OfType<ModuleChange.OfSection>().Where(later => later.Section == set.Section))
            {
                option = later is ModuleChange.OptionRenamed renamed && renamed.Option == option ? renamed.NewOption : option;
                type = later is ModuleChange.SectionRetyped retyped ? retyped.Type : type;
                if (schema.FindField(type, option) is { IsSecret: true })
                {
                    return true;
                }
            }

            return false;
        }

        private HashSet<SectionId> Moving(IReadOnlyList<ModuleChange> changes) => _moving ??=
            [.. changes.Where(change => change is ModuleChange.OptionRenamed or ModuleChange.SectionRetyped).Select(change => ((ModuleChange.OfSection)change).Section)];

        private bool IsField(SectionId section, string option) =>
            schema is not null && _state.FindSection(section) is { } found && schema.FindField(found.Type, option) is { IsSecret: true };

        private ModuleChange.OptionSet Seal(ModuleChange.OptionSet set)
        {
            Refusal ??= keys.Prepare();
            if (Refusal is not null)
            {
                return set;
            }

            var value = keys.Seal(set.Section, set.Option, set.Value);
            if (value.Encoding.Length > limits.MaxValueBytes)
            {
                Refusal = new Refusal(ErrorCode.TooLarge, $"the value of '{set.Option}' has {value.Encoding.Length} bytes when it is sealed; the most is {limits.MaxValueBytes}");
            }

            return set with { Value = value };
        }

        private void Add(ModuleChange change)
        {
            _changes.Add(change);
            _state.Apply(change);
        }
    }
}
