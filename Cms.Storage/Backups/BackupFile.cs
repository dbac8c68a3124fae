using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Cms.Formats.Mapping;
using Cms.Formats.Streams;
using Cms.Storage.Encryption;

namespace Cms.Storage.Backups;

/// <summary>One file that holds a whole journal; <c>docs/formats/backup.md</c> has its bytes.</summary>
/// <remarks>Written whole or not at all. Nothing of it is used before its checksum was found right.</remarks>
public static class BackupFile
{
    private const int MaxHeaderBytes = 64 << 20;
    private const int CopyBytes = 1 << 20;

    private static ReadOnlySpan<byte> Magic => "CMSBKUP1"u8;

    /// <summary>Writes a backup.</summary>
    /// <param name="path">Where to; replaced when it is there.</param>
    /// <param name="header">What it says of itself.</param>
    /// <param name="copyPath">The copy of the journal; read to its end.</param>
    /// <param name="recipient">Who alone can read it; null for everybody who can read the file.</param>
    /// <exception cref="IOException">The disk is full, or the directory cannot be written; there is no such file then.</exception>
    /// <exception cref="EncryptionException">This machine does not offer what the recipient needs; there is no such file then.</exception>
    public static void Write(string path, BackupHeader header, string copyPath, Recipient? recipient) => DurableFile.Replace(path, file =>
    {
        if (recipient is null)
        {
            Write(file, header, copyPath);
            return;
        }

        using var encrypted = new EncryptingStream(file, recipient);
        Write(encrypted, header, copyPath);
        encrypted.Complete();
    });

    /// <summary>Reads a backup to its end and checks it.</summary>
    /// <returns>What it says of itself.</returns>
    /// <exception cref="BackupException">It is no backup, is damaged, or is of a later format.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static BackupHeader Verify(string path)
    {
        using var file = File.OpenRead(path);
        return Verify(path, file).Header;
    }

    /// <summary>Checks a backup and takes the journal's copy out of it.</summary>
    /// <param name="path">The backup.</param>
    /// <param name="copyPath">Where the copy goes; must not be there.</param>
    /// <inheritdoc cref="Verify(string)"/>
    public static BackupHeader Extract(string path, string copyPath)
    {
        using var file = File.OpenRead(path);
        var (header, start) = Verify(path, file);
        file.Position = start;
        using var content = new GZipStream(file, CompressionMode.Decompress);
        using var copy = new FileStream(copyPath, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        content.CopyTo(copy, CopyBytes);
        return header;
    }

    /// <summary>What a backup says of itself, unchecked; null when it does not even say that.</summary>
    public static BackupHeader? TryReadHeader(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return ReadHeader(path, file);
        }
        catch (Exception unreadable) when (unreadable is BackupException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Write(Stream file, BackupHeader header, string copyPath)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (var hashed = new HashingStream(file, hash))
        {
            var bytes = header.ToBytes();
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hashed.Write(Magic);
            hashed.Write(length);
            hashed.Write(bytes);
            using var packed = new GZipStream(hashed, CompressionLevel.Fastest, leaveOpen: true);
            using var copy = File.OpenRead(copyPath);
            copy.CopyTo(packed, CopyBytes);
        }

        file.Write(hash.GetHashAndReset());
    }

    private static (BackupHeader Header, long Start) Verify(string path, FileStream file)
    {
        var header = ReadHeader(path, file);
        var start = file.Position;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[CopyBytes];
        var end = file.Length - SHA256.HashSizeInBytes;
        file.Position = 0;
        while (file.Position < end)
        {
            var count = file.Read(buffer, 0, (int)Math.Min(buffer.Length, end - file.Position));
            hash.AppendData(buffer, 0, count > 0 ? count : throw Damaged(path, "it became shorter while it was read"));
        }

        var sum = new byte[SHA256.HashSizeInBytes];
        file.ReadExactly(sum);
        return sum.AsSpan().SequenceEqual(hash.GetHashAndReset()) ? (header, start) : throw Damaged(path, "its checksum is wrong");
    }

    private static BackupHeader ReadHeader(string path, FileStream file)
    {
        Span<byte> start = stackalloc byte[sizeof(long) + sizeof(int)];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start[..sizeof(long)].SequenceEqual(Magic))
        {
            throw new BackupException($"{path} is no backup: it does not begin like one");
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(start[sizeof(long)..]);
        if (length is < 0 or > MaxHeaderBytes || length > file.Length - file.Position - SHA256.HashSizeInBytes)
        {
            throw Damaged(path, "its header does not fit into it");
        }

        var bytes = new byte[length];
        file.ReadExactly(bytes);
        try
        {
            var header = BackupHeader.Parse(bytes);
            return header.Format <= BackupHeader.CurrentFormat
                ? header
                : throw new BackupException($"{path} has format {header.Format}, and this version knows {BackupHeader.CurrentFormat}; use the newer cmsd");
        }
        catch (JsonException malformed)
        {
            throw Damaged(path, $"its header cannot be read ({malformed.Message})");
        }
    }

    private static BackupException Damaged(string path, string why) => new($"{path} is damaged: {why}; use another backup");

    // Hashes what goes through it.
    private sealed class HashingStream(Stream target, IncrementalHash hash) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            hash.AppendData(buffer);
            target.Write(buffer);
        }

        public override void Flush() => target.Flush();
    }
}
