using Cms.Actors.Access;
using Cms.Actors.Backups;
using Cms.Actors.Confirmations;
using Cms.Actors.History;
using Cms.Actors.Migrations;
using Cms.Actors.Modules;
using Cms.Actors.Secrets;
using Cms.Actors.Signatures;
using Cms.Actors.Topics;
using Cms.Actors.Transactions;
using Cms.Actors.Validation;
using Cms.Formats.Mapping;
using Cms.Storage.Audit;
using Cms.Storage.Checks;
using Cms.Storage.Files;
using Cms.Storage.Journals;
using Cms.Storage.Keys;
using Microsoft.Extensions.Logging;

namespace Cms.Actors;

/// <summary>One node: the owner of a text directory, a journal and the segments made from them.</summary>
/// <remarks>Any thread may call. Only one node at a time can own a directory.</remarks>
public sealed class Node : IAsyncDisposable
{
    private readonly IReadOnlyList<IDisposable> _ownerships;
    private readonly FileLock _heldCommits;
    private readonly IJournal _journal;
    private readonly ConfigDirectoryWatch _watch;

    private Node(
        NodeOptions options, (FileLock Run, FileLock Config, FileLock State) ownerships, FileLock heldCommits, SqliteJournal journal, ModuleDirectory modules, TransactionCoordinator transactions, TimeProvider clock, IBootClock bootClock, ILogger log, Func<Guid> newId)
    {
        Audit = journal.Audit;
        MessageTopics = new MessageTopicDirectory(options, journal.Messages, clock, log);
        (Options, _heldCommits, _journal, Modules, Transactions) = (options, heldCommits, journal, modules, transactions);
        OpenTransactions = new TransactionDirectory(options, modules, journal, transactions, clock);
        _watch = new ConfigDirectoryWatch(options.ConfigDirectory, clock, modules.LookAtFile, modules.LookAtAllFiles);
        var directory = new OwnedConfigDirectory(
            options.ConfigDirectory, options.SocketPath, ownerships.Config, WatchAgain, why => Log.ConfigDirectoryLost(log, options.ConfigDirectory, why));
        _ownerships = [ownerships.Run, directory, ownerships.State];
        (Clock, StartedAt) = (clock, clock.GetUtcNow());
        History = new ModuleHistory(options, journal);
        SecretRotation = new SecretRotation(modules.Keys, modules);
        Migrations = new MigrationRunner(options, modules, transactions, journal, History);
        Signer = new ModuleSigner(new SigningKeys(options.StateDirectory));
        Backups = new BackupDirectory(options, journal, modules, transactions, clock, log, newId);
        Confirmations = new ConfirmationKeeper(new ConfirmationContext(
            options, journal.Confirmations, journal, History, transactions, new ConfirmationProbe(), bootClock, clock, newId, log));
    }

    /// <summary>The settings it runs with.</summary>
    public NodeOptions Options { get; }

    /// <summary>The time that the node goes by.</summary>
    public TimeProvider Clock { get; }

    /// <summary>The modules.</summary>
    public ModuleDirectory Modules { get; }

    /// <summary>Commits over several modules.</summary>
    public TransactionCoordinator Transactions { get; }

    /// <summary>Transactions that stay open over several requests.</summary>
    public TransactionDirectory OpenTransactions { get; }

    /// <summary>Who may do what.</summary>
    public AccessDirectory Access => Modules.Access;

    /// <summary>Who listens to the modules.</summary>
    public TopicDirectory Topics => Modules.Topics;

    /// <summary>Who is asked before modules commit.</summary>
    public ValidatorDirectory Validators => Modules.Validators;

    /// <summary>What applications publish to each other.</summary>
    public MessageTopicDirectory MessageTopics { get; }

    /// <summary>The backups.</summary>
    public BackupDirectory Backups { get; }

    /// <summary>What signs exports and checks imports.</summary>
    public ModuleSigner Signer { get; }

    /// <summary>Commits that wait for a confirmation.</summary>
    public ConfirmationKeeper Confirmations { get; }

