using System.Security.Cryptography;
using Cms.Formats.Access;
using Cms.Formats.Mapping;
using Cms.Formats.Modules;
using Cms.Formats.Uci;
using Cms.Storage.Journals;
using Microsoft.Win32.SafeHandles;

namespace Cms.Storage.Files;

/// <summary>What stands in a module's text file, compared with what the journal knows of it.</summary>
public abstract record FileState
{
    /// <summary>The file is as we wrote it or took it in.</summary>
    public sealed record Ours(FileRecord Record) : FileState;

    /// <summary>There is no file.</summary>
    public sealed record Missing : FileState;

    /// <summary>Somebody else is writing the file just now.</summary>
    public sealed record BeingWritten : FileState;

    /// <summary>Somebody else wrote the file.</summary>
    /// <param name="Text">What it holds now.</param>
    /// <param name="Hash">SHA-256 of the text.</param>
    public sealed record Foreign(byte[] Text, string Hash) : FileState;
}

/// <summary>One module's text file: recognised by hash, replaced as a whole, never written over a hand edit.</summary>
/// <remarks>
/// Invariant: before a text appears under the path, the journal holds its hash. So after any crash the file is
/// either known, or about to be known, or somebody else's. One caller at a time; a semaphore sees to it.
/// </remarks>
public sealed class ModuleFile : IDisposable
{
    private const uint OwnerOnly = 0b110_000_000;

    private static readonly TimeSpan LongestWriting = TimeSpan.FromSeconds(10);

    private readonly ModuleName _module;
    private readonly IJournal _journal;

    // What may be done on the node is nobody's to read who may not change it.
    private readonly bool _isRules;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly TimeProvider _clock;
    private volatile FileRecord? _record;
    private bool _hasLooked;
    private long? _beingWrittenSince;

    /// <summary>The file at <paramref name="path"/>, whether it exists or not.</summary>
    public ModuleFile(string path, ModuleName module, IJournal journal, TimeProvider clock)
    {
        _clock = clock;
        Path = path;
        _module = module;
        _isRules = module is { Namespace: "", Name: AccessScope.RulesModule };
        _journal = journal;
        _record = journal.FindFile(module);
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>The newest revision that the file holds completely; any thread may ask.</summary>
    public Revision Written => _record?.Written ?? Revision.None;

    /// <summary>Looks at the file.</summary>
    /// <exception cref="IOException">It is there and cannot be read.</exception>
    public async Task<FileState> CheckAsync(CancellationToken cancellation)
    {
        await TakeTurnAsync(cancellation);
        try
        {
            var state = Look();
            _hasLooked |= state is not FileState.BeingWritten;
            if (state is FileState.Foreign)
            {
                // Once it is taken in, the journal has it; an older text that came back after a power cut would take it back.
                DurableFile.Persist(Path);
            }

            return state;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Notes that a text that somebody else wrote has been taken in.</summary>
    /// <param name="hash">SHA-256 of that text.</param>
    /// <param name="written">The newest revision that it holds completely.</param>
    /// <param name="cancellation">Ends the wait only.</param>
    public Task AcceptAsync(string hash, Revision written, CancellationToken cancellation) =>
        SaveAsync(new FileRecord(hash, null, written, written), cancellation);

    /// <summary>Replaces the file by the text of a state; comments and untouched lines stay.</summary>
    /// <param name="view">The state; must not change meanwhile.</param>
    /// <param name="isPrivate">Whether the text has plain secrets, so that the file gets mode 0600.</param>
    /// <param name="cancellation">Ends the work between its steps.</param>
    /// <returns>False when somebody else wrote or is writing the file, which must be taken in first; nothing was written then.</returns>
    /// <exception cref="IOException">The disk is full, or the directory cannot be written; the file is as before.</exception>
    public async Task<bool> TryWriteAsync(IModuleView view, bool isPrivate, CancellationToken cancellation)
    {
        await TakeTurnAsync(cancellation);
        try
        {
            var state = Look();
            if (state is FileState.Foreign or FileState.BeingWritten)
            {
                return false;
            }

            return await TryWriteAsync(view, isPrivate, (state as FileState.Ours)?.Record, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    // A turn is one look or one write, so it is waited for; a wait that can be cancelled would go on upon the thread pool.
    private async Task TakeTurnAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(CancellationToken.None);
        if (cancellation.IsCancellationRequested)
        {
            _turn.Release();
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private FileState Look()
    {
        using var file = RawFile.TryOpenRegular(Path);
        if (file is null)
        {
            // Whoever removed it did not change the module: it is written again.
            _record = null;
            return new FileState.Missing();
        }

        var text = RawFile.ReadAll(file);
        var hash = HashOf(text);
        var record = _record;
        return hash == record?.KnownHash ? new FileState.Ours(record)
            : hash == record?.NextHash ? new FileState.Ours(new FileRecord(hash, null, record.Next, record.Next))
            : IsBeingWritten(file) ? new FileState.BeingWritten()
            : IsLostToPowerCut(text) ? new FileState.Ours(_record = new FileRecord(hash, null, Revision.None, Revision.None))
            : new FileState.Foreign(text, hash);
    }

    // A file without a byte where a text was is what a power cut leaves of one that its editor did not sync. It is no edit that
    // removes everything, but as a missing file is: it is written again.
    private bool IsLostToPowerCut(byte[] text) => text.Length == 0 && _record is not null && !_hasLooked;

    private async Task<bool> TryWriteAsync(IModuleView view, bool isPrivate, FileRecord? known, CancellationToken cancellation)
    {
        var old = known is null ? [] : Read(Path) ?? [];
        var text = UciLayout.Rewrite(old, view);
        var hash = HashOf(text);
        uint? permissions = isPrivate || _isRules ? OwnerOnly : null;
        if (hash != known?.KnownHash || (permissions is not null && IsOpenToOthers()))
        {
            var next = new FileRecord(known?.KnownHash ?? "", hash, known?.Written ?? Revision.None, view.Revision);
            await SaveAsync(next, cancellation);
            if (!DurableFile.TryReplace(Path, stream => stream.Write(text), displaced => HashOf(Read(displaced) ?? []) == known?.KnownHash, permissions))
            {
                return false;
            }
        }

        await SaveAsync(new FileRecord(hash, null, view.Revision, view.Revision), cancellation);
        return true;
    }

    private bool IsOpenToOthers() => File.Exists(Path) && ((uint)File.GetUnixFileMode(Path) & ~OwnerOnly) != 0;

    // Without the lock that .NET's streams would take: other programs may hold theirs while they read.
    private static byte[]? Read(string path)
    {
        using var file = RawFile.TryOpenRegular(path);
        return file is null ? null : RawFile.ReadAll(file);
    }

    // A program that keeps the file open for writing without an end is not waited for without an end.
    private bool IsBeingWritten(SafeFileHandle file)
    {
        if (RawFile.IsOpenForWriting(file) != true)
        {
            _beingWrittenSince = null;
            return false;
        }

        _beingWrittenSince ??= _clock.GetTimestamp();
        return _clock.GetElapsedTime(_beingWrittenSince.Value) < LongestWriting;
    }

    private async Task SaveAsync(FileRecord record, CancellationToken cancellation)
    {
        await _journal.SetFileAsync(_module, record, cancellation);
        _record = record;
    }

    private static string HashOf(byte[] text) => Convert.ToHexStringLower(SHA256.HashData(text));
}
