using Cms.Formats.Modules;

namespace Cms.Formats.Uci;

/// <summary>An option of a <see cref="UciSection"/>: one string, or a list of strings.</summary>
/// <remarks>Invariant: exactly one of scalar and list is in use. Bytes may be slices of the text that was loaded; they never change.</remarks>
public sealed class UciOption
{
    private ReadOnlyMemory<byte> _scalar;
    private List<ReadOnlyMemory<byte>>? _elements;

    internal UciOption(string name, ReadOnlyMemory<byte> scalar)
    {
        Name = name;
        _scalar = scalar;
    }

    internal UciOption(string name, List<ReadOnlyMemory<byte>> elements)
    {
        Name = name;
        _elements = elements;
    }

    /// <summary>[A-Za-z0-9_]+.</summary>
    public string Name { get; internal set; }

    /// <summary>Whether this is a list, which may be empty.</summary>
    public bool IsList => _elements is not null;

    /// <summary>1 for a string, the number of elements for a list.</summary>
    public int Count => _elements?.Count ?? 1;

    internal UciOption? Previous { get; set; }

    internal UciOption? Next { get; set; }

    /// <summary>The string at index 0, or an element of the list.</summary>
    public ReadOnlyMemory<byte> this[int index] => _elements is null && index == 0 ? _scalar : _elements![index];

    /// <summary>The value, as a copy of its own for a list.</summary>
    public ConfigValue ToValue()
    {
        if (_elements is not null)
        {
            return ConfigValue.FromElements(_elements);
        }

        ConfigValue.TryDecode(ElementType.String, false, _scalar, out var value);
        return value!;
    }

    internal void Set(ReadOnlyMemory<byte> scalar)
    {
        _scalar = scalar;
        _elements = null;
    }

    internal void Set(ConfigValue value)
    {
        if (value.IsList)
        {
            _elements = [.. value.Elements()];
            _scalar = default;
        }
        else
        {
            Set(value.GetBytes());
        }
    }

    internal void Append(ReadOnlyMemory<byte> element)
    {
        _elements ??= [_scalar];
        _scalar = default;
        _elements.Add(element);
    }
}
