using System.Buffers.Binary;
using System.Diagnostics;
using Cms.Formats.Mapping;
using Cms.Formats.Uci;
using Microsoft.Win32.SafeHandles;

namespace Cms.Cli.Uci;

/// <summary>Makes waiting changes permanent: in the package's file, or by a running daemon.</summary>
/// <remarks>
/// Invariants: files in a directory are replaced only under its <c>.cms.lock</c> and only while no daemon lives; the delta file is
/// locked from its reading to its truncating and is truncated only when its changes are durable, so a process that dies in between
/// loses none; a mark in it tells that they are done, so that they are not done twice. Locks are taken in this order: directory, delta file. One thread.
/// </remarks>
internal sealed class UciCommit(UciStore store, UciEnvironment environment)
{
    private const int MaxAttempts = 250;

    private static readonly UciFailure NoAnswer = new(UciError.Io, "the running daemon does not answer");
    private static readonly UciFailure NoWay = new(UciError.Io, "a running daemon owns this directory and cannot be reached from here");

    /// <summary>Commits what waits for a package.</summary>
    public UciFailure? Commit(string package)
    {
        if (store.PathOf(package, out var hasDelta) is not { } path)
        {
            return UciFailure.NotFound;
        }

        if (!hasDelta)
        {
            return CommitByPath(package, path);
        }

        return WithDirectory(Path.GetDirectoryName(path)!, () => CommitToFile(package), socket => CommitToDaemon(package, socket));
    }

    /// <summary>Replaces the file of a package by an imported one.</summary>
    public UciFailure? Import(UciPackage package, string directory)
    {
        store.Forget();
        var request = $"{Environment.ProcessId}/{Stopwatch.GetTimestamp()}";
        return WithDirectory(directory, () => ImportToFile(package, directory), socket => ImportToDaemon(package, socket, request));
    }

    /// <summary>Writes a package over its file: in canonical form, unless the file has comments to keep.</summary>
    public static void WriteFile(LoadedPackage loaded) =>
        DurableFile.Replace(loaded.Path, output => output.Write(UciLayout.Rewrite(loaded.Text, loaded.Package, UciDialect.Reference)));

    private static UciFailure? ImportToFile(UciPackage package, string directory)
    {
        DurableFile.Replace(Path.Join(directory, package.Name), output => UciWriter.Write(package, output));
        return null;
    }

    private static UciFailure? Interpret(DaemonReply reply, out bool isAnswered)
    {
        isAnswered = reply is not DaemonReply.Unreachable;
        return reply switch
        {
            DaemonReply.Refused refused => new UciFailure(UciError.InvalidArgument, refused.Error),
            DaemonReply.NotInFile => UciFailure.Io,
            _ => null,
        };
    }

    // A daemon that does not answer may be starting or ending, so who owns the directory is asked anew before the next attempt.
    private UciFailure? WithDirectory(string directory, Func<UciFailure?> toFile, Func<string, (UciFailure? Failure, bool IsAnswered)> toDaemon)
    {
        try
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                string? socket;
                using (FileLock.Take(Path.Join(directory, UciLockNames.Commit), isExclusive: true))
                {
                    socket = DaemonMark.FindSocket(directory);
                    if (socket is null)
                    {
                        return toFile();
                    }
                }

                var (failure, isAnswered) = environment.Daemon is null ? (NoWay, true) : toDaemon(socket);
                if (isAnswered)
                {
                    return failure;
                }
            }

            return NoAnswer;
        }
        catch (IOException)
        {
            return UciFailure.Io;
        }
    }

    private UciFailure? CommitToFile(string package)
    {
        var path = store.DeltaPathOf(package);
        using var delta = FileLock.TakeExisting(path, isExclusive: true);
        if (store.LoadLocked(package, out var loaded) is { } failure)
        {
            return failure;
        }

        if (loaded!.AppliedCount == 0)
        {
            return null;
        }

        var text = UciLayout.Rewrite(loaded.Text, loaded.Package, UciDialect.Reference);
        if (delta is not null)
        {
            DeltaMark.Append(delta.Handle, text);
        }

        DurableFile.Replace(loaded.Path, output => output.Write(text));
        Truncate(delta, path);
        return null;
    }

    private (UciFailure? Failure, bool IsAnswered) CommitToDaemon(string package, string socket)
    {
        var path = store.DeltaPathOf(package);
        using var delta = FileLock.TakeExisting(path, isExclusive: true);
        if (store.LoadLocked(package, out var loaded) is { } refused)
        {
            return (refused, true);
        }

        var text = store.ReadDeltas(loaded!);
        if (!UciDelta.Parse(text).Any(line => line.Package == package))
        {
            return (null, true);
        }

        var reply = environment.Daemon!.Commit(socket, package, text, RequestFor(delta?.Handle, text));
        var failure = Interpret(reply, out var isAnswered);
        if (reply is DaemonReply.Committed)
        {
            Truncate(delta, path);
        }

        return (failure, isAnswered);
    }

    private (UciFailure? Failure, bool IsAnswered) ImportToDaemon(UciPackage package, string socket, string request)
    {
        using var text = new MemoryStream();
        UciWriter.Write(package, text);
        var bytes = text.ToArray();
        var reply = environment.Daemon!.Import(socket, package.Name, bytes, TextDigest.Of([.. System.Text.Encoding.ASCII.GetBytes(request), .. bytes]));
        return (Interpret(reply, out var isAnswered), isAnswered);
    }

    private void Truncate(FileLock? delta, string path)
    {
        store.Forget();
        if (delta is not null)
        {
            RawFile.Empty(delta.Handle, path);

            // The mark in it means nothing any more once somebody else writes the package's file; were it to come back after a power
            // cut, its changes would wait again and be done over later ones.
            RandomAccess.FlushToDisk(delta.Handle);
        }
    }

    // The same while the delta files are the same, so that a retry after a crash is recognised; another once they were written again.
    private static string RequestFor(SafeFileHandle? delta, ReadOnlySpan<byte> text)
    {
        Span<byte> head = stackalloc byte[24];
        if (delta is not null)
        {
            var status = FileStatus.Of(delta);
            BinaryPrimitives.WriteUInt64LittleEndian(head, status.Inode);
            BinaryPrimitives.WriteInt64LittleEndian(head[8..], status.ModifiedNanoseconds);
            BinaryPrimitives.WriteInt64LittleEndian(head[16..], status.SizeBytes);
        }

        return TextDigest.Of([.. head, .. text]);
    }

    private UciFailure? CommitByPath(string package, string path)
    {
        try
        {
            using var directory = FileLock.TakeExisting(Path.GetDirectoryName(Path.GetFullPath(path))!, isExclusive: true);
            var failure = store.LoadLocked(package, out var loaded);
            if (failure is null)
            {
                WriteFile(loaded!);
                store.Forget();
            }

            return failure;
        }
        catch (IOException)
        {
            return UciFailure.Io;
        }
    }
}
