using System.Globalization;
using Cms.Formats.Schemas.Values;
using Cms.Formats.Uci;

namespace Cms.Formats.Schemas.Reading;

/// <summary>Makes a schema of the sections of its text, going on after mistakes to find all of them.</summary>
internal sealed class SchemaCompiler(IReadOnlyList<SchemaEntry> entries, MistakeList mistakes)
{
    private const int MostSections = 4096;
    private const int MostFields = 16_384;
    private const int MostTypes = 1024;
    private const int MostTables = 1024;

    /// <summary>Makes the schema; null when it has no module. It is to be used only if there were no mistakes.</summary>
    public ModuleSchema? Compile()
    {
        foreach (var entry in entries)
        {
            entry.CheckWords();
        }

        var module = ReadModule();
        var types = new TypeReader(Of("type", MostTypes), module?.Name, mistakes);
        var fields = new FieldReader(types, mistakes);
        var sections = ReadSections();
        var read = Of("field", MostFields).Select(entry => (Entry: entry, Field: fields.Read(entry))).Where(pair => pair.Field is not null).Select(pair => (pair.Entry, pair.Field!)).ToList();
        var ofAll = read.Where(pair => pair.Item2.SectionTypes is null).Select(pair => pair.Item2).ToList();
        var own = read.SelectMany(pair => (pair.Item2.SectionTypes ?? []).Distinct().Select(type => (Type: type, Field: pair.Item2))).ToLookup(pair => pair.Type, pair => pair.Field);
        foreach (var section in sections)
        {
            (section.OwnFields, section.FieldsOfAll) = ([.. own[section.Type]], ofAll);
        }

        var links = new SchemaLinks(sections, ofAll, mistakes);
        links.Check(read);
        var tables = new TableReader(fields, links, mistakes).Read(Of("table", MostTables), Of("column", MostFields));
        return module is { Name: { } name } ? Assemble(module, name, sections, ofAll, tables) : null;
    }

    private List<SchemaEntry> Of(string owner, int most = int.MaxValue)
    {
        var found = entries.Where(entry => entry.Owner == owner).ToList();
        if (found.Count > most)
        {
            mistakes.Add(found[most].Line, string.Create(CultureInfo.InvariantCulture, $"the schema has {found.Count} sections '{owner}', and the most is {most}; leave some out"));
            found.RemoveRange(most, found.Count - most);
        }

        return found;
    }

    private ModuleSchema Assemble(
        SchemaEntry module, string name, IReadOnlyList<SectionSchema> sections, IReadOnlyList<FieldSchema> ofAll, IReadOnlyList<DeclaredTable> tables) =>
        new(name, VersionOf(module), sections, ofAll)
        {
            Description = module.Text("description"),
            RefusesUnknown = RefusesUnknown(module),
            Settings = ReadSettings(module),
            Tables = tables,
            MigrationRequirements = [.. module.Values("requires").Values.Select(text => RequirementOf(module, text)).OfType<MigrationRequirement>()],
        };

    private SchemaEntry? ReadModule()
    {
        var modules = Of("module");
        if (modules.Count == 0)
        {
            mistakes.Add(1, "the schema names no module: begin with config module 'name'");
        }

        foreach (var other in modules.Skip(1))
        {
            mistakes.Add(other.Line, $"a schema is of one module, and line {modules[0].Line} names one already; write another file for another module");
        }

        if (modules is [{ Name: null } nameless, ..])
        {
            mistakes.Add(nameless.Line, "the module has no name: write config module 'name'");
        }

        return modules.FirstOrDefault();
    }

    private SchemaVersion VersionOf(SchemaEntry module)
    {
        var text = module.Text("version") ?? "1.0.0";
        if (SchemaVersion.TryParse(text) is { } version)
        {
            return version;
        }

        mistakes.Add(module.LineOf("version"), $"'{text}' is no version: write MAJOR.MINOR.PATCH, such as 1.0.0");
        return default;
    }

    private MigrationRequirement? RequirementOf(SchemaEntry module, string text)
    {
        if (MigrationRequirement.TryParse(text) is { } requirement)
        {
            return requirement;
        }

        mistakes.Add(module.LineOf("requires"), $"'{text}' is no requirement: write a module and the version that it needs, such as network>=1.2.0");
        return null;
    }

    private static bool RefusesUnknown(SchemaEntry entry) => entry.Choice("unknown", ("allow", false), ("refuse", true));

    private SchemaSettings ReadSettings(SchemaEntry module)
    {
        var size = 0L;
        var sizeText = module.Text("cache_size");
        if (sizeText is not null && !TimeFormats.TryReadSize(System.Text.Encoding.UTF8.GetBytes(sizeText), out size))
        {
            mistakes.Add(module.LineOf("cache_size"), $"'cache_size' is '{sizeText}'; write bytes, or a number with K, M, G or T, such as 100M");
        }

        var clients = module.Values("allowed_clients").Values;
        foreach (var client in clients)
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(client);
            if (!NetworkFormats.IsHost(bytes) && !AddressFormats.IsCidr(bytes))
            {
                mistakes.Add(module.LineOf("allowed_clients"), $"'{client}' is no client: write an address, a network such as 10.0.0.0/8, or a host's name");
            }
        }

        return new SchemaSettings
        {
            DatabasePath = module.Text("db_path"),
            CachePolicy = module.Has("cache_policy") ? module.Choice("cache_policy", ("LRU", "LRU"), ("MRU", "MRU"), ("FIFO", "FIFO")) : null,
            CacheSizeBytes = sizeText is null ? null : size,
            ShaKey = module.Text("sha_key"),
            AllowedClients = clients,
        };
    }

    private List<SectionSchema> ReadSections()
    {
        var sections = new List<SectionSchema>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in Of("section", MostSections))
        {
            var type = entry.Text("type") ?? entry.Name;
            if (type is null || !UciNames.IsType(type))
            {
                mistakes.Add(entry.LineOf("type"), type is null ? "the section has no type: write config section 'type', or option type in it" : $"'{type}' is no type: use printable characters without blanks");
            }
            else if (!known.Add(type))
            {
                mistakes.Add(entry.Line, $"sections of type '{type}' are described already; keep one description");
            }
            else
            {
                sections.Add(ReadSection(entry, type));
            }
        }

        return sections;
    }

    private SectionSchema ReadSection(SchemaEntry entry, string type)
    {
        var names = new FieldDraft();
        if (entry.Text("validation") is { } validation)
        {
            new RuleReader(names, mistakes, entry.LineOf("validation"), isField: false).ReadAll(validation);
        }

        var (least, most) = (entry.Count("min"), entry.Count("max"));
        if (least > most)
        {
            mistakes.Add(entry.LineOf("min"), string.Create(CultureInfo.InvariantCulture, $"at least {least} and at most {most} cannot both be; lower min or raise max"));
        }

        return new SectionSchema(type)
        {
            Description = entry.Text("description"),
            Names = entry.Choice("named", ("optional", NamePolicy.Optional), ("required", NamePolicy.Required), ("forbidden", NamePolicy.Forbidden)),
            RefusesUnknown = RefusesUnknown(entry),
            Least = least,
            Most = most,
            Durability = entry.Choice("durability", FieldReader.DurabilityWords),
            IsPlainFile = entry.Flag("plain_file", false),
            NameRules = names.Rules,
        };
    }
}
