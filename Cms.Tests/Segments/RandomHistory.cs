using Cms.Formats.Modules;

namespace Cms.Tests.Segments;

/// <summary>Makes up commits that fit a model, from a seed.</summary>
internal sealed class RandomHistory(int seed)
{
    private readonly Random _random = new(seed);
    private RandomTables? _tables;

    public ModuleModel Model { get; } = new();

    /// <summary>How many sections and options to hover around.</summary>
    public int Scale { get; init; } = 12;

    /// <summary>Whether section 1 is named "stamp" and has eight options that every commit sets to its own revision.</summary>
    public bool IsStamped { get; init; }

    /// <summary>How many of a hundred changes are of tables.</summary>
    public int TablePercent { get; init; }

    /// <summary>The next commit, already applied to the model.</summary>
    public List<ModuleChange> NextCommit(int most)
    {
        var changes = new List<ModuleChange>();
        var revision = Model.Revision.Next;
        Add(changes, revision, IsStamped ? Stamp(revision) : []);
        for (var count = _random.Next(1, most + 1); count > 0; count--)
        {
            Add(changes, revision, [IsOfTable() ? (_tables ??= new(_random, Model, Scale)).Next() : NextChange()]);
        }

        return changes;
    }

    /// <summary>Goes through the commits up to a revision.</summary>
    public void ReplayTo(Revision revision, int most)
    {
        while (Model.Revision < revision)
        {
            _ = NextCommit(most);
        }
    }

    // Histories without tables do not draw a number for them, so that old seeds keep their meaning.
    private bool IsOfTable() => TablePercent > 0 && _random.Next(100) < TablePercent;

    private void Add(List<ModuleChange> changes, Revision revision, IEnumerable<ModuleChange> more)
    {
        foreach (var change in more)
        {
            Model.Apply(revision, [change]);
            changes.Add(change);
        }
    }

    private IEnumerable<ModuleChange> Stamp(Revision revision)
    {
        if (Model.SectionCount == 0)
        {
            yield return new ModuleChange.SectionAdded(new(1), "stamp", "stamp");
        }

        for (var index = 0; index < 8; index++)
        {
            yield return new ModuleChange.OptionSet(new(1), $"r{index}", ConfigValue.FromText(revision.ToString()));
        }
    }

    public ConfigValue NextValue() => _random.Next(9) switch
    {
        0 => ConfigValue.FromInt(_random.NextInt64()),
        1 => ConfigValue.FromFloat(_random.NextDouble()),
        2 => ConfigValue.FromBool(_random.Next(2) == 0),
        3 => ConfigValue.FromTexts(Enumerable.Range(0, _random.Next(5)).Select(index => new string('e', index * 3))),
        4 => ConfigValue.FromBytes(NextBytes(_random.Next(20) == 0 ? _random.Next(5000) : _random.Next(300))),
        _ => ConfigValue.FromBytes(NextBytes(_random.Next(24))),
    };

    private ModuleChange NextChange()
    {
        if (Model.SectionCount <= (IsStamped ? 1 : 0) || _random.Next(10 + Model.SectionCount) < Scale / 3)
        {
            var name = _random.Next(3) == 0 ? null : FreeSectionName();
            return new ModuleChange.SectionAdded(Model.NextSection, $"type{_random.Next(4)}", name);
        }

        var section = Model.All[_random.Next(Model.SectionCount)];
        while (IsStamped && section.View.Id.Value == 1)
        {
            section = Model.All[_random.Next(Model.SectionCount)];
        }

        var id = section.View.Id;
        return _random.Next(20) switch
        {
            0 or 1 when Model.SectionCount > Scale / 2 => new ModuleChange.SectionRemoved(id),
            2 => new ModuleChange.SectionRenamed(id, FreeSectionName()),
            3 => new ModuleChange.SectionRetyped(id, $"type{_random.Next(4)}"),
            4 or 5 => new ModuleChange.SectionMoved(id, _random.Next(Model.SectionCount)),
            6 or 7 when section.Options.Count > 0 => new ModuleChange.OptionRemoved(id, AnyOption(section)),
            8 when section.Options.Count > 0 && FreeOptionName(section) is { } free => new ModuleChange.OptionRenamed(id, AnyOption(section), free),
            _ => new ModuleChange.OptionSet(id, $"o{_random.Next(Scale)}", NextValue()),
        };
    }

    private string AnyOption(ModelSection section) => section.Options[_random.Next(section.Options.Count)].Name;

    private string FreeSectionName()
    {
        string name;
        do
        {
            name = $"s{_random.Next(Scale * 16)}";
        }
        while (Model.FindSection(name) is not null);
        return name;
    }

    private string? FreeOptionName(ModelSection section)
    {
        var name = $"o{_random.Next(Scale * 2)}";
        return section.Options.Exists(option => option.Name == name) ? null : name;
    }

    private byte[] NextBytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
