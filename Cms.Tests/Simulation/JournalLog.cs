using System.Buffers.Binary;
using System.Text;
using Cms.Formats.Modules;
using Cms.Storage.Journals;

namespace Cms.Tests.Simulation;

/// <summary>The bytes of the simulated journal: records one behind the other, each with a checksum over all before it.</summary>
/// <remarks>
/// The chain of checksums tells what follows from what lies there by chance: the rest of a write that failed, which the
/// next one covers in part, never continues the chain.
/// </remarks>
internal static class JournalLog
{
    private const int HeadSize = sizeof(int) + sizeof(ulong);
    private const ulong Seed = 0x9E3779B97F4A7C15;

    /// <summary>The end of a log and the chain up to it.</summary>
    public readonly record struct Place(int Offset, ulong Chain)
    {
        public static readonly Place Start = new(0, Seed);
    }

    /// <summary>The bytes of a record behind a place.</summary>
    public static byte[] Encode(LogRecord record, Place behind, out Place end)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8))
        {
            writer.Write(new byte[HeadSize]);
            Write(writer, record);
        }

        var bytes = stream.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length - HeadSize);
        end = new Place(behind.Offset + bytes.Length, Sum(bytes.AsSpan(HeadSize), behind.Chain));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(sizeof(int)), end.Chain);
        return bytes;
    }

    /// <summary>The record behind a place, or null where the log ends.</summary>
    public static LogRecord? TryDecode(ReadOnlySpan<byte> log, Place place, out Place end)
    {
        end = place;
        if (log.Length - place.Offset < HeadSize)
        {
            return null;
        }

        var head = log[place.Offset..];
        var size = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (size <= 0 || size > head.Length - HeadSize)
        {
            return null;
        }

        var body = head.Slice(HeadSize, size);
        var chain = Sum(body, place.Chain);
        if (chain != BinaryPrimitives.ReadUInt64LittleEndian(head[sizeof(int)..]))
        {
            return null;
        }

        end = new Place(place.Offset + HeadSize + size, chain);
        using var reader = new BinaryReader(new MemoryStream(body.ToArray()), Encoding.UTF8);
        return Read(reader);
    }

    private static ulong Sum(ReadOnlySpan<byte> bytes, ulong chain)
    {
        foreach (var value in bytes)
        {
            chain = unchecked(((chain ^ value) * 0x100000001B3) + 1);
        }

        return chain;
    }

    private static void Write(BinaryWriter writer, LogRecord record)
    {
        switch (record)
        {
            case LogRecord.Opened opened:
                writer.Write((byte)1);
                writer.Write(opened.Id.ToByteArray());
                writer.Write(opened.Epoch);
                break;
            case LogRecord.Committed committed:
                writer.Write((byte)2);
                writer.Write(committed.Rows.Count);
                foreach (var row in committed.Rows)
                {
                    Write(writer, row);
                }

                break;
            case LogRecord.FileSet file:
                writer.Write((byte)3);
                Write(writer, file.Module);
                writer.Write(file.File.KnownHash);
                WriteMaybe(writer, file.File.NextHash);
                writer.Write(file.File.Written.Value);
                writer.Write(file.File.Next.Value);
                break;
            case LogRecord.ConflictAdded added:
                writer.Write((byte)4);
                Write(writer, added.Conflict.Module);
                writer.Write(added.Conflict.Time.ToUnixTimeMilliseconds());
                writer.Write(added.Conflict.Revision.Value);
                writer.Write(string.Join('\n', added.Conflict.Paths));
                writer.Write(added.Conflict.KeptText);
                break;
            case LogRecord.Settled:
                writer.Write((byte)5);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static LogRecord Read(BinaryReader reader) => reader.ReadByte() switch
    {
        1 => new LogRecord.Opened(new Guid(reader.ReadBytes(16)), reader.ReadInt64()),
        2 => new LogRecord.Committed([.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => ReadRow(reader))]),
        3 => new LogRecord.FileSet(
            ReadModule(reader), new FileRecord(reader.ReadString(), ReadMaybe(reader), new Revision(reader.ReadInt64()), new Revision(reader.ReadInt64()))),
        4 => new LogRecord.ConflictAdded(new FileConflict(
            ReadModule(reader), ReadTime(reader), new Revision(reader.ReadInt64()), reader.ReadString().Split('\n'), reader.ReadString())),
        5 => new LogRecord.Settled(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static void Write(BinaryWriter writer, JournalRow row)
    {
        Write(writer, row.Head.Module);
        writer.Write(row.Head.Revision.Value);
        writer.Write(row.Head.CommitId);
        writer.Write(row.Head.Time.ToUnixTimeMilliseconds());
        writer.Write(row.Head.Origin.Principal);
        writer.Write(row.Head.Origin.Gateway);
        writer.Write(row.Head.Origin.Message);
        WriteMaybe(writer, row.Head.Origin.RequestId);
        WriteMaybe(writer, row.Head.TransactionId);
        writer.Write(row.Head.ChangeCount);
        writer.Write(row.Parts.Count);
        foreach (var part in row.Parts)
        {
            writer.Write(part.Length);
            writer.Write(part);
        }
    }

    private static JournalRow ReadRow(BinaryReader reader)
    {
        var head = new CommitHead(
            ReadModule(reader),
            new Revision(reader.ReadInt64()),
            reader.ReadInt64(),
            ReadTime(reader),
            new CommitOrigin(reader.ReadString(), reader.ReadString(), reader.ReadString(), ReadMaybe(reader)),
            0)
        {
            TransactionId = ReadMaybe(reader),
            ChangeCount = reader.ReadInt32(),
        };
        return new JournalRow(head, [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadBytes(reader.ReadInt32()))]);
    }

    private static void Write(BinaryWriter writer, ModuleName module)
    {
        writer.Write(module.Namespace);
        writer.Write(module.Name);
    }

    private static ModuleName ReadModule(BinaryReader reader) => new(reader.ReadString(), reader.ReadString());

    private static DateTimeOffset ReadTime(BinaryReader reader) => DateTimeOffset.FromUnixTimeMilliseconds(reader.ReadInt64());

    private static void WriteMaybe(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        if (text is not null)
        {
            writer.Write(text);
        }
    }

    private static string? ReadMaybe(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;
}

/// <summary>What one record of the log says.</summary>
internal abstract record LogRecord
{
    /// <summary>The modules that it is about.</summary>
    public virtual IEnumerable<ModuleName> Modules => [];

    /// <summary>The journal was opened.</summary>
    public sealed record Opened(Guid Id, long Epoch) : LogRecord;

    /// <summary>Covers what a flush that failed may have left.</summary>
    public sealed record Settled : LogRecord;

    /// <summary>These commits were made, all or none.</summary>
    public sealed record Committed(IReadOnlyList<JournalRow> Rows) : LogRecord
    {
        public override IEnumerable<ModuleName> Modules => Rows.Select(row => row.Head.Module);
    }

    /// <summary>What is known of a text file.</summary>
    public sealed record FileSet(ModuleName Module, FileRecord File) : LogRecord
    {
        public override IEnumerable<ModuleName> Modules => [Module];
    }

    /// <summary>A hand edit lost against a commit.</summary>
    public sealed record ConflictAdded(FileConflict Conflict) : LogRecord
    {
        public override IEnumerable<ModuleName> Modules => [Conflict.Module];
    }
}

/// <summary>A commit as the log holds it.</summary>
/// <param name="Head">All but its changes.</param>
/// <param name="Parts">Its changes, as <see cref="EventCodec"/> encodes them.</param>
internal sealed record JournalRow(CommitHead Head, IReadOnlyList<byte[]> Parts);
