using System.Globalization;
using Cms.Actors.Modules;
using Cms.Actors.Secrets;
using Cms.Actors.Transactions;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Storage.Backups;
using Cms.Storage.Encryption;
using Cms.Storage.Journals;
using Microsoft.Extensions.Logging;

namespace Cms.Actors.Backups;

/// <summary>The backups of the node: makes them while commits go on, checks them, and restores from them.</summary>
/// <remarks>Any thread may call. One backup or restore is at work at a time.</remarks>
public sealed class BackupDirectory : IAsyncDisposable
{
    private const string Suffix = ".backup";
    private const string ScheduledPrefix = "scheduled-";
    private const string WorkPrefix = ".work-";
    private const int MaxNameBytes = 128;

    // errno(3), ENOSPC, as .NET hands it on.
    private const int NoSpaceLeft = 28;

    private readonly NodeOptions _options;
    private readonly SqliteJournal _journal;
    private readonly ModuleDirectory _modules;
    private readonly TransactionCoordinator _transactions;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Func<Guid> _newId;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ITimer? _schedule;

    internal BackupDirectory(
        NodeOptions options, SqliteJournal journal, ModuleDirectory modules, TransactionCoordinator transactions, TimeProvider clock, ILogger log, Func<Guid> newId)
    {
        (_options, _journal, _modules, _transactions, _clock, _log, _newId) = (options, journal, modules, transactions, clock, log, newId);
        RemoveWorkFiles();
        RequireRecipient();
        if (options.BackupHours > 0)
        {
            var period = TimeSpan.FromHours(options.BackupHours);
            _schedule = clock.CreateTimer(_ => _ = CreateScheduledAsync(), null, UntilFirst(period), period);
        }
    }

    /// <summary>The backups that are there, by name.</summary>
    public IReadOnlyList<BackupReport> List() =>
    [
        .. Names().Select(name => Report(name)),
    ];

    /// <summary>Backs up every module with its history, as of one moment.</summary>
    /// <param name="name">Names the file; null for one made of the time.</param>
    /// <param name="comment">Kept in the backup.</param>
    /// <param name="recipient">The text of the recipient whom it is encrypted to; null for the one of the setting, or nobody without that.</param>
    /// <param name="cancellation">Ends the wait for another backup at work.</param>
    /// <exception cref="RefusedException">The name is not legal or taken, the recipient cannot be encrypted to, or the disk has no room.</exception>
    public Task<BackupReport> CreateAsync(string? name, string comment, string? recipient, CancellationToken cancellation) => TakeTurnAsync(
        () =>
        {
            var reader = recipient is null ? FindRecipient() : Recipient.Parse(recipient, "the recipient");
            var chosen = name is null ? FreeName("") : Checked(name);
            return File.Exists(PathOf(chosen))
                ? throw new RefusedException(ErrorCode.AlreadyExists, $"a backup '{chosen}' is there already; choose another name")
                : Task.FromResult(Create(chosen, comment, reader));
        },
        cancellation);

    /// <summary>Reads a backup to its end and checks it.</summary>
    /// <param name="name">The backup.</param>
    /// <param name="identity">The text of the identity that it is encrypted to; null for one that is not encrypted.</param>
    /// <exception cref="RefusedException">There is none of this name, it is damaged, or it is encrypted to somebody else.</exception>
    public Task<BackupReport> VerifyAsync(string name, string? identity)
    {
        var path = Existing(name);
        return UseAsync(() => DecryptAsync(path, identity, plain => Task.FromResult(Report(Checked(name)) with { Header = BackupFile.Verify(plain) })));
    }

    /// <summary>Makes modules what they were, as one new commit over all of them, or changes nothing.</summary>
    /// <remarks>Modules that the backup does not have are left alone. Sections keep their ids where the backup is of this journal.</remarks>
    /// <exception cref="RefusedException">There is no such backup, it is damaged, or it does not have what is asked for.</exception>
    public async Task<TransactionReply> RestoreAsync(string name, RestoreOptions options, CancellationToken cancellation)
    {
        var path = Existing(name);
        return await TakeTurnAsync(() => RestoreAsync(path, options), cancellation);
    }

