using System.Globalization;
using Cms.Formats.Schemas.Values;

namespace Cms.Formats.Schemas.Reading;

/// <summary>Resolves types: those there are, and those that a schema names itself.</summary>
internal sealed class TypeReader
{
    private const int MostDepth = 32;

    private readonly string? _module;
    private readonly Dictionary<string, SchemaEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FieldDraft> _resolved = new(StringComparer.Ordinal);
    private readonly List<string> _open = [];
    private readonly MistakeList _mistakes;

    /// <summary>Takes the named types of a schema.</summary>
    public TypeReader(IEnumerable<SchemaEntry> entries, string? module, MistakeList mistakes)
    {
        (_module, _mistakes) = (module, mistakes);
        foreach (var entry in entries)
        {
            if (entry.Name is not { } name)
            {
                mistakes.Add(entry.Line, "a named type needs a name: write config type 'name'");
            }
            else if (ValueFormats.Find(name) is not null)
            {
                mistakes.Add(entry.Line, $"'{name}' is a type already; give yours another name");
            }
            else
            {
                _entries.TryAdd(name, entry);
            }
        }

        foreach (var name in _entries.Keys)
        {
            Resolve(name);
        }
    }

    /// <summary>What the type, the rules and the options of a field, column or named type amount to.</summary>
    public FieldDraft Read(SchemaEntry entry)
    {
        var draft = new FieldDraft { Module = _module, Type = entry.Text("type") ?? ValueFormats.Text.Name };
        var isField = entry.Owner == "field";
        draft.AllowsNegation = entry.Flag("negation", false);
        draft.Size = entry.Owner == "column" ? null : entry.Count("size");
        Inherit(draft, entry);
        if (draft.Size is { } size && entry.Has("size"))
        {
            draft.Rules.Add(new SizeRule(size));
        }

        if (entry.Values("values").Values is { Count: > 0 } values)
        {
            new RuleReader(draft, _mistakes, entry.LineOf("values"), isField).TakeValues(true, values, "values:" + string.Join(',', values));
        }

        if (entry.Text("validation") is { } validation)
        {
            new RuleReader(draft, _mistakes, entry.LineOf("validation"), isField).ReadAll(validation);
        }

        if (draft.Rules.Count > FieldDraft.MostRules)
        {
            _mistakes.Add(entry.Line, $"{entry.Title} has {draft.Rules.Count} rules with those of its type; the most is {FieldDraft.MostRules}");
            draft.Rules.RemoveRange(FieldDraft.MostRules, draft.Rules.Count - FieldDraft.MostRules);
        }

        return draft;
    }

    private void Inherit(FieldDraft draft, SchemaEntry entry)
    {
        if (ValueFormats.Find(draft.Type) is { } format)
        {
            draft.Format = format;
            if (format != ValueFormats.Text)
            {
                draft.Rules.Add(new FormatRule("type:" + format.Name, [format]));
            }
        }
        else if (Resolve(draft.Type) is { } named)
        {
            draft.Inherit(named);
        }
        else if (!_entries.ContainsKey(draft.Type))
        {
            var known = ValueFormats.All.Select(each => each.Name).Concat(_entries.Keys);
            _mistakes.Add(entry.LineOf("type"), $"there is no type '{draft.Type}'{_mistakes.Suggest(draft.Type, known)}; docs/schemas.md lists the types, and config type '{draft.Type}' makes one");
        }
    }

    // Null for a name that is none, for one that is being resolved, which is a circle, and where too many are made of each other.
    private FieldDraft? Resolve(string name)
    {
        if (_resolved.TryGetValue(name, out var known) || !_entries.TryGetValue(name, out var entry))
        {
            return known;
        }

        if (_open.Contains(name))
        {
            var circle = string.Join(" -> ", _open.SkipWhile(each => each != name).Append(name));
            _mistakes.Add(entry.LineOf("type"), string.Create(CultureInfo.InvariantCulture, $"type '{name}' is made of itself: {circle}; base one of them on another type"));
            return null;
        }

        if (_open.Count == MostDepth)
        {
            AddTooDeep(entry);
            return null;
        }

        _open.Add(name);
        var draft = Read(entry);
        _open.Remove(name);
        if (draft.Depth == MostDepth)
        {
            AddTooDeep(entry);
            draft.Depth = 0;
        }

        if (draft.Reference is not null || draft.IsUnique)
        {
            _mistakes.Add(entry.LineOf("validation"), "ref and unique are for fields; leave them out of a named type");
        }

        _resolved[name] = draft;
        return draft;
    }

    private void AddTooDeep(SchemaEntry entry) =>
        _mistakes.Add(entry.LineOf("type"), $"more than {MostDepth} types are made of each other here, '{entry.Name}' among them; base them on simpler ones");
}
