using Cms.Formats.Modules;

namespace Cms.Formats.Uci;

/// <summary>A section of a <see cref="UciPackage"/> with its options in order.</summary>
/// <remarks>
/// Invariants: the options form one chain without two of the same name; the table, made when several were looked up among many,
/// holds each of them. Lines that were read from a text wait until somebody asks for options: whatever reads or changes the chain
/// calls <see cref="Settle"/> first. Only the package changes sections.
/// </remarks>
public sealed class UciSection
{
    private const int TableThresholdCount = 12;
    private const int ScansBeforeTableCount = 3;

    private Dictionary<string, UciOption>? _table;
    private DeferredOptions? _deferred;
    private int _deferredStart;
    private int _deferredCount;
    private UciOption? _first;
    private UciOption? _last;
    private int _count;
    private int _scanCount;

    internal UciSection(SectionId id, string type, string name, bool isAnonymous)
    {
        Id = id;
        Type = type;
        Name = name;
        IsAnonymous = isAnonymous;
    }

    /// <summary>Its birth ordinal in the package.</summary>
    public SectionId Id { get; }

    /// <summary>1 or more bytes of 33..126.</summary>
    public string Type { get; internal set; }

    /// <summary>The name UCI knows it by: the given one, or <c>cfgXXXXXX</c> when anonymous.</summary>
    public string Name { get; internal set; }

    /// <summary>Whether it has no given name.</summary>
    public bool IsAnonymous { get; internal set; }

    /// <summary>How many options it has.</summary>
    public int OptionCount
    {
        get
        {
            Settle();
            return _count;
        }
    }

    internal UciSection? Previous { get; set; }

    internal UciSection? Next { get; set; }

    /// <summary>The options in order; the section must not change meanwhile.</summary>
    public IEnumerable<UciOption> Options()
    {
        Settle();
        for (var option = _first; option is not null; option = option.Next)
        {
            yield return option;
        }
    }

    /// <summary>The option of this name, or null.</summary>
    public UciOption? Find(string name)
    {
        if (OptionCount > TableThresholdCount && (_table is not null || ++_scanCount > ScansBeforeTableCount))
        {
            _table ??= Options().ToDictionary(option => option.Name, StringComparer.Ordinal);
            return _table.GetValueOrDefault(name);
        }

        var found = _first;
        while (found is not null && !string.Equals(found.Name, name, StringComparison.Ordinal))
        {
            found = found.Next;
        }

        return found;
    }

    /// <summary>Lets the lines that are about to be appended to a table be the options of this section, which has none yet.</summary>
    internal void Defer(DeferredOptions lines)
    {
        _deferred = lines;
        _deferredStart = lines.Count;
    }

    /// <summary>Takes further lines at once, because others' lines may stand behind its own.</summary>
    internal void Reopen() => Settle();

    /// <summary>Appends an option line that was read from a text.</summary>
    internal void AddLine(DeferredOptions.Line line)
    {
        if (_deferred is null)
        {
            Take(line, Find(line.Name.Text));
            return;
        }

        _deferred.Add(line);
        _deferredCount++;
    }

    /// <summary>Puts a new option behind the last one; the section has none of that name.</summary>
    internal void Add(UciOption option)
    {
        Settle();
        Link(option);
        _table?.Add(option.Name, option);
    }

    internal void Remove(UciOption option)
    {
        if (option.Previous is null)
        {
            _first = option.Next;
        }
        else
        {
            option.Previous.Next = option.Next;
        }

        if (option.Next is null)
        {
            _last = option.Previous;
        }
        else
        {
            option.Next.Previous = option.Previous;
        }

        _count--;
        _table?.Remove(option.Name);
    }

    internal void Rename(UciOption option, string name)
    {
        _table?.Remove(option.Name);
        option.Name = name;
        _table?.Add(name, option);
    }

    // Makes options of the lines that wait. A name that this section has not had since it began is marked with another section.
    private void Settle()
    {
        if (_deferred is not { } lines)
        {
            return;
        }

        _deferred = null;
        for (var index = _deferredStart; index < _deferredStart + _deferredCount; index++)
        {
            var line = lines[index];
            line.Name.LastOption = Take(line, line.Name.LastSection == this ? line.Name.LastOption : null);
            line.Name.LastSection = this;
        }
    }

    private UciOption Take(DeferredOptions.Line line, UciOption? known)
    {
        if (known is null)
        {
            known = line.IsList ? new UciOption(line.Name.Text, [line.Value]) : new UciOption(line.Name.Text, line.Value);
            Link(known);
            _table?.Add(known.Name, known);
        }
        else if (line.IsList)
        {
            known.Append(line.Value);
        }
        else
        {
            known.Set(line.Value);
        }

        return known;
    }

    private void Link(UciOption option)
    {
        option.Previous = _last;
        if (_last is null)
        {
            _first = option;
        }
        else
        {
            _last.Next = option;
        }

        _last = option;
        _count++;
    }
}
