using System.Diagnostics;
using Cms.Formats.Modules;
using Cms.Formats.Tables;
using Google.Protobuf;
using Message = Cms.Storage.Journals.Messages;

namespace Cms.Storage.Journals;

/// <summary>Changes of tables to messages and back; a part of <see cref="EventCodec"/>.</summary>
internal static class TableChangeCodec
{
    public static Message.Change ToMessage(ModuleChange.OfTable change) => change switch
    {
        ModuleChange.TableCreated created => new Message.Change { TableCreated = ToMessage(created.Table, created.Schema) },
        ModuleChange.TableDropped => new Message.Change { TableDropped = change.Table },
        ModuleChange.RowInserted inserted => new Message.Change { RowInserted = ToMessage(change.Table, inserted.Row) },
        ModuleChange.RowUpdated updated => new Message.Change { RowUpdated = ToMessage(change.Table, updated.Row) },
        ModuleChange.RowDeleted deleted => new Message.Change
        {
            RowDeleted = new Message.RowKey { Table = change.Table, Key = UnsafeByteOperations.UnsafeWrap(deleted.Key) },
        },
        _ => throw new UnreachableException($"unknown change {change.GetType().Name}"),
    };

    /// <summary>The change of a table that a message holds; null when it holds something else.</summary>
    /// <exception cref="JournalException">The columns of a table are none.</exception>
    public static ModuleChange? ToChange(Message.Change message) => message.KindCase switch
    {
        Message.Change.KindOneofCase.TableCreated => new ModuleChange.TableCreated(message.TableCreated.Table, ToSchema(message.TableCreated)),
        Message.Change.KindOneofCase.TableDropped => new ModuleChange.TableDropped(message.TableDropped),
        Message.Change.KindOneofCase.RowInserted => new ModuleChange.RowInserted(message.RowInserted.Table, ToRow(message.RowInserted)),
        Message.Change.KindOneofCase.RowUpdated => new ModuleChange.RowUpdated(message.RowUpdated.Table, ToRow(message.RowUpdated)),
        Message.Change.KindOneofCase.RowDeleted => new ModuleChange.RowDeleted(message.RowDeleted.Table, message.RowDeleted.Key.Memory),
        _ => null,
    };

    /// <summary>A table's name and columns.</summary>
    public static Message.TableCreated ToMessage(string table, TableSchema schema)
    {
        var message = new Message.TableCreated { Table = table, PrimaryKey = schema.Columns[schema.PrimaryKey].Name };
        message.Columns.AddRange(schema.Columns.Select(column => new Message.Column
        {
            Name = column.Name,
            ElementType = (int)column.Type,
            SizeBytes = column.SizeBytes,
            Index = (int)column.Index,
        }));
        return message;
    }

    private static Message.Row ToMessage(string table, TableRow row) => new()
    {
        Table = table,
        Key = UnsafeByteOperations.UnsafeWrap(row.Key),
        Content = UnsafeByteOperations.UnsafeWrap(row.Content),
    };

    /// <summary>The columns of a table.</summary>
    /// <exception cref="JournalException">They are none.</exception>
    public static TableSchema ToSchema(Message.TableCreated message)
    {
        var columns = message.Columns.Select(column => new TableColumn(
            column.Name, (ElementType)(byte)Math.Clamp(column.ElementType, 0, byte.MaxValue), column.SizeBytes, (ColumnIndex)(byte)Math.Clamp(column.Index, 0, byte.MaxValue)));
        return TableSchema.TryCreate([.. columns], message.PrimaryKey, out var problem)
            ?? throw new JournalException($"the columns of table '{message.Table}' are damaged: {problem}");
    }

    private static TableRow ToRow(Message.Row message) => new(message.Key.Memory, message.Content.Memory);
}
