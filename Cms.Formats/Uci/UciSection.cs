using Cms.Formats.Modules;

namespace Cms.Formats.Uci;

/// <summary>A section of a <see cref="UciPackage"/> with its options in order.</summary>
/// <remarks>
/// Invariant: the options form one chain without two of the same name; once there are more than a few and one was looked up, the
/// table holds each of them. Only the package changes sections.
/// </remarks>
public sealed class UciSection
{
    private const int TableThresholdCount = 12;

    private Dictionary<string, UciOption>? _table;
    private UciOption? _last;

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
    public int OptionCount { get; private set; }

    internal UciSection? Previous { get; set; }

    internal UciSection? Next { get; set; }

    internal UciOption? First { get; private set; }

    /// <summary>The options in order; the section must not change meanwhile.</summary>
    public IEnumerable<UciOption> Options()
    {
        for (var option = First; option is not null; option = option.Next)
        {
            yield return option;
        }
    }

    /// <summary>The option of this name, or null.</summary>
    public UciOption? Find(string name)
    {
        if (OptionCount > TableThresholdCount)
        {
            _table ??= Options().ToDictionary(option => option.Name, StringComparer.Ordinal);
            return _table.GetValueOrDefault(name);
        }

        var found = First;
        while (found is not null && !string.Equals(found.Name, name, StringComparison.Ordinal))
        {
            found = found.Next;
        }

        return found;
    }

    /// <summary>Puts a new option behind the last one; the section has none of that name.</summary>
    internal void Add(UciOption option)
    {
        option.Previous = _last;
        if (_last is null)
        {
            First = option;
        }
        else
        {
            _last.Next = option;
        }

        _last = option;
        OptionCount++;
        _table?.Add(option.Name, option);
    }

    internal void Remove(UciOption option)
    {
        if (option.Previous is null)
        {
            First = option.Next;
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

        OptionCount--;
        _table?.Remove(option.Name);
    }

    internal void Rename(UciOption option, string name)
    {
        _table?.Remove(option.Name);
        option.Name = name;
        _table?.Add(name, option);
    }
}
