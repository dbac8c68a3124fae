using Cms.Formats.Modules;
using Cms.Formats.Tables;
using Google.Protobuf;
using Message = Cms.Storage.Journals.Messages;

namespace Cms.Storage.Journals;

/// <summary>A whole module to bytes and back, in parts of about <see cref="JournalLimits.MaxPartBytes"/>, cut between entries.</summary>
/// <remarks>The format is <c>Stored</c> of <c>changes.proto</c>; a kind that this version does not know is refused, never skipped.</remarks>
public static class SnapshotCodec
{
    /// <summary>The parts of a module, made as they are consumed; at least one.</summary>
    public static IEnumerable<byte[]> Encode(IModuleView module)
    {
        using var part = new MemoryStream();
        foreach (var message in ToMessages(module))
        {
            message.WriteDelimitedTo(part);
            if (part.Length >= JournalLimits.MaxPartBytes)
            {
                yield return part.ToArray();
                part.SetLength(0);
            }
        }

        if (part.Length > 0)
        {
            yield return part.ToArray();
        }
    }

    /// <summary>The module whose parts are given in order; each is dropped as soon as it is read.</summary>
    /// <exception cref="JournalException">The bytes are no module, or hold a kind of entry that is not known.</exception>
    public static StoredModule Decode(IEnumerable<byte[]> parts)
    {
        StoredModule? module = null;
        foreach (var part in parts)
        {
            using var input = new CodedInputStream(part);
            try
            {
                while (!input.IsAtEnd)
                {
                    var message = new Message.Stored();
                    input.ReadMessage(message);
                    Add(ref module, message);
                }
            }
            catch (InvalidProtocolBufferException damaged)
            {
                throw new JournalException($"a snapshot is damaged at byte {input.Position} of a part", damaged);
            }
        }

        return module ?? throw new JournalException("a snapshot has no parts");
    }

    private static IEnumerable<Message.Stored> ToMessages(IModuleView module)
    {
        yield return new() { Head = new() { Revision = module.Revision.Value, NextSection = module.NextSection.Value } };
        foreach (var section in module.Sections())
        {
            var content = new Message.SectionAdded { Type = section.Type };
            if (section.Name is not null)
            {
                content.Name = section.Name;
            }

            yield return new() { Section = new() { Section = section.Id.Value, Changed = section.Changed.Value, Content = content } };
            foreach (var option in module.Options(section.Id))
            {
                yield return new() { Option = new() { Changed = option.Changed.Value, Content = EventCodec.ToMessage(option.Name, option.Value) } };
            }
        }

        foreach (var table in module.Tables())
        {
            yield return new() { Table = new() { Changed = table.Changed.Value, Content = TableChangeCodec.ToMessage(table.Name, table.Schema) } };
            foreach (var row in module.Rows(table.Name))
            {
                var (key, content) = (UnsafeByteOperations.UnsafeWrap(row.Row.Key), UnsafeByteOperations.UnsafeWrap(row.Row.Content));
                yield return new() { Row = new() { Changed = row.Changed.Value, Key = key, Content = content } };
            }
        }
    }

    private static void Add(ref StoredModule? module, Message.Stored message)
    {
        if (message.KindCase == Message.Stored.KindOneofCase.Head && module is null)
        {
            module = new(new(message.Head.Revision), new(message.Head.NextSection));
            return;
        }

        var isAdded = module is not null && message.KindCase switch
        {
            Message.Stored.KindOneofCase.Section when message.Section.Content is null => false,
            Message.Stored.KindOneofCase.Option when message.Option.Content is null => false,
            Message.Stored.KindOneofCase.Table when message.Table.Content is null => false,
            Message.Stored.KindOneofCase.Section => module.TryAdd(ToSection(message.Section)),
            Message.Stored.KindOneofCase.Option => module.TryAdd(
                new OptionView(message.Option.Content.Option, EventCodec.ToValue(message.Option.Content), new(message.Option.Changed))),
            Message.Stored.KindOneofCase.Table => module.TryAdd(
                new TableView(message.Table.Content.Table, TableChangeCodec.ToSchema(message.Table.Content), 0, new(message.Table.Changed))),
            Message.Stored.KindOneofCase.Row => module.TryAdd(
                new RowView(new TableRow(message.Row.Key.Memory, message.Row.Content.Memory), new(message.Row.Changed))),
            _ => throw new JournalException("a snapshot holds a kind of entry that this version does not know; it was written by a newer one"),
        };
        if (!isAdded)
        {
            throw new JournalException("a snapshot holds an entry that has no place in it");
        }
    }

    private static SectionView ToSection(Message.StoredSection section) =>
        new(new(section.Section), section.Content.Type, section.Content.HasName ? section.Content.Name : null, new(section.Changed));
}
