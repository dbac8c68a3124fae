using System.Diagnostics;
using Cms.Formats.Modules;
using Google.Protobuf;
using Message = Cms.Storage.Journals.Messages;

namespace Cms.Storage.Journals;

/// <summary>Changes to bytes and back, in parts of at most <see cref="JournalLimits.MaxPartBytes"/>.</summary>
/// <remarks>The format is <c>changes.proto</c>; a kind that this version does not know is refused, never skipped.</remarks>
public static class EventCodec
{
    /// <summary>The payload of a commit, cut into parts wherever a part is full.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Encode(IReadOnlyList<ModuleChange> changes)
    {
        using var parts = new PartStream();
        using (var output = new CodedOutputStream(parts, leaveOpen: true))
        {
            foreach (var change in changes)
            {
                output.WriteMessage(ToMessage(change));
            }
        }

        return parts.ToParts();
    }

    /// <summary>The changes of a commit whose parts are given in order.</summary>
    /// <exception cref="JournalException">The bytes are no payload, or hold a kind of change that is not known.</exception>
    public static IReadOnlyList<ModuleChange> Decode(IReadOnlyList<byte[]> parts)
    {
        var changes = new List<ModuleChange>();
        using var input = new CodedInputStream(Join(parts));
        try
        {
            while (!input.IsAtEnd)
            {
                var message = new Message.Change();
                input.ReadMessage(message);
                changes.Add(ToChange(message));
            }
        }
        catch (InvalidProtocolBufferException damaged)
        {
            throw new JournalException($"a payload is damaged at byte {input.Position}", damaged);
        }

        return changes;
    }

    private static byte[] Join(IReadOnlyList<byte[]> parts)
    {
        if (parts.Count == 1)
        {
            return parts[0];
        }

        var joined = new byte[parts.Sum(part => part.Length)];
        var length = 0;
        foreach (var part in parts)
        {
            part.CopyTo(joined, length);
            length += part.Length;
        }

        return joined;
    }

    private static Message.Change ToMessage(ModuleChange change) => change switch
    {
        ModuleChange.OfTable ofTable => TableChangeCodec.ToMessage(ofTable),
        ModuleChange.OfSection ofSection => ToMessage(ofSection),
        _ => throw new UnreachableException($"unknown change {change.GetType().Name}"),
    };

    private static Message.Change ToMessage(ModuleChange.OfSection change)
    {
        var message = new Message.Change { Section = change.Section.Value };
        switch (change)
        {
            case ModuleChange.SectionAdded added:
                message.SectionAdded = new Message.SectionAdded { Type = added.Type };
                if (added.Name is not null)
                {
                    message.SectionAdded.Name = added.Name;
                }

                break;
            case ModuleChange.SectionRemoved:
                message.SectionRemoved = new Message.SectionRemoved();
                break;
            case ModuleChange.SectionRenamed renamed:
                message.SectionRenamed = renamed.Name;
                break;
            case ModuleChange.SectionRetyped retyped:
                message.SectionRetyped = retyped.Type;
                break;
            case ModuleChange.SectionMoved moved:
                message.SectionMoved = moved.Index;
                break;
            case ModuleChange.OptionSet set:
                message.OptionSet = ToMessage(set.Option, set.Value);
                break;
            case ModuleChange.OptionRemoved removed:
                message.OptionRemoved = removed.Option;
                break;
            case ModuleChange.OptionRenamed renamed:
                message.OptionRenamed = new Message.OptionRenamed { Option = renamed.Option, NewOption = renamed.NewOption };
                break;
            default:
                throw new UnreachableException($"unknown change {change.GetType().Name}");
        }

        return message;
    }

    private static ModuleChange ToChange(Message.Change message)
    {
        var section = new SectionId(message.Section);
        return message.KindCase switch
        {
            Message.Change.KindOneofCase.SectionAdded => new ModuleChange.SectionAdded(
                section, message.SectionAdded.Type, message.SectionAdded.HasName ? message.SectionAdded.Name : null),
            Message.Change.KindOneofCase.SectionRemoved => new ModuleChange.SectionRemoved(section),
            Message.Change.KindOneofCase.SectionRenamed => new ModuleChange.SectionRenamed(section, message.SectionRenamed),
            Message.Change.KindOneofCase.SectionRetyped => new ModuleChange.SectionRetyped(section, message.SectionRetyped),
            Message.Change.KindOneofCase.SectionMoved => new ModuleChange.SectionMoved(section, message.SectionMoved),
            Message.Change.KindOneofCase.OptionSet => new ModuleChange.OptionSet(section, message.OptionSet.Option, ToValue(message.OptionSet)),
            Message.Change.KindOneofCase.OptionRemoved => new ModuleChange.OptionRemoved(section, message.OptionRemoved),
            Message.Change.KindOneofCase.OptionRenamed => new ModuleChange.OptionRenamed(
                section, message.OptionRenamed.Option, message.OptionRenamed.NewOption),
            _ => TableChangeCodec.ToChange(message) ?? throw new JournalException("a payload holds a kind of change that this version does not know; it was written by a newer one"),
        };
    }

    /// <summary>An option's name and value.</summary>
    internal static Message.OptionSet ToMessage(string option, ConfigValue value) => new()
    {
        Option = option,
        ElementType = (int)value.ElementType,
        IsList = value.IsList,
        Encoding = UnsafeByteOperations.UnsafeWrap(value.Encoding),
    };

    /// <summary>The value of an option.</summary>
    /// <exception cref="JournalException">It is none.</exception>
    internal static ConfigValue ToValue(Message.OptionSet set) =>
        set.ElementType is >= 0 and <= byte.MaxValue && ConfigValue.TryDecode((ElementType)set.ElementType, set.IsList, set.Encoding.Memory, out var value)
            ? value!
            : throw new JournalException($"the value of option '{set.Option}' is damaged");
}
