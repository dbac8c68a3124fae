using Cms.Actors.Schemas;
using Cms.Actors.Topics;
using Cms.Actors.Transactions;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Segments;
using Cms.Storage.Files;
using Cms.Storage.Journals;

namespace Cms.Actors.Modules;

/// <summary>Does what the decider decided: the one writer of a module's journal rows, segment and text file.</summary>
/// <remarks>
/// The order of effects is fixed: journal durable, segment published, topic told, file asked for, caller answered. So the
/// segment is never ahead of the journal and a reply is never ahead of either. One loop at a time calls it. An
/// exception leaves the outcome of the batch open; the actor then starts again from the journal.
/// </remarks>
internal sealed class ModuleShell : IAsyncDisposable
{
    private static readonly TimeSpan LookAgainDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LinkedDelay = TimeSpan.FromSeconds(1);

    private readonly ModuleContext _context;
    private readonly SegmentWriter _segment;
    private readonly ModuleFile _file;
    private readonly FileWriter _fileWriter;
    private readonly FileIntake _intake;
    private readonly ITimer _lookAgain;
    private readonly ModuleTopic _topic;
    private readonly JournalUpkeep? _upkeep;
    private readonly SchemaGate _gate;
    private readonly MirrorWriter _mirror;
    private readonly SegmentSharing _sharing;
    private readonly ReplySender _sender;
    private string? _journalProblem;
    private ModuleLock? _lock;
    private ModuleSchema? _schema;
    private string? _schemaProblem;
    private RefusedEdit? _refusedEdit;
    private volatile FileEdit? _linkedEdit;
    private volatile string? _linkedProblem;

