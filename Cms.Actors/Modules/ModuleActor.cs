using Cms.Actors.Mailboxes;
using Cms.Actors.Secrets;
using Cms.Actors.Transactions;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Segments;

namespace Cms.Actors.Modules;

/// <summary>Owns one module: its mailbox, and a shell that is started again when it fails.</summary>
/// <remarks>Any thread may ask. Requests that a failed shell had taken are answered with an unknown outcome.</remarks>
public sealed class ModuleActor : IAsyncDisposable
{
    private const int MaxBatch = 1000;
    private const string Restarting = "restarting";
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBatch = TimeSpan.FromMinutes(1);

    private readonly ModuleContext _context;
    private readonly Mailbox<ModuleRequest> _mailbox;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _loop;
    private volatile ModuleStatus _status;
    private volatile ModuleShell? _shell;
    private TimeSpan _delay = FirstDelay;
    private int _restarts;
    private long _busySince;

    internal ModuleActor(ModuleContext context)
    {
        _context = context;
        _mailbox = new Mailbox<ModuleRequest>(context.Options.MailboxSize);
        _status = new ModuleStatus(context.Module, "starting", Revision.None, Revision.None, 0, 0, null);
        _loop = SuperviseAsync();
    }

    /// <summary>Which module this is.</summary>
    public ModuleName Module => _context.Module;

    /// <summary>How the module is doing: the text file as it is now, all else as of the last batch.</summary>
    public ModuleStatus Status => _shell is { } shell ? _status with { Written = shell.Written, Problem = shell.Problem } : _status;

    /// <summary>The newest revision that readers see.</summary>
    public Revision Revision => _shell?.Revision ?? _status.Revision;

    /// <summary>Whether the module is open, so that <see cref="Revision"/> is what the journal has.</summary>
    internal bool IsOpen => _shell is not null;

    /// <summary>Where the module's segment is.</summary>
    internal string SegmentPath => _context.SegmentPath;

    /// <summary>What the module's segment takes, about; null while it is not running.</summary>
    public SegmentStatistics? Memory => _shell?.Memory;

    /// <summary>The blocks of the module's segment by size, about; empty while it is not running.</summary>
    public IReadOnlyList<SizeClassUse> SizeClassUse() => _shell?.SizeClassUse() ?? [];

    /// <summary>False when one batch has taken longer than a minute: the disk or the module hangs.</summary>
    public bool IsResponsive =>
        Volatile.Read(ref _busySince) is var since && (since == 0 || _context.Clock.GetElapsedTime(since) < LongestBatch);

    /// <summary>Completes when journal and segment were opened for the first time, or that failed; the text file is looked at once all modules are so far.</summary>
    internal Task Opened => _opened.Task;

    /// <summary>Completes when the module was opened for the first time, or that failed; see <see cref="Status"/>.</summary>
    public Task Started => _started.Task;

    /// <summary>Has a command decided and carried out.</summary>
    /// <param name="command">What is asked.</param>
    /// <param name="stopWaiting">Ends the wait; a command already taken is carried out all the same.</param>
    /// <returns>The reply; a full mailbox answers <see cref="ErrorCode.Busy"/>.</returns>
    public async Task<ModuleReply> AskAsync(ModuleCommand command, CancellationToken stopWaiting)
    {
        using var trace = ModuleMeter.Traces.HasListeners() ? ModuleMeter.Traces.StartActivity($"module {Module}") : null;
        var request = new CommandRequest(command);
        Post(request);
        var reply = await request.Reply.WaitAsync(stopWaiting);
        return reply.Needs.Count == 0 ? reply : await _context.References.CommitAsync(Module.Name, command, reply.Needs, stopWaiting);
    }

    /// <summary>Hands a request in; one that is not taken is answered with a refusal.</summary>
    internal void Post(ModuleRequest request)
    {
        if (request is Participation && _status.State == Restarting)
        {
            // Other modules are prepared and wait for this vote: they must not wait out the pause of a module that fails.
            request.Refuse(_status.Revision, new Refusal(ErrorCode.Unavailable, $"module {Module} is starting again after a fault; ask again soon"));
            return;
        }

        if (_context.Validators.CheckWriter(Module) is { } waiting)
        {
            request.Refuse(_status.Revision, waiting);
        }
        else if (!_mailbox.TryPost(request))
        {
            request.Refuse(_status.Revision, _stopping.IsCancellationRequested
                ? new Refusal(ErrorCode.Unavailable, $"module {Module} is stopping; ask again when the daemon is back")
                : new Refusal(ErrorCode.Busy, $"{_context.Options.MailboxSize} requests wait for module {Module} already; send it again later"));
        }
    }

    /// <summary>Whether commits of the module may have to be checked together with other modules.</summary>
    public bool IsLinked => _context.References.IsLinked(Module.Name);

