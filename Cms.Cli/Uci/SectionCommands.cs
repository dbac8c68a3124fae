using System.Text;
using Cms.Formats.Uci;

namespace Cms.Cli.Uci;

/// <summary>What each changing command means: from the package and an address to delta lines, without any effect.</summary>
internal static class SectionCommands
{
    public static UciEdit Set(UciTarget target)
    {
        var (address, section) = (target.Address, target.Section);
        if (address.Value is not { } value || (section is null && (address.Section is null || address.Option is not null || address.HasSelector)))
        {
            return UciEdit.Refuse(UciFailure.InvalidArgument);
        }

        if (value.IsEmpty)
        {
            return target.IsComplete ? UciEdit.Of(target.Line(UciDeltaCommand.Delete, null)) : UciEdit.Nothing;
        }

        if (address.Option is null && !UciNames.IsType(value.Span))
        {
            return UciEdit.Refuse(UciFailure.InvalidArgument);
        }

        var isSame = address.Option is null
            ? section is not null && Encoding.Latin1.GetString(value.Span) == section.Type
            : target.Option is { IsList: false } option && option[0].Span.SequenceEqual(value.Span);
        return isSame ? UciEdit.Nothing : UciEdit.Of(target.Line(UciDeltaCommand.Set, value));
    }

    public static UciEdit AddToList(UciTarget target) => target switch
    {
        { Section: null } or { Address.Value: null } or { Address.Option: null } => UciEdit.Refuse(UciFailure.InvalidArgument),
        _ => UciEdit.Of(target.Line(UciDeltaCommand.AddToList, target.Address.Value)),
    };

    public static UciEdit DeleteFromList(UciTarget target) => target switch
    {
        { Section: null } or { Address.Value: null } => UciEdit.Refuse(UciFailure.InvalidArgument),
        { Option.IsList: true } => UciEdit.Of(target.Line(UciDeltaCommand.DeleteFromList, target.Address.Value)),
        _ => UciEdit.Nothing,
    };

    public static UciEdit Rename(UciTarget target)
    {
        if (!target.IsComplete)
        {
            return UciEdit.Refuse(UciFailure.NotFound);
        }

        if (target.Section is not { } section || target.Address.Value is not { } name || !UciNames.IsName(name.Span))
        {
            return UciEdit.Refuse(UciFailure.InvalidArgument);
        }

        var text = Encoding.Latin1.GetString(name.Span);
        var isTaken = target.Option is { } option
            ? section.Find(text) is { } holder && holder != option
            : target.Loaded.Package.Find(text) is { } other && other != section;
        return isTaken ? UciEdit.Refuse(UciFailure.Duplicate) : UciEdit.Of(target.Line(UciDeltaCommand.Rename, name));
    }

    public static UciEdit Reorder(UciTarget target)
    {
        if (target.Section is not { } section || target.Address.Value is not { } position)
        {
            return UciEdit.Refuse(UciFailure.NotFound);
        }

        var number = Encoding.Latin1.GetBytes(UciDelta.ParsePosition(position.Span).ToString(System.Globalization.CultureInfo.InvariantCulture));
        return UciEdit.Of(new UciDeltaLine(UciDeltaCommand.Reorder, target.Loaded.Package.Name, section.Name, null, number));
    }

    public static UciEdit Delete(UciTarget target)
    {
        if (!target.IsComplete)
        {
            return UciEdit.Refuse(UciFailure.NotFound);
        }

        if (target.Section is null)
        {
            return UciEdit.Refuse(UciFailure.InvalidArgument);
        }

        if (target is not { Option: { IsList: true } list, Address.Value: { Length: > 0 } index })
        {
            return UciEdit.Of(target.Line(UciDeltaCommand.Delete, null));
        }

        return UciDelta.TryParseIndex(index.Span, out var at) && at >= 0 && at < list.Count ? UciEdit.Of(target.Line(UciDeltaCommand.Delete, index)) : UciEdit.Nothing;
    }

    /// <summary>Decides <c>add</c>: the line names the section as it will be known when the delta is read.</summary>
    public static UciEdit Add(LoadedPackage loaded, ReadOnlyMemory<byte> type, out string? name)
    {
        name = null;
        if (!UciNames.IsType(type.Span) || loaded.Package.Name.Contains('.'))
        {
            return UciEdit.Refuse(UciFailure.InvalidArgument);
        }

        name = UciNames.Anonymous(loaded.Package.NextSection.Value, Encoding.Latin1.GetString(type.Span));
        if (loaded.Package.Find(name) is not null)
        {
            return UciEdit.Refuse(UciFailure.Duplicate);
        }

        return UciEdit.Of(new UciDeltaLine(UciDeltaCommand.Add, loaded.Package.Name, name, null, type));
    }
}
