using System.Buffers.Binary;

namespace Cms.Tests.Crash;

/// <summary>Finds the pages of the table of commits in a file of SQLite, by https://www.sqlite.org/fileformat2.html.</summary>
internal static class CommitPages
{
    private const byte InteriorIndex = 2;

    /// <summary>The leaf pages below one, counted from 1.</summary>
    public static IEnumerable<int> LeavesOf(byte[] file, int page, int pageSize)
    {
        var bytes = file.AsMemory((page - 1) * pageSize, pageSize);
        if (bytes.Span[0] != InteriorIndex)
        {
            return [page];
        }

        var cells = Enumerable.Range(0, BinaryPrimitives.ReadUInt16BigEndian(bytes.Span[3..]))
            .Select(cell => BinaryPrimitives.ReadUInt16BigEndian(bytes.Span[(12 + (2 * cell))..]));
        var children = cells.Select(cell => BinaryPrimitives.ReadInt32BigEndian(bytes.Span[cell..])).Append(BinaryPrimitives.ReadInt32BigEndian(bytes.Span[8..]));
        return children.SelectMany(child => LeavesOf(file, child, pageSize));
    }

    /// <summary>The first column of each row on a leaf page: the key of a module.</summary>
    public static IEnumerable<long> Keys(byte[] file, int page, int pageSize)
    {
        var bytes = file.AsMemory((page - 1) * pageSize, pageSize);
        return Enumerable.Range(0, BinaryPrimitives.ReadUInt16BigEndian(bytes.Span[3..]))
            .Select(cell => FirstColumn(bytes.Span[BinaryPrimitives.ReadUInt16BigEndian(bytes.Span[(8 + (2 * cell))..])..]));
    }

    private static long FirstColumn(ReadOnlySpan<byte> cell)
    {
        // The length of the payload, then the record: the size of its header, the types of its columns, their values.
        var place = VarintSize(cell);
        var header = cell[place];
        var type = cell[place + 1];
        return type switch { 8 => 0, 9 => 1, 1 => cell[place + header], _ => throw new InvalidDataException($"the key of a module has the type {type}") };
    }

    private static int VarintSize(ReadOnlySpan<byte> bytes)
    {
        var size = 1;
        while (bytes[size - 1] >= 0x80)
        {
            size++;
        }

        return size;
    }
}