    private ModuleShell(ModuleContext context, SegmentWriter segment, ModuleFile file, ModuleTopic topic, Action lookAtFile)
    {
        _context = context;
        _segment = segment;
        _file = file;
        _topic = topic;
        _intake = new FileIntake(context, _file);
        _gate = new SchemaGate(context.Module, context.References);
        _mirror = new MirrorWriter(context);
        _sharing = new SegmentSharing(context, segment);
        _lookAgain = context.Clock.CreateTimer(_ => lookAtFile(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var delay = TimeSpan.FromMilliseconds(context.Options.FileDelayMilliseconds);
        _upkeep = JournalUpkeep.TryStart(context);
        _fileWriter = new FileWriter(_file, context.SegmentPath, context.Keys, delay, context.Clock, lookAtFile, context.Logger);
        _sender = new ReplySender(context, _fileWriter);
    }

    /// <summary>The newest revision that readers see.</summary>
    public Revision Revision => _segment.Revision;

    /// <summary>Brings the segment up to the journal: what a crash between any two effects left undone. The file is looked at next.</summary>
    /// <param name="context">The module and its surroundings.</param>
    /// <param name="lookAtFile">Called from any thread when the text file should be looked at.</param>
    public static ModuleShell Open(ModuleContext context, Action lookAtFile)
    {
        var shell = OpenSegment(context, lookAtFile);
        try
        {
            shell.ReadSchema();
            context.Access.Open(context.Module, shell._segment.View, revision => SegmentRecovery.Fold(context, revision));
            shell.Share();
            shell._upkeep?.Notify(shell._schema);
            shell._topic.Open(shell.Revision);
            return shell;
        }
        catch
        {
            shell._segment.Dispose();
            throw;
        }
    }

    // When the journal cannot be read, the segment is let go of: the next start takes it anew.
    private static ModuleShell OpenSegment(ModuleContext context, Action lookAtFile)
    {
        var segment = SegmentRecovery.Open(context, out var problem);
        try
        {
            var topic = context.Topics.TopicOf(context.Module);
            var file = new ModuleFile(context.FilePath, context.Module, context.Journal, context.Clock);
            return new ModuleShell(context, segment, file, topic, lookAtFile) { _journalProblem = problem };
        }
        catch
        {
            segment.Dispose();
            throw;
        }
    }

    /// <summary>How the module is doing.</summary>
    public ModuleStatus Status(int restarts) => new(
        _context.Module,
        "running",
        _segment.Revision,
        Written,
        _segment.View.SectionCount,
        restarts,
        Problem);

    /// <summary>What the segment takes; any thread may ask, then it is about right.</summary>
    public SegmentStatistics Memory => _segment.Statistics;

    /// <summary>The segment's blocks by size; any thread may ask, then it is about right.</summary>
    public IReadOnlyList<SizeClassUse> SizeClassUse() => _segment.SizeClassUse();

    /// <summary>Whether <see cref="Tidy"/> would give memory back.</summary>
    public bool IsUntidy => _segment.IsWorthCompacting;

    /// <summary>Gives the segment's free blocks back to the system, if there is room for a copy meanwhile.</summary>
    public void Tidy()
    {
        var before = _segment.Statistics;
        if (_segment.TryCompact())
        {
            Log.SegmentCompacted(_context.Logger, _context.Module.ToString(), before.AllocatedBytes, _segment.Statistics.AllocatedBytes);
        }
    }

    /// <summary>What is wrong with journal or text file, or null; any thread may ask.</summary>
    public string? Problem => _journalProblem ?? _schemaProblem ?? _linkedProblem ?? _intake.Problem ?? _fileWriter.Failure ?? _mirror.Problem ?? _context.Access.ProblemOf(_context.Module) ?? _sharing.Problem;

    /// <summary>The newest revision that the text file holds completely; any thread may ask.</summary>
    public Revision Written => _file.Written;

    /// <summary>Takes the text file in if somebody else wrote it.</summary>
    public async Task LookAtFileAsync(CancellationToken cancellation)
    {
        await TryTakeFileInAsync(cancellation);
        if (_intake.MustBeLookedAtAgain)
        {
            // Nobody tells when a file is closed, or when a disk has room again.
            _lookAgain.Change(LookAgainDelay, Timeout.InfiniteTimeSpan);
        }

        if (_intake.Problem is { } problem)
        {
            _fileWriter.Fail(problem);
        }
        else if (Written < Revision)
        {
            _fileWriter.Notify();
        }
    }

    private async Task TryTakeFileInAsync(CancellationToken cancellation)
    {
        try
        {
            await TakeFileInAsync(cancellation);
        }
        catch (JournalFullException full)
        {
            _intake.Postpone(full.Message);
        }
    }

    private async Task TakeFileInAsync(CancellationToken cancellation)
    {
        if (_refusedEdit is { } last)
        {
            _refusedEdit = null;
            _intake.Refuse(last.Edit, last.Refusal);
        }

        if (_linkedEdit is not null)
        {
            return;
        }

        if (await _intake.FindEditAsync(_segment.View, cancellation) is not { } edit)
        {
            _linkedProblem = null;
            return;
        }

        if (ModuleLock.Check(_lock, owner: null, _context.Clock) is { } locked)
        {
            // Nobody tells when a lease is over, and nobody who waits for the file waits for that.
            _lookAgain.Change(_lock!.Remaining(_context.Clock), Timeout.InfiniteTimeSpan);
            _fileWriter.Fail($"{_file.Path} was edited by hand and is taken in later: {locked.Message}");
            return;
        }

        if (_schemaProblem is { } unreadable)
        {
            _intake.Refuse(edit, new Refusal(ErrorCode.Unavailable, unreadable));
            return;
        }

        var batch = NewBatch(isPart: false);
        var decision = batch.Decide(edit.Command);
        if (decision.Needs.Count > 0)
        {
            _linkedEdit = edit;
            _ = TakeFileInAsync(edit, decision.Needs);
            return;
        }

        var refused = decision.Refusal ?? Reserve(batch);
        if (refused is null && batch.Commits.Count > 0 && _context.Validators.Concerns(_context.Module))
        {
            refused = await _context.Validators.AskAsync(Describe(ToRecords(batch, transactionId: null)));
        }

        if (refused is { } refusal)
        {
            _intake.Refuse(edit, refusal);
            return;
        }

        await CommitAsync(batch, cancellation);
        await _intake.AcceptAsync(edit, decision.Conflicts, _segment.View, cancellation);
    }

    // An edit that concerns other modules comes back through the mailbox, as a part of a commit for which they hold still.
    private async Task TakeFileInAsync(FileEdit edit, IReadOnlyList<string> others)
    {
        var isForLater = true;
        try
        {
            var reply = await _context.References.CommitAsync(_context.Module.Name, edit.Command, others, CancellationToken.None);
            isForLater = reply.Refusal is { Code: ErrorCode.Locked or ErrorCode.Busy or ErrorCode.Unavailable or ErrorCode.StorageFull or ErrorCode.UnknownOutcome };
            _refusedEdit = reply.Refusal is { } refusal && !isForLater ? new RefusedEdit(edit, refusal) : null;
            _linkedProblem = isForLater ? $"{_file.Path} was edited by hand and is taken in later: {reply.Refusal!.Message}" : null;
        }
        finally
        {
            _linkedEdit = null;
            if (_linkedProblem is { } problem)
            {
                _fileWriter.Fail(problem);
            }

            _lookAgain.Change(isForLater ? LinkedDelay : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Decides and carries out requests, each seeing those before it; one flush serves all.</summary>
    public async Task ProcessAsync(IReadOnlyList<ModuleRequest> requests, CancellationToken cancellation)
    {
        Share();
        if (requests.Any(request => request.LooksAtFile))
        {
            await LookAtFileAsync(cancellation);
        }

        var commands = new List<CommandRequest>();
        foreach (var request in requests)
        {
            if (request is CommandRequest command)
            {
                commands.Add(command);
            }
            else if (request is Participation participation)
            {
                await CarryOutAsync(commands, cancellation);
                commands = [];
                await TakePartAsync(participation, cancellation);
            }
            else if (request is LockRequest wanted)
            {
                await CarryOutAsync(commands, cancellation);
                commands = [];
                wanted.Answer(Lock(wanted));
            }
            else if (request is ShareRequest share)
            {
                share.Complete();
            }
        }

        await CarryOutAsync(commands, cancellation);
    }

    /// <summary>Writes the text file a last time and lets go of the segment, which stays for readers.</summary>
    public async ValueTask DisposeAsync()
    {
        await _lookAgain.DisposeAsync();
        try
        {
            await (_upkeep?.DisposeAsync() ?? ValueTask.CompletedTask);
            await _fileWriter.DisposeAsync();
            await _mirror.DisposeAsync();
        }
        finally
        {
            _file.Dispose();
            _segment.Dispose();
        }
    }

    private ModuleReply Lock(LockRequest wanted)
    {
        var refusal = ModuleLock.Check(_lock, wanted.Owner, _context.Clock);
        if (refusal is null && wanted.Lease is { } lease)
        {
            _lock = new ModuleLock(wanted.Owner, _context.Clock.GetTimestamp(), lease);
        }
        else if (refusal is null)
        {
            GiveBackLock(wanted.Owner);
        }

        return new ModuleReply(_segment.Revision, 0, refusal);
    }

    // With its commit a transaction is over: who waits for the text file must not wait for the lock that keeps hand edits out.
    private void GiveBackLock(string owner)
    {
        if (_lock?.Owner == owner)
        {
            _lock = null;
            _lookAgain.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    // Prepared means: decided, room reserved, and nothing else is done until the verdict.
    private async Task TakePartAsync(Participation participation, CancellationToken cancellation)
    {
        var batch = NewBatch(isPart: true);
        var reply = Decide(batch, participation.Part, participation.TransactionId);
        reply = reply with { Refusal = reply.Refusal ?? Reserve(batch) ?? await _context.Keys.TrySaveAsync(cancellation) };
        var commits = ToRecords(batch, participation.TransactionId);
        var isAskedAbout = commits.Count > 0 && participation.Part.Command?.IsValidated == true && _context.Validators.Concerns(_context.Module);
        participation.Vote(new Vote(reply, commits.SingleOrDefault())
        {
            AskedAbout = isAskedAbout ? Describe(commits).Single() : null,
            View = batch.State,
            Schema = batch.Schema,
            Claims = batch.Claims,
        });
        if (reply.Refusal is not null)
        {
            return;
        }

        var verdict = await participation.Decided;
        if (verdict == Verdict.Unknown)
        {
            throw new JournalException($"module {_context.Module}: whether transaction {participation.TransactionId} is durable is not known");
        }

        if (verdict == Verdict.Committed)
        {
            Project(commits, batch.Schema);
            GiveBackLock(participation.TransactionId);
            participation.Publish();
            if (_linkedEdit is { } edit && ReferenceEquals(edit.Command, participation.Part.Command))
            {
                await _intake.AcceptAsync(edit, reply.Kept, _segment.View, cancellation);
            }

            _sender.Send(reply, participation.LooksAtFile, participation.Answer);
        }
    }

    private ModuleReply Decide(Batch batch, TransactionPart part, string transactionId)
    {
        // What was answered is answered again, whatever has changed since.
        if (part.Command is { } asked && EarlierAnswer.Find(_context, batch, asked.Origin) is { } answered)
        {
            return answered;
        }

        var isLockLost = part.NeedsLock && (_lock?.Owner != transactionId || _lock.Remaining(_context.Clock) == TimeSpan.Zero);
        if (isLockLost)
        {
            return new ModuleReply(batch.Revision, 0, new Refusal(ErrorCode.Conflict, "the transaction's lock on it has run out; begin again"));
        }

        if (part.Expected is { } expected && expected != batch.Revision)
        {
            return new ModuleReply(batch.Revision, 0, new Refusal(
                ErrorCode.Conflict, $"the module is at revision {batch.Revision}, not {expected} as expected; read it again"));
        }

        if (part.Condition?.Invoke(batch.State) is { } unmet)
        {
            return new ModuleReply(batch.Revision, 0, unmet);
        }

        return part.Command is { } command ? Decide(batch, command, transactionId) : new ModuleReply(batch.Revision, 0, null);
    }

    private async Task CarryOutAsync(List<CommandRequest> requests, CancellationToken cancellation)
    {
        if (requests.Count == 0)
        {
            return;
        }

        var batch = NewBatch(isPart: false);
        var replies = requests.Select(request => Decide(batch, request.Command, transactionId: null)).ToList();
        if ((Reserve(batch) ?? await ValidateAsync(batch, requests)) is { } refused)
        {
            await CarryOutApartAsync(requests, replies, refused, cancellation);
            return;
        }

        try
        {
            await CommitAsync(batch, cancellation);
        }
        catch (JournalFullException noRoom)
        {
            await CarryOutApartAsync(requests, replies, new Refusal(ErrorCode.StorageFull, noRoom.Message), cancellation);
            return;
        }

        foreach (var (request, reply) in requests.Zip(replies))
        {
            _sender.Send(reply, request.Command.WaitForFile, request.Answer);
        }
    }

    // No room for all of them: those that fit go in one by one, so that nobody pays for another's size.
    private async Task CarryOutApartAsync(
        List<CommandRequest> requests, List<ModuleReply> replies, Refusal refused, CancellationToken cancellation)
    {
        if (requests.Count == 1)
        {
            requests[0].Command.Place?.Break();
            requests[0].Answer(replies[0] with { Refusal = refused, ChangeCount = 0 });
            return;
        }

        foreach (var request in requests)
        {
            await CarryOutAsync([request], cancellation);
        }
    }

    // Each commit is asked about on its own; what comes back for several of them only says that they go one by one.
    private async Task<Refusal?> ValidateAsync(Batch batch, List<CommandRequest> requests) =>
        batch.Commits.Count == 0 || !requests.Any(request => request.Command.IsValidated) || !_context.Validators.Concerns(_context.Module) ? null
        : requests.Count > 1 ? new Refusal(ErrorCode.Vetoed, "validators are asked about each commit apart")
        : await _context.Validators.AskAsync(Describe(ToRecords(batch, transactionId: null)));

    private IReadOnlyList<TopicEvent.Committed> Describe(List<CommitRecord> commits) => ModuleTopic.ToEvents(_segment.View, commits, withOld: true);

    private Batch NewBatch(bool isPart) => new(_segment.View, _context.Options.Limits, _gate, _schema, isPart, _context.Keys);

    private sealed record RefusedEdit(FileEdit Edit, Refusal Refusal);

    // A schema of a later cms is no reason to keep readers from the module; only nobody can say what may be written.
    private void ReadSchema()
    {
        try
        {
            TakeUp(SchemaTable.ReadSchema(_segment.View));
        }
        catch (Exception unreadable) when (unreadable is RefusedException or FormatException)
        {
            _schemaProblem = $"the module's schema cannot be read, so nothing is written: {unreadable.Message}; register one that can be read, or roll back to before it";
        }
    }

    private void TakeUp(ModuleSchema? schema)
    {
        _schemaProblem = null;
        _schema = schema;
        _mirror.Follow(schema?.Settings.DatabasePath);
        _context.References.Set(_context.Module.Name, schema?.ReferencedModules ?? []);
    }

    private Refusal? Reserve(Batch batch)
    {
        // A schema with another bound, and going back to one, must always get in: it is how a bound that is too small is mended.
        _segment.LimitBytes = ReferenceEquals(batch.Schema, _schema) ? _schema?.Settings.CacheSizeBytes ?? long.MaxValue : long.MaxValue;
        return batch.Commits.Count == 0 || _segment.TryReserveAll([.. batch.Commits.Select(commit => commit.Changes)], out var reason)
            ? null
            : new Refusal(ErrorCode.SegmentFull, $"module {_context.Module} has no room: {reason}; raise that or remove what is not needed");
    }

    private ModuleReply Decide(Batch batch, ModuleCommand command, string? transactionId)
    {
        if (command.Place is { IsReached: false })
        {
            return new ModuleReply(batch.Revision, 0, new Refusal(ErrorCode.Unavailable, "not carried out, since something before it was refused"));
        }

        if (EarlierAnswer.Find(_context, batch, command.Origin) is { } answered)
        {
            return answered;
        }

        if (ModuleLock.Check(_lock, transactionId, _context.Clock) is { } locked)
        {
            return new ModuleReply(batch.Revision, 0, locked);
        }

        if (_schemaProblem is { } unreadable && command is not (ModuleCommand.ChangeSchema or ModuleCommand.Revert or ModuleCommand.Restore))
        {
            return new ModuleReply(batch.Revision, 0, new Refusal(ErrorCode.Unavailable, unreadable));
        }

        if (command.WaitForFile && _intake.Problem is { } problem)
        {
            return new ModuleReply(batch.Revision, 0, new Refusal(ErrorCode.FileUnreadable, problem));
        }

        var decision = batch.Decide(command);
        if (decision.Refusal is not null)
        {
            command.Place?.Break();
        }

        return new ModuleReply(batch.Revision, decision.Changes.Count, decision.Refusal)
        {
            Born = decision.Born,
            Counters = decision.Counters,
            Kept = decision.Conflicts,
            Needs = decision.Needs,
            RefusedIndex = decision.RefusedIndex,
        };
    }

    private async Task CommitAsync(Batch batch, CancellationToken cancellation)
    {
        if (batch.Commits.Count == 0)
        {
            return;
        }

        var commits = ToRecords(batch, transactionId: null);
        await _context.Keys.SaveAsync(cancellation);
        await _context.Journal.AppendAsync(commits, cancellation);
        Project(commits, batch.Schema);
    }

    private List<CommitRecord> ToRecords(Batch batch, string? transactionId)
    {
        var time = _context.Clock.GetUtcNow();
        return [.. batch.Commits.Select(commit =>
            new CommitRecord(_context.Module, commit.Revision, time, commit.Origin, commit.Changes)
            {
                TransactionId = transactionId,
                Confirmation = commit.Confirmation,
                Paths = commit.Paths,
            })];
    }

    private void Project(List<CommitRecord> commits, ModuleSchema? schema)
    {
        if (commits.Count == 0)
        {
            return;
        }

        _sharing.Narrow(commits, schema);

        var events = _topic.Prepare(_segment.View, commits);
        foreach (var commit in commits)
        {
            _segment.Project(commit.Revision, commit.Changes);
            ModuleMeter.Changes.Add(commit.Changes.Count);
        }

        ModuleMeter.Commits.Add(commits.Count);
        _context.Access.Renew(_context.Module, _segment.View);
        _topic.Publish(_segment.Revision, events);
        _fileWriter.Notify();
        _mirror.Notify();
        if (_schemaProblem is null)
        {
            TakeUp(schema);
        }
        else
        {
            ReadSchema();
        }

        Share();
        _upkeep?.Notify(_schema);
    }

    private void Share() => _sharing.Settle(_schema, _schemaProblem is null);
}