    /// <summary>What seals the module's secrets.</summary>
    public ModuleKeys Keys => _context.Keys;

    /// <summary>The state of the module at a past revision, from the journal alone; takes memory for all of it.</summary>
    internal IModuleView Fold(Revision upTo) => SegmentRecovery.Fold(_context, upTo);

    /// <summary>Has the module look at its text file; returns at once. A full mailbox is no loss: commits that wait for the file look too.</summary>
    public void LookAtFile() => _mailbox.TryPost(new FileRequest());

    /// <summary>Has the module take its segment from who may no longer read it; a full mailbox does that by itself with what is in it.</summary>
    internal Task ShareAsync()
    {
        var request = new ShareRequest();
        return _mailbox.TryPost(request) ? request.Done : Task.CompletedTask;
    }

    /// <summary>Carries out what was taken, writes the text file, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        Stop();
        await _loop;
        _stopping.Dispose();
    }

    // At once and on this thread: there is nothing to wait for, and what it wakes goes on where it was begun.
    private void Stop()
    {
        _stopping.Cancel();
        _mailbox.Close();
    }

    private async Task SuperviseAsync()
    {
        await Task.Yield();
        while (true)
        {
            try
            {
                await RunAsync();
                return;
            }
            // The supervisor is the one place where every fault of a module ends.
#pragma warning disable CA1031
            catch (Exception fault)
#pragma warning restore CA1031
            {
                _shell = null;
                _restarts++;
                _status = _status with { State = Restarting, Restarts = _restarts, Problem = fault.Message };
                Log.ModuleFailed(_context.Logger, fault, Module.ToString(), _delay.TotalMilliseconds, fault.Message);
                _opened.TrySetResult();
                _started.TrySetResult();
                RefuseWaiting($"module {Module} is starting again after a fault ({fault.Message}); ask again soon");
            }

            if (!await PauseAsync(_delay))
            {
                RefuseWaiting($"module {Module} is stopping; ask again when the daemon is back");
                return;
            }

            _delay = TimeSpan.FromTicks(Math.Min(_delay.Ticks * 2, LongestDelay.Ticks));
        }
    }

    private async Task RunAsync()
    {
        await using var shell = ModuleShell.Open(_context, LookAtFile);
        _opened.TrySetResult();
        await _context.AllOpened;
        await shell.LookAtFileAsync(CancellationToken.None);
        _status = shell.Status(_restarts);
        _shell = shell;
        _started.TrySetResult();
        while (await WaitAsync(shell))
        {
            Volatile.Write(ref _busySince, _context.Clock.GetTimestamp());
            try
            {
                await ProcessAsync(shell, _mailbox.Drain(_context.Validators.Concerns(Module) ? 1 : MaxBatch));
            }
            finally
            {
                Volatile.Write(ref _busySince, 0);
            }

            _delay = FirstDelay;
            _status = shell.Status(_restarts);
        }

        (_status, _shell) = (_status with { State = "stopped" }, null);
    }

    // A module that nobody writes for a while is tidied once.
    private async ValueTask<bool> WaitAsync(ModuleShell shell)
    {
        var waiting = MoreAsync();
        if (!waiting.IsCompleted && shell.IsUntidy)
        {
            var idle = new TaskCompletionSource();
            await using var timer = _context.Clock.CreateTimer(_ => idle.TrySetResult(), null, IdleTime, Timeout.InfiniteTimeSpan);
            await Task.WhenAny(waiting, idle.Task);
            if (!waiting.IsCompleted)
            {
                shell.Tidy();
            }
        }

        return await waiting;
    }

    // Awaited and not turned into a task: so it completes where it was begun, and WhenAny beside it.
    private async Task<bool> MoreAsync() => await _mailbox.WaitAsync(CancellationToken.None);

    private async Task ProcessAsync(ModuleShell shell, IReadOnlyList<ModuleRequest> requests)
    {
        try
        {
            await shell.ProcessAsync(requests, CancellationToken.None);
        }
        catch (Exception fault)
        {
            // Before anybody hears of it: what readers see may be behind the journal.
            _shell = null;
            var refusal = new Refusal(
                ErrorCode.UnknownOutcome,
                $"module {Module} failed while it carried this out ({fault.Message}); ask again with the same request id to learn whether it took effect");
            foreach (var request in requests)
            {
                request.Refuse(_status.Revision, refusal);
            }

            throw;
        }
    }

    private async Task<bool> PauseAsync(TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, _context.Clock, _stopping.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void RefuseWaiting(string why)
    {
        foreach (var request in _mailbox.Drain(int.MaxValue))
        {
            request.Refuse(_status.Revision, new Refusal(ErrorCode.Unavailable, why));
        }
    }
}