    /// <summary>What leads modules from one version of their schemas to another.</summary>
    public MigrationRunner Migrations { get; }

    /// <summary>What seals secrets.</summary>
    public KeyRing Secrets => Modules.Keys;

    /// <summary>What gives modules new data keys.</summary>
    public SecretRotation SecretRotation { get; }

    /// <summary>The modules as they were.</summary>
    public ModuleHistory History { get; }

    /// <summary>The journal, for reading.</summary>
    public IJournal Journal => _journal;

    /// <summary>Who did what, and who was refused what.</summary>
    public IAuditLog Audit { get; }

    /// <summary>When it was ready; the wall clock, a label only.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Opens journal and modules, taking in what was edited while no node ran.</summary>
    /// <param name="options">Checked here.</param>
    /// <param name="clock">The time.</param>
    /// <param name="loggers">Where it tells what it does.</param>
    /// <param name="newId">Makes the ids of a new journal, of transactions and of confirmations.</param>
    /// <exception cref="NodeStartException">The settings are wrong, or another node owns a directory; the message says which.</exception>
    /// <exception cref="JournalException">The journal cannot be opened.</exception>
    /// <exception cref="IOException">A directory cannot be made or written.</exception>
    public static Task<Node> StartAsync(NodeOptions options, TimeProvider clock, ILoggerFactory loggers, Func<Guid> newId) =>
        StartAsync(options, clock, loggers, newId, journal => journal);

    /// <summary>As the other, with a journal that stands in front of the real one; tests plant faults there, and set the boot clock.</summary>
    internal static async Task<Node> StartAsync(
        NodeOptions options, TimeProvider clock, ILoggerFactory loggers, Func<Guid> newId, Func<IJournal, IJournal> decorate, IBootClock? bootClock = null)
    {
        Check(options);
        CreateDirectories(options);
        var log = loggers.CreateLogger<Node>();
        var stateOwnership = FileLock.TryTake(Path.Combine(options.StateDirectory, "cmsd.lock"), isExclusive: true)
            ?? throw new NodeStartException($"{options.StateDirectory} is in use by another cmsd; stop it, or set state_directory");
        // Who commits to the text files looks for an owner under this lock; it is kept until this one can be reached.
        var heldCommits = ConfigDirectory.HoldCommits(options.ConfigDirectory);
        var configOwnership = ConfigDirectory.TryOwn(options.ConfigDirectory, options.SocketPath)
            ?? throw new NodeStartException($"{options.ConfigDirectory} is owned by another cmsd; stop it, or set config_directory");
        var runOwnership = FileLock.TryTake(Path.Combine(options.RunDirectory, "cmsd.lock"), isExclusive: true)
            ?? throw new NodeStartException($"{options.RunDirectory} is in use by another cmsd; stop it, or set run_directory");
        if (new DriveInfo(options.RunDirectory).DriveFormat != "tmpfs")
        {
            Log.RunDirectoryOnDisk(log, options.RunDirectory);
        }

        var opened = OpenJournal(options, clock, newId);
        await opened.BeginAuditAsync(why => Log.AuditBehind(log, why));
        var journal = decorate(opened);
        var keys = OpenKeys(options, opened);
        var modules = new ModuleDirectory(options, journal, clock, loggers, keys);
        ConfigDirectory.RemoveTemporaryFiles(options.ConfigDirectory, options.ConflictDirectory);
        var transactions = new TransactionCoordinator(modules.GetOrStart, journal, modules.Validators, modules.References, newId);
        await modules.StartAllAsync();
        var node = new Node(options, (runOwnership, configOwnership, stateOwnership), heldCommits, opened, modules, transactions, clock, bootClock ?? BootClock.Instance, log, newId);

        await node.SecretRotation.FinishAsync();

        // What was edited after a module had looked and before the watch began.
        modules.LookAtAllFiles();
        Log.NodeReady(log, modules.All.Count, options.JournalPath, journal.Epoch);
        return node;
    }

