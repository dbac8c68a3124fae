using System.Buffers.Binary;

namespace Cms.Storage.Checks;

/// <summary>What SQLite's write-ahead log says before SQLite opens it.</summary>
/// <remarks>
/// SQLite takes the log up to the first frame whose checksum is wrong and drops the rest without a word, since a crash leaves
/// such a tail. A commit is flushed before the next one is begun, so that a crash leaves at most one commit behind that frame;
/// and the index in shared memory counts only frames that were flushed. What goes beyond is damage of durable data. The formats
/// are https://www.sqlite.org/fileformat2.html#walformat and https://www.sqlite.org/walformat.html.
/// </remarks>
public static class LogInspection
{
    private const int HeaderSize = 32;
    private const int FrameHeaderSize = 24;
    private const uint Magic = 0x377f0682;
    private const int LeastPageSize = 512;
    private const int LargestPageSize = 65536;
    private const int IndexHeaderSize = 48;

    /// <summary>Inspects the log beside a database; nothing is changed.</summary>
    /// <param name="databasePath">The database; it and its log may be missing.</param>
    /// <returns>What is damaged, for people, or null.</returns>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static string? FindDamage(string databasePath)
    {
        var path = databasePath + "-wal";
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> header = stackalloc byte[HeaderSize];
        if (file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize)
        {
            return null;
        }

        var frames = new Frames(file, header);
        var valid = frames.CountValid();
        var behind = frames.CountCommitsFrom(valid);
        if (behind >= 2)
        {
            var place = frames.IsHeaderValid ? $"frame {valid + 1} (byte {frames.PlaceOf(valid)})" : "its header";
            return $"{path}: the write-ahead log is damaged at {place}, and {behind} commits that were durable are at it or behind it";
        }

        var flushed = FlushedFrames(databasePath + "-shm", header);
        return flushed > valid
            ? $"{path}: the write-ahead log has {valid} good frames, but {flushed} were durable; it is damaged at frame {valid + 1} (byte {frames.PlaceOf(valid)}) or was cut"
            : null;
    }

    // The index counts frames of the log that it belongs to: it holds the same salts. Both copies of its header must agree.
    private static long FlushedFrames(string path, ReadOnlySpan<byte> logHeader)
    {
        if (!File.Exists(path))
        {
            return 0;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> index = stackalloc byte[2 * IndexHeaderSize];
        var isWhole = file.ReadAtLeast(index, index.Length, throwOnEndOfStream: false) == index.Length
            && index[..IndexHeaderSize].SequenceEqual(index[IndexHeaderSize..])
            && index[32..40].SequenceEqual(logHeader[16..24]);
        return isWhole ? BinaryPrimitives.ReadUInt32LittleEndian(index[16..]) : 0;
    }

    /// <summary>The frames of one log.</summary>
    private sealed class Frames
    {
        private readonly FileStream _file;
        private readonly byte[] _salts;
        private readonly bool _isBigEndian;
        private readonly int _pageSize;
        private readonly (uint First, uint Second) _start;
        private readonly byte[] _frame;

        public Frames(FileStream file, ReadOnlySpan<byte> header)
        {
            _file = file;
            var magic = BinaryPrimitives.ReadUInt32BigEndian(header);
            _isBigEndian = (magic & 1) != 0;
            _salts = header[16..24].ToArray();
            _pageSize = BinaryPrimitives.ReadInt32BigEndian(header[8..]);
            _start = Add((0, 0), header[..24]);
            IsHeaderValid = (magic & ~1u) == Magic && IsPageSize(_pageSize) && _start == ReadChecksum(header[24..]);
            _pageSize = IsPageSize(_pageSize) ? _pageSize : 4096;
            _frame = new byte[FrameHeaderSize + _pageSize];
        }

        public bool IsHeaderValid { get; }

        private long Count => (_file.Length - HeaderSize) / _frame.Length;

        public long PlaceOf(long frame) => HeaderSize + (frame * _frame.Length);

        /// <summary>How many frames from the first on are as they were written.</summary>
        public long CountValid()
        {
            var checksum = _start;
            var valid = 0L;
            while (IsHeaderValid && valid < Count)
            {
                Read(valid);
                checksum = Add(Add(checksum, _frame.AsSpan(0, 8)), _frame.AsSpan(FrameHeaderSize));
                if (!HasSalts || checksum != ReadChecksum(_frame.AsSpan(16)))
                {
                    break;
                }

                valid++;
            }

            return valid;
        }

        /// <summary>How many commits of this log end with a frame from one on; with a header that is damaged, those whose salts agree.</summary>
        public long CountCommitsFrom(long first)
        {
            var commits = 0L;
            for (var frame = first; frame < Count; frame++)
            {
                Read(frame);
                if (!IsHeaderValid && frame == first)
                {
                    _frame.AsSpan(8, 8).CopyTo(_salts);
                }

                var (page, size) = (BinaryPrimitives.ReadUInt32BigEndian(_frame), BinaryPrimitives.ReadUInt32BigEndian(_frame.AsSpan(4)));
                commits += HasSalts && page != 0 && size != 0 && page <= size ? 1 : 0;
            }

            return commits;
        }

        private bool HasSalts => _frame.AsSpan(8, 8).SequenceEqual(_salts);

        private static bool IsPageSize(int size) => size is >= LeastPageSize and <= LargestPageSize && (size & (size - 1)) == 0;

        private void Read(long frame)
        {
            _file.Position = PlaceOf(frame);
            _file.ReadExactly(_frame);
        }

        private static (uint First, uint Second) ReadChecksum(ReadOnlySpan<byte> bytes) =>
            (BinaryPrimitives.ReadUInt32BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]));

        private (uint First, uint Second) Add((uint First, uint Second) checksum, ReadOnlySpan<byte> bytes)
        {
            var (first, second) = checksum;
            for (; bytes.Length >= 8; bytes = bytes[8..])
            {
                unchecked
                {
                    first += Word(bytes) + second;
                    second += Word(bytes[4..]) + first;
                }
            }

            return (first, second);
        }

        private uint Word(ReadOnlySpan<byte> bytes) =>
            _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
