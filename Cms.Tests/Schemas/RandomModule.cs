using System.Globalization;
using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Tests.Schemas;

/// <summary>Changes of a module that are legal, and about as often as not against <see cref="Schema"/>.</summary>
internal sealed class RandomModule(Random random)
{
    public const string Schema = """
        config module 'm'
            option unknown 'refuse'
        config section 'interface'
            option named 'required'
            option unknown 'refuse'
            option validation 'max:3'
            option max '6'
        config section 'zone'
            option min '1'
        config section 'rule'
            option named 'forbidden'
        config field 'proto'
            option section 'interface'
            option validation 'required|in:static,dhcp'
        config field 'addr'
            option section 'interface'
            option type 'ipv4'
            option validation 'required_if:proto=static|forbidden_if:proto=dhcp|unique'
        config field 'peer'
            option section 'interface'
            option ref 'interface'
        config field 'name'
            option section 'zone'
            option validation 'required|unique'
        config field 'network'
            option section 'zone'
            option validation 'ref:interface|count:1-2'
        config field 'src'
            option section 'rule'
            option negation '1'
            option ref 'zone@name,*'
        config field 'note'
            option size '2'
        config table 'clients'
            option primary_key 'id'
        config column 'id'
            option table 'clients'
            option type 'int'
            option validation 'min:2'
        config column 'via'
            option table 'clients'
            option size '8'
            option validation 'unique|ref:interface'
        """;

    private static readonly string[] Types = ["interface", "zone", "rule", "other"];
    private static readonly string[] Names = ["a", "b", "c", "d", "toolong"];
    private static readonly string[] Options = ["proto", "addr", "peer", "name", "network", "src", "note", "extra"];
    private static readonly Dictionary<string, string[]> Values = new()
    {
        ["proto"] = ["static", "dhcp", "dhcp", "bad"],
        ["addr"] = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "bad"],
        ["peer"] = ["a", "b", "c"],
        ["name"] = ["lan", "wan", "dmz", ""],
        ["network"] = ["a", "b", "c"],
        ["src"] = ["lan", "wan", "!dmz", "*"],
        ["note"] = ["x", "xx", "xxx"],
        ["extra"] = ["1"],
    };

    /// <summary>Some changes, applied to the overlay as they are made.</summary>
    public List<ModuleChange> Change(Overlay view)
    {
        var changes = new List<ModuleChange>();
        var count = 1 + random.Next(5);
        while (changes.Count < count)
        {
            foreach (var change in Next(view))
            {
                view.Apply(change);
                changes.Add(change);
            }
        }

        return changes;
    }

    private IEnumerable<ModuleChange> Next(Overlay view)
    {
        var sections = view.Sections().ToList();
        if (sections.Count == 0 || random.Next(4) == 0)
        {
            return Born(view);
        }

        var section = sections[random.Next(sections.Count)];
        return random.Next(12) switch
        {
            0 => [new ModuleChange.SectionRemoved(section.Id)],
            1 when FreeName(view) is { } name => [new ModuleChange.SectionRenamed(section.Id, name)],
            2 => [new ModuleChange.SectionRetyped(section.Id, Pick(Types))],
            3 => [new ModuleChange.SectionMoved(section.Id, random.Next(sections.Count))],
            4 or 5 => OfOption(view, section),
            6 => OfTable(view),
            _ => [Set(section.Id, Pick(Options))],
        };
    }

    // Mostly a section that is as the schema has it, so that the histories get somewhere.
    private IEnumerable<ModuleChange> Born(Overlay view)
    {
        var id = view.NextSection;
        var type = random.Next(8) == 0 ? "zone" : Pick(Types);
        var isNamed = type != "rule" && random.Next(8) > 0;
        yield return new ModuleChange.SectionAdded(id, type, isNamed ? FreeName(view) : null);
        foreach (var option in type switch { "interface" => (string[])["proto"], "zone" => ["name"], "rule" => ["src"], _ => ["note"] })
        {
            if (random.Next(8) > 0)
            {
                yield return Set(id, option);
            }
        }
    }

    private IEnumerable<ModuleChange> OfOption(Overlay view, SectionView section)
    {
        var options = view.Options(section.Id).ToList();
        if (options.Count == 0)
        {
            return [];
        }

        var option = options[random.Next(options.Count)].Name;
        var other = Pick(Options);
        return random.Next(2) == 0 || view.FindOption(section.Id, other) is not null
            ? [new ModuleChange.OptionRemoved(section.Id, option)]
            : [new ModuleChange.OptionRenamed(section.Id, option, other)];
    }

    private IEnumerable<ModuleChange> OfTable(Overlay view)
    {
        var declared = SchemaSample.Schema(Schema).Tables[0];
        if (view.FindTable(declared.Name) is not { } table)
        {
            var isRight = random.Next(4) > 0;
            return [new ModuleChange.TableCreated(declared.Name, isRight ? declared.Schema : TableSchema.TryCreate([declared.Schema.Columns[0]], "id", out _)!)];
        }

        var rows = view.Rows(table.Name).ToList();
        if (random.Next(12) == 0)
        {
            return [new ModuleChange.TableDropped(table.Name)];
        }

        if (rows.Count > 0 && random.Next(3) == 0)
        {
            return [new ModuleChange.RowDeleted(table.Name, rows[random.Next(rows.Count)].Row.Key)];
        }

        var row = RowOf(table.Schema);
        return [view.FindRow(table.Name, row.Key) is null ? new ModuleChange.RowInserted(table.Name, row) : new ModuleChange.RowUpdated(table.Name, row)];
    }

    private TableRow RowOf(TableSchema schema)
    {
        var builder = new TableRowBuilder(schema);
        builder.Set(0, ConfigValue.FromInt(1 + random.Next(6)));
        if (schema.Columns.Count > 1)
        {
            builder.Set(1, ConfigValue.FromText(Pick(Names[..3])));
        }

        return builder.Build();
    }

    private ModuleChange.OptionSet Set(SectionId section, string option)
    {
        var value = Pick(Values[option]);
        var list = Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Pick(Values[option]));
        return new ModuleChange.OptionSet(section, option, random.Next(4) == 0 ? ConfigValue.FromTexts(list) : ConfigValue.FromText(value));
    }

    private string? FreeName(Overlay view) => Pick(Names) is var name && view.FindSection(name) is null
        ? name
        : Enumerable.Range(0, 100).Select(number => number.ToString(CultureInfo.InvariantCulture)).FirstOrDefault(number => view.FindSection(number) is null);

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];
}