    /// <summary>Says that the node can be reached: programs that work on the text files now hand their commits to it.</summary>
    public void AnnounceReachable() => _heldCommits.Dispose();

    /// <summary>Finishes what was taken, writes the text files, and lets go of everything.</summary>
    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        await Backups.DisposeAsync();
        await Confirmations.DisposeAsync();
        await OpenTransactions.DisposeAsync();
        await Modules.DisposeAsync();
        await Migrations.DisposeAsync();
        Transactions.Dispose();
        await MessageTopics.DisposeAsync();
        await _journal.DisposeAsync();
        Secrets.Dispose();
        _heldCommits.Dispose();
        foreach (var ownership in _ownerships)
        {
            ownership.Dispose();
        }
    }

    private static KeyRing OpenKeys(NodeOptions options, SqliteJournal journal)
    {
        try
        {
            return new KeyRing(journal.Keys, new MasterKeySource(options.MasterKey, options.StateDirectory, Environment.GetEnvironmentVariable));
        }
        catch (MasterKeyException unfinished)
        {
            throw new NodeStartException(unfinished.Message);
        }
    }

    // SQLite drops a damaged end of its log without a word, so it is looked at before.
    private static SqliteJournal OpenJournal(NodeOptions options, TimeProvider clock, Func<Guid> newId)
    {
        var damage = JournalRepair.FindUnfinished(options.StateDirectory) ?? LogInspection.FindDamage(options.JournalPath);
        return damage is null
            ? SqliteJournal.Open(options.JournalPath, newId(), ToAudit(options, clock))
            : throw new JournalException($"{damage}; run 'cmsd check' to see what is lost, and 'cmsd repair' to go on with what is left");
    }

    private static AuditOptions ToAudit(NodeOptions options, TimeProvider clock) =>
        new(clock) { Directory = options.StateDirectory, Rows = options.AuditRows, Days = options.AuditDays, Archives = options.AuditArchives };

    private void WatchAgain()
    {
        _watch.Renew();
        Modules.LookAtAllFiles();
    }

    private static void Check(NodeOptions options)
    {
        var problems = options.Problems().ToList();
        if (problems.Count > 0)
        {
            throw new NodeStartException(string.Join("; ", problems));
        }
    }

    private static void CreateDirectories(NodeOptions options)
    {
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        const UnixFileMode Public = Private | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        DurableDirectory.Create(options.StateDirectory, Private);
        DurableDirectory.Create(options.ConfigDirectory, Public);
        Directory.CreateDirectory(options.RunDirectory, Public);
        Directory.CreateDirectory(options.SegmentDirectory, Private);
        CheckTrust(options);
        OpenSegments(options);
    }

    // Whoever may read a segment can reach it by its name; which there are is for the daemon to tell.
    private static void OpenSegments(NodeOptions options)
    {
        const UnixFileMode ByName = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if (FileStatus.TryOf(options.SegmentDirectory) is { } status && status.User == ProcessOwner.UserId)
        {
            File.SetUnixFileMode(options.SegmentDirectory, ByName);
        }
    }

    // A daemon that runs as root must not be led elsewhere by links, nor share files with whoever put them there.
    private static void CheckTrust(NodeOptions options)
    {
        var user = ProcessOwner.UserId;
        var problem = DirectoryTrust.FindProblem(options.StateDirectory, user)
            ?? DirectoryTrust.FindProblem(options.ConfigDirectory, user, allowsGroup: true)
            ?? DirectoryTrust.FindProblem(options.RunDirectory, user)
            ?? DirectoryTrust.FindProblem(options.SegmentDirectory, user)
            ?? Directory.EnumerateFileSystemEntries(options.SegmentDirectory).Append(Path.Combine(options.RunDirectory, "cmsd.lock"))
                .Select(path => DirectoryTrust.FindProblemOfFile(path, user)).FirstOrDefault(found => found is not null);
        if (problem is not null)
        {
            throw new NodeStartException(problem);
        }
    }
}