    /// <summary>Lets the backup at work end; no further one begins.</summary>
    public async ValueTask DisposeAsync()
    {
        await (_schedule?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _turn.WaitAsync();
        _turn.Dispose();
    }

    private async Task<T> TakeTurnAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return await UseAsync(work);
        }
        finally
        {
            _turn.Release();
        }
    }

    // What is wrong with a file or a disk is the caller's to know; nothing was changed.
    private static async Task<T> UseAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception unusable) when (unusable is BackupException or EncryptionException or HistoryRemovedException)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, unusable.Message);
        }
        catch (Exception failed) when (failed is IOException or JournalException)
        {
            var isFull = failed is JournalFullException || failed.HResult == NoSpaceLeft;
            throw new RefusedException(isFull ? ErrorCode.StorageFull : ErrorCode.Unavailable, $"{failed.Message}; nothing was changed");
        }
    }

    private BackupReport Create(string name, string comment, Recipient? recipient)
    {
        recipient?.RequireUsable();
        Directory.CreateDirectory(_options.BackupPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var work = NewWorkPath(isPrivate: recipient is not null);
        try
        {
            var revisions = _journal.CopyTo(work).ToDictionary(module => module.Key.ToString(), module => module.Value.Value);
            var header = new BackupHeader(BackupHeader.CurrentFormat, _journal.Id, _clock.GetUtcNow(), comment, revisions);
            BackupFile.Write(PathOf(name), header, work, recipient);
            return Report(name) with { Header = recipient is null ? BackupFile.Verify(PathOf(name)) : header };
        }
        finally
        {
            RemoveWork(work);
        }
    }

    private Task<TransactionReply> RestoreAsync(string path, RestoreOptions options) => DecryptAsync(path, options.Identity, async plain =>
    {
        var work = NewWorkPath(isPrivate: plain != path);
        try
        {
            BackupFile.Extract(plain, work);
            await using var journal = SqliteJournal.Open(work, _newId());
            using var keys = _modules.Keys.Of(journal.Keys);
            var parts = Revisions(journal, options).Select(module => ToPart(journal, keys.Of(module.Key), module.Key, module.Value, path, options)).ToList();
            return await _transactions.CommitAsync(parts, CancellationToken.None);
        }
        finally
        {
            RemoveWork(work);
        }
    });

    // What is plain goes beside the journal, which is plain too, and never where the backups are.
    private async Task<T> DecryptAsync<T>(string path, string? identity, Func<string, Task<T>> use)
    {
        if (EncryptedFile.RecipientOf(path) is not { } recipient)
        {
            return await use(path);
        }

        if (identity is null)
        {
            throw new EncryptionException($"{path} is encrypted to recipient {recipient}; give its identity: --identity FILE");
        }

        using var key = Identity.Parse(identity, "the identity");
        var plain = NewWorkPath(isPrivate: true);
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
            using (var source = File.OpenRead(path))
            using (var target = new FileStream(plain, options))
            {
                EncryptedFile.Decrypt(source, target, key, path);
            }

            return await use(plain);
        }
        finally
        {
            RemoveWork(plain);
        }
    }

    private BackupReport Report(string name)
    {
        var path = PathOf(name);
        return new(name, new FileInfo(path).Length, BackupFile.TryReadHeader(path), EncryptedFile.RecipientOf(path));
    }

    private Recipient? FindRecipient() => _options.BackupRecipient is { } path ? Recipient.Load(path) : null;

    // That backups cannot be made is to be known at the start and not when they are needed.
    private void RequireRecipient()
    {
        try
        {
            FindRecipient()?.RequireUsable();
        }
        catch (EncryptionException unusable)
        {
            throw new NodeStartException($"backup_recipient is not legal: {unusable.Message}");
        }
    }

    private static Dictionary<ModuleName, Revision> Revisions(SqliteJournal journal, RestoreOptions options)
    {
        var all = journal.Modules();
        var revisions = options.At is { } moment
            ? BackupMoment.Find([.. all.SelectMany(module => journal.History(module, int.MaxValue))], moment)
            : all.ToDictionary(module => module, journal.LastRevision);
        if (options.At is not null && all.Where(module => IsWanted(module, options) && !revisions.ContainsKey(module) && journal.Retention.RemovedUpTo(module) > Revision.None).ToList() is [var old, ..])
        {
            throw new RefusedException(
                ErrorCode.NotFound,
                $"the backup does not reach back to {options.At:u} in module '{old}': its commits up to revision {journal.Retention.RemovedUpTo(old)} were no longer kept; use an earlier backup");
        }

        var wanted = revisions.Where(module => IsWanted(module.Key, options)).ToDictionary();
        return wanted.Count > 0
            ? wanted
            : throw new RefusedException(
                ErrorCode.NotFound,
                $"the backup has no {(options.Module is null ? "module" : $"module '{options.Module}'")}{(options.At is null ? "" : " at that time")}; it has {string.Join(", ", all)}");
    }

    private static bool IsWanted(ModuleName module, RestoreOptions options) => options.Module is null || module == new ModuleName(options.Module);

    private TransactionPart ToPart(SqliteJournal journal, ModuleKeys keys, ModuleName module, Revision revision, string path, RestoreOptions options)
    {
        var state = keys.Unseal(JournaledState.At(journal, module, revision));
        var message = options.Origin.Message.Length > 0 ? options.Origin.Message : $"restored from {Path.GetFileName(path)}, revision {revision}";
        var command = new ModuleCommand.Restore(options.Origin with { Message = message }, state, SharesIds: journal.Id == _journal.Id)
        {
            WaitForFile = options.WaitForFile,
        };
        return new TransactionPart(module.Name, command);
    }

    private async Task CreateScheduledAsync()
    {
        try
        {
            var made = await TakeTurnAsync(() => Task.FromResult(Create(FreeName(ScheduledPrefix), "scheduled", FindRecipient())), CancellationToken.None);
            Log.BackedUp(_log, PathOf(made.Name));

            // The one just made stays, however old a clock that was set back has it look.
            foreach (var old in Names().Where(name => IsScheduled(name) && name != made.Name).SkipLast(_options.BackupKeep - 1))
            {
                File.Delete(PathOf(old));
            }
        }
        // The next one is tried when it is due; the log tells of this one.
#pragma warning disable CA1031
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.NotBackedUp(_log, _options.BackupPath, failure.Message);
        }
    }

    // The wall clock only says how old the newest one is; a time that is still to come means that it was set back.
    private TimeSpan UntilFirst(TimeSpan period)
    {
        var newest = Names().LastOrDefault(IsScheduled);
        var age = newest is null ? period : _clock.GetUtcNow() - File.GetLastWriteTimeUtc(PathOf(newest));
        return age >= period || age < TimeSpan.Zero ? TimeSpan.Zero : period - age;
    }

    private IEnumerable<string> Names() => !Directory.Exists(_options.BackupPath) ? []
        : Directory.EnumerateFiles(_options.BackupPath, "*" + Suffix).Select(path => Path.GetFileName(path)[..^Suffix.Length])
            .Where(name => !name.StartsWith('.')).Order(StringComparer.Ordinal);

    // Not one that somebody else has named so.
    private static bool IsScheduled(string name) =>
        name.StartsWith(ScheduledPrefix, StringComparison.Ordinal) && name[ScheduledPrefix.Length..].All(character => char.IsAsciiDigit(character) || character == '-');

    private string FreeName(string prefix)
    {
        var time = prefix + _clock.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        return Enumerable.Range(1, int.MaxValue - 1).Select(number => number == 1 ? time : $"{time}-{number}").First(name => !File.Exists(PathOf(name)));
    }

    private static string Checked(string name)
    {
        var plain = name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name;
        var isLegal = plain.Length is > 0 and <= MaxNameBytes && plain[0] != '.' && plain.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.');
        return isLegal
            ? plain
            : throw new RefusedException(ErrorCode.InvalidArgument, $"the backup name '{name}' is not legal: use 1 to {MaxNameBytes} letters, digits, -, _ and dots, no dot first");
    }

    private string Existing(string name)
    {
        var path = PathOf(Checked(name));
        return File.Exists(path) ? path : throw new RefusedException(ErrorCode.NotFound, $"there is no backup '{name}' in {_options.BackupPath}; see cms backup list");
    }

    private string PathOf(string name) => Path.Combine(_options.BackupPath, name + Suffix);

    private string NewWorkPath(bool isPrivate) => Path.Combine(isPrivate ? _options.StateDirectory : _options.BackupPath, $"{WorkPrefix}{_newId():N}");

    // SQLite keeps its log and index beside the copy.
    private static void RemoveWork(string work)
    {
        foreach (var path in new[] { work, work + "-wal", work + "-shm", work + "-journal" })
        {
            File.Delete(path);
        }
    }

    // The directories may be anybody's; only what a backup that was killed has left is removed.
    private void RemoveWorkFiles()
    {
        var patterns = new[]
        {
            (_options.StateDirectory, WorkPrefix + "*"),
            (_options.BackupPath, WorkPrefix + "*"),
            (_options.BackupPath, ".*" + Suffix + ".uci-??????"),
        };
        foreach (var path in patterns.Where(pattern => Directory.Exists(pattern.Item1)).SelectMany(pattern => Directory.EnumerateFiles(pattern.Item1, pattern.Item2)).ToList())
        {
            File.Delete(path);
        }
    }
}
