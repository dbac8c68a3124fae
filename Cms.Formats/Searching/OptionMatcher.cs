using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Secrets;

namespace Cms.Formats.Searching;

/// <summary>A query as it is put to the options of one module.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class OptionMatcher
{
    private const int LongestInt = 20;

    private readonly SearchPattern _pattern;
    private readonly byte[] _module;
    private byte[] _path = new byte[1024];

    /// <param name="query">The query.</param>
    /// <param name="module">The module's name.</param>
    public OptionMatcher(OptionQuery query, string module)
    {
        Query = query;
        _pattern = query.Pattern;
        _module = Encoding.UTF8.GetBytes(module + ".");
        _module.CopyTo(_path, 0);
        SearchesPath = query.Fields.HasFlag(SearchFields.Path) && CanBegin(module + ".");
        SearchesName = query.Fields.HasFlag(SearchFields.Name);
        SearchesValue = query.Fields.HasFlag(SearchFields.Value);
        PathRun = LongestRun(run => BehindModule(run));
        Run = LongestRun(run => run);
    }

    /// <summary>The query.</summary>
    public OptionQuery Query { get; }

    /// <summary>Whether a path of this module can be found.</summary>
    public bool SearchesPath { get; }

    /// <summary>Whether names of options are searched.</summary>
    public bool SearchesName { get; }

    /// <summary>Whether values are searched.</summary>
    public bool SearchesValue { get; }

    /// <summary>Whether there is anything in this module that can be found.</summary>
    public bool CanMatch => SearchesPath || SearchesName || SearchesValue;

    /// <summary>What every path that is found holds behind the module's name; empty when there is no such thing.</summary>
    public byte[] PathRun { get; }

    /// <summary>What every name or value that is found holds; empty when there is no such thing.</summary>
    public byte[] Run { get; }

    /// <summary>Whether a text may be found by what every match of it holds; one that may not is not found.</summary>
    public bool MayHold(ReadOnlySpan<byte> text, byte[] run) => run.Length == 0 || SearchPattern.Holds(text, run, _pattern.IgnoresCase);

    /// <summary>Whether an option is found by its path or its name.</summary>
    /// <param name="section">The section's name or <c>@type[n]</c>.</param>
    /// <param name="option">The option's name.</param>
    public bool MatchesPath(ReadOnlySpan<byte> section, ReadOnlySpan<byte> option)
    {
        if (SearchesName && _pattern.Matches(option))
        {
            return true;
        }

        if (!SearchesPath)
        {
            return false;
        }

        var size = _module.Length + section.Length + 1 + option.Length;
        if (size > _path.Length)
        {
            Array.Resize(ref _path, size);
        }

        section.CopyTo(_path.AsSpan(_module.Length));
        _path[_module.Length + section.Length] = (byte)'.';
        option.CopyTo(_path.AsSpan(_module.Length + section.Length + 1));
        return _pattern.Matches(_path.AsSpan(0, size));
    }

    /// <summary>Whether an option is found by its value.</summary>
    /// <param name="elementType">The type of the value or its elements.</param>
    /// <param name="isList">Whether it is a list.</param>
    /// <param name="encoding">As <see cref="ConfigValue"/> describes it; when it is not, nothing is found.</param>
    public bool MatchesValue(ElementType elementType, bool isList, ReadOnlySpan<byte> encoding)
    {
        if (!SearchesValue)
        {
            return false;
        }

        if (elementType == ElementType.String && !isList)
        {
            return !SealedText.IsSealed(encoding) && _pattern.Matches(encoding);
        }

        if (elementType == ElementType.Int && !isList && encoding.Length == sizeof(long))
        {
            Span<byte> digits = stackalloc byte[LongestInt];
            _ = Utf8Formatter.TryFormat(BinaryPrimitives.ReadInt64LittleEndian(encoding), digits, out var size);
            return _pattern.Matches(digits[..size]);
        }

        return ConfigValue.TryDecode(elementType, isList, encoding.ToArray(), out var value) && Matches(value!);
    }

    /// <summary>Whether an option of a view is found.</summary>
    /// <param name="section">Its section.</param>
    /// <param name="sectionName">The section's name or <c>@type[n]</c>.</param>
    /// <param name="place">The section as <c>@type[n]</c>, or null when no pattern asks for it.</param>
    /// <param name="option">The option.</param>
    public bool Matches(SectionView section, string sectionName, string? place, OptionView option)
    {
        if (Query.SectionType is { } type && section.Type != type)
        {
            return false;
        }

        var name = Encoding.UTF8.GetBytes(option.Name);
        return MatchesPath(Encoding.UTF8.GetBytes(sectionName), name)
            || (place is not null && MatchesPath(Encoding.UTF8.GetBytes(place), name))
            || (SearchesValue && Matches(option.Value));
    }

    /// <summary>Whether one of the elements of a value is found; what is hidden is not.</summary>
    public bool Matches(ConfigValue value)
    {
        if (SealedText.IsHidden(value))
        {
            return false;
        }

        foreach (var element in value.Elements())
        {
            if (_pattern.Matches(element.Span))
            {
                return true;
            }
        }

        return false;
    }

    private bool CanBegin(string module)
    {
        var comparison = _pattern.IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return module.StartsWith(_pattern.Start, comparison) || _pattern.Start.StartsWith(module, comparison);
    }

    private byte[] LongestRun(Func<byte[], byte[]> cut) => _pattern.Runs.Select(cut).MaxBy(run => run.Length) ?? [];

    // A run may lie in the module's name, or begin in it: only what then is behind it is certain to be in the key.
    private byte[] BehindModule(byte[] run)
    {
        if (SearchPattern.Holds(_module, run, _pattern.IgnoresCase))
        {
            return [];
        }

        for (var size = Math.Min(run.Length, _module.Length); size > 0; size--)
        {
            if (SearchPattern.IsEqualFolded(_module.AsSpan(_module.Length - size), run.AsSpan(0, size)))
            {
                return run[size..];
            }
        }

        return run;
    }
}
