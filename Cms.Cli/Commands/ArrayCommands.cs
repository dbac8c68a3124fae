using System.Globalization;
using Cms.Client.Wire;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Statements;

namespace Cms.Cli.Commands;

/// <summary>array get and count read a list; push, insert, set, remove and pop stage one operation on it.</summary>
/// <remarks>A scalar is a list of one. Indexes are counted from 0, below 0 from the end: -1 is the last element.</remarks>
internal sealed class ArrayCommands
{
    private static readonly ConfigValueConverter Values = new();

    private readonly CommandContext _context;
    private readonly Address _address;
    private readonly ModuleSession _session;

    /// <param name="context">Where to print.</param>
    /// <param name="address">The option.</param>
    /// <exception cref="RefusedException">It is no option's address, or there is no such module.</exception>
    public ArrayCommands(CommandContext context, Address address)
    {
        (_context, _address) = (context, address.WithoutValue());
        _ = address.NeedOption();
        _session = context.Session(address.Module);
    }

    private string Path => _address.Format();

    private ConfigValue Staged => Find(isCommitted: false) ?? throw ReadCommands.Missing(_address);

    /// <summary>Prints one element, or all, one a line.</summary>
    public void Get(int? index, bool isCommitted)
    {
        var list = Find(isCommitted) ?? throw ReadCommands.Missing(_address);
        if (_context.Output.IsJson)
        {
            var encodings = list.ElementEncodings().ToList();
            var printed = index is { } only ? ElementOf(list, encodings, only) : ConfigValue.FromEncodings(list.ElementType, encodings);
            _context.Output.WriteJson(json => Values.Write(json, printed, WireJson.Default.Options));
            return;
        }

        var places = index is { } one ? [PlaceOf(list, one)] : Enumerable.Range(0, list.Count);
        foreach (var place in places)
        {
            _context.Output.Write(list.GetBytes(place).Span);
            _context.Output.WriteLine();
        }
    }

    /// <summary>Prints how many elements there are.</summary>
    public void Count(bool isCommitted)
    {
        var list = Find(isCommitted) ?? throw ReadCommands.Missing(_address);
        _context.Output.WriteLine(list.Count.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Stages further elements at the end; a missing option becomes a list.</summary>
    public void Push(IReadOnlyList<ReadOnlyMemory<byte>> values) =>
        Stage([.. values.Select(value => new ModuleOperation.AddToList(_address.Selector, _address.Option!, ConfigValue.FromBytes(value.Span)))]);

    /// <summary>Stages further elements in front of one.</summary>
    /// <param name="index">From minus the number of elements to their number, which is behind the last one.</param>
    /// <param name="values">What is inserted.</param>
    public void Insert(int index, IReadOnlyList<ReadOnlyMemory<byte>> values)
    {
        var list = Staged;
        var place = index == list.Count ? index : PlaceOf(list, index);

        // A list keeps the type of its elements as long as what comes to it reads as that type.
        var added = ConfigValue.FromElements(values);
        var (left, right) = added.ReadAs(list.ElementType) is { } fitting ? (list, fitting) : (list.ReadAs(ElementType.String)!, added);
        var present = left.ElementEncodings().ToList();
        Stage(new ModuleOperation.SetOption(
            _address.Selector, _address.Option!, ConfigValue.FromEncodings(left.ElementType, [.. present[..place], .. right.ElementEncodings(), .. present[place..]])));
    }

    /// <summary>Stages another value of an element.</summary>
    public void Set(int index, ReadOnlyMemory<byte> value)
    {
        var list = Staged;
        var place = PlaceOf(list, index);
        Stage(list.IsList
            ? new ModuleOperation.SetElement(_address.Selector, _address.Option!, place, ConfigValue.FromBytes(value.Span))
            : new ModuleOperation.SetOption(_address.Selector, _address.Option!, ConfigValue.FromBytes(value.Span)));
    }

    /// <summary>Stages the removal of an element.</summary>
    public void Remove(int index)
    {
        var list = Staged;
        Remove(list, PlaceOf(list, index));
    }

    /// <summary>Prints the last element and stages its removal.</summary>
    public void Pop()
    {
        var list = Staged;
        var place = PlaceOf(list, -1);
        var last = list.GetBytes(place);
        Remove(list, place);
        if (!_context.Output.IsJson)
        {
            _context.Output.Write(last.Span);
            _context.Output.WriteLine();
        }
    }

    private void Remove(ConfigValue list, int place) => Stage(list.IsList
        ? new ModuleOperation.DeleteElement(_address.Selector, _address.Option!, place)
        : new ModuleOperation.DeleteOption(_address.Selector, _address.Option!));

    private ConfigValue? Find(bool isCommitted) => _session.Read(() =>
    {
        var view = isCommitted ? _session.Committed : _session.Staged;
        var section = isCommitted ? SectionLookup.Find(view, _address.Selector) : _session.Find(_address.Selector);
        return section is null ? null : view.FindOption(section.Id, _address.Option!)?.Value;
    });

    private void Stage(params IReadOnlyList<ModuleOperation> operations)
    {
        foreach (var operation in operations)
        {
            _session.Stage(operation);
        }

        if (_context.Output.IsJson)
        {
            _context.Output.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("staged", Path);
                json.WriteEndObject();
            });
        }
    }

    private ConfigValue ElementOf(ConfigValue list, List<ReadOnlyMemory<byte>> encodings, int index) =>
        ConfigValue.TryDecode(list.ElementType, isList: false, encodings[PlaceOf(list, index)], out var element)
            ? element!
            : throw new System.Diagnostics.UnreachableException("an element of a list is no scalar");

    private int PlaceOf(ConfigValue list, int index)
    {
        var place = index < 0 ? list.Count + index : index;
        return place >= 0 && place < list.Count ? place : throw new RefusedException(
            ErrorCode.NotFound,
            list.Count == 0
                ? $"{Path} is an empty list"
                : string.Create(CultureInfo.InvariantCulture, $"{Path} has no element {index}; its {list.Count} elements are 0 to {list.Count - 1}, or -1 to -{list.Count} from the end"));
    }
}
