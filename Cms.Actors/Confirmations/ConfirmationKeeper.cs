// Invariants:
// - What is open stands in the journal, put there with the commits themselves; what is held here is read from there.
// - One thing at a time is done about confirmations: confirming, extending, rolling back. The lock guards the table alone.
// - Times are those of the boot clock. What is left is written down again and again, so that a reboot goes on with it.
using System.Threading.Channels;
using Cms.Formats.Refusals;
using Cms.Storage.Confirmations;
using Cms.Storage.Journals;

namespace Cms.Actors.Confirmations;

/// <summary>Waits for the confirmations of commits, and takes back those that are not confirmed in time.</summary>
/// <remarks>Any thread may call.</remarks>
public sealed class ConfirmationKeeper : IAsyncDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RemainderInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestProbe = TimeSpan.FromSeconds(10);

    private readonly ConfirmationContext _context;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, OpenConfirmation> _open = [];
    private readonly HashSet<string> _opening = [];
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<Task> _probes = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;
    private TimeSpan _lastRemainder;

    internal ConfirmationKeeper(ConfirmationContext context)
    {
        _context = context;
        foreach (var stored in context.Store.Open())
        {
            Add(stored);
        }

        _loop = LoopAsync();
    }

    /// <summary>Makes the terms of a commit that is about to be made, and keeps a place for it.</summary>
    /// <exception cref="RefusedException">The terms are not legal, or too many wait already.</exception>
    public ConfirmationTerms Begin(ConfirmationRequest request, string principal)
    {
        CheckSeconds(request.Seconds);
        if (request.Probe is { } probe && ConfirmationProbe.Check(probe) is { } problem)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, problem);
        }

        const int IdLength = 12;
        var id = _context.NewId().ToString("N")[..IdLength];
        lock (_lock)
        {
            if (_open.Count + _opening.Count >= _context.Options.MaxConfirmations)
            {
                throw new RefusedException(
                    ErrorCode.Busy, $"{_context.Options.MaxConfirmations} commits wait for their confirmation already; confirm some, or raise max_confirmations");
            }

            _opening.Add(id);
        }

        return new ConfirmationTerms(id, principal, _context.Clock.GetUtcNow(), request.Probe, DeadlineIn(TimeSpan.FromSeconds(request.Seconds)));
    }

    /// <summary>Has a commit made under terms, and waits for its confirmation from then on.</summary>
    /// <param name="terms">From <see cref="Begin"/>.</param>
    /// <param name="commit">Makes it; called once.</param>
    /// <param name="stopWaiting">Ends the wait for the answer only.</param>
    public async Task<T> CommitAsync<T>(ConfirmationTerms terms, Func<Task<T>> commit, CancellationToken stopWaiting) =>
        await RunAsync(terms, commit).WaitAsync(stopWaiting);

    /// <summary>The id of the confirmation that a commit opened, or null.</summary>
    public string? FindByCommit(ConfirmedCommit commit) => _context.Store.FindByCommit(commit.Module, commit.Revision);

    /// <summary>Lets commits stand. One that was confirmed before stays so.</summary>
    /// <param name="id">Which; null for the only one that is open.</param>
    /// <param name="owner">Who may only have those that he opened; null for who may have all.</param>
    /// <exception cref="RefusedException">There is none, or it ran out.</exception>
    /// <exception cref="JournalException">Whether it is confirmed is not known.</exception>
    public async Task<ConfirmationReport> ConfirmAsync(string? id, string? owner) => await EndAsync(Resolve(id, owner), "confirmed");

    /// <summary>Has a confirmation run out later, or sooner.</summary>
    /// <param name="id">Which; null for the only one that is open.</param>
    /// <param name="owner">Who may only have those that he opened; null for who may have all.</param>
    /// <param name="seconds">How long from now, 1 to <see cref="ConfirmationRequest.LongestSeconds"/>.</param>
    /// <exception cref="RefusedException">There is none, or it ran out.</exception>
    /// <exception cref="JournalException">Whether it is extended is not known.</exception>
    public async Task<ConfirmationReport> ExtendAsync(string? id, string? owner, int seconds)
    {
        CheckSeconds(seconds);
        var known = Resolve(id, owner);
        await _turn.WaitAsync();
        try
        {
            if (Find(known) is not { } open)
            {
                throw NotOpen(known);
            }

            var deadline = DeadlineIn(TimeSpan.FromSeconds(seconds));
            await _context.Store.SetDeadlinesAsync(new Dictionary<string, BootDeadline> { [known] = deadline }, CancellationToken.None);
            lock (_lock)
            {
                open.Stored = open.Stored with { Terms = open.Stored.Terms with { Deadline = deadline } };
                open.NextAttempt = deadline.At;
            }

            _changed.Writer.TryWrite(true);
            return ToReport(open);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The open confirmations, oldest first, then the newest ended ones.</summary>
    /// <param name="ended">How many of these.</param>
    public IReadOnlyList<ConfirmationReport> List(int ended)
    {
        lock (_lock)
        {
            // One that has just ended is here until the lock is free.
            var past = _context.Store.Ended(ended);
            var present = _open.Values.Where(open => past.All(stored => stored.Terms.Id != open.Stored.Terms.Id));
            return [.. present.OrderBy(open => open.Stored.Terms.Time).Select(ToReport), .. past.Select(stored => new ConfirmationReport(stored, null, null))];
        }
    }

    /// <summary>Writes down what is left of each, and stops; what is open stays so.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        Snapshot().ForEach(open => open.Ended.Cancel());
        await Task.WhenAll(Probes());

        _stopping.Dispose();
        _turn.Dispose();
    }

    private static void CheckSeconds(int seconds)
    {
        if (seconds is < 1 or > ConfirmationRequest.LongestSeconds)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"{seconds} seconds are not legal: use 1 to {ConfirmationRequest.LongestSeconds}");
        }
    }

    private BootDeadline DeadlineIn(TimeSpan remaining) => new(_context.BootClock.BootId, _context.BootClock.Now + remaining, remaining);

    private async Task<T> RunAsync<T>(ConfirmationTerms terms, Func<Task<T>> commit)
    {
        try
        {
            return await commit();
        }
        finally
        {
            // Whatever became of the commit, the journal knows whether it opened a confirmation.
            if (_context.Store.Find(terms.Id) is { } stored)
            {
                Add(stored);
            }

            lock (_lock)
            {
                _opening.Remove(terms.Id);
            }
        }
    }

    // Of another start of the machine only what was left then is known.
    private void Add(StoredConfirmation stored)
    {
        if (stored.Terms.Deadline.BootId != _context.BootClock.BootId)
        {
            stored = stored with { Terms = stored.Terms with { Deadline = DeadlineIn(stored.Terms.Deadline.Remaining) } };
        }

        var open = new OpenConfirmation(stored);
        lock (_lock)
        {
            _open.Add(stored.Terms.Id, open);
            _probes.RemoveAll(ended => ended.IsCompleted);
            if (stored.Terms.Probe is { } probe)
            {
                _probes.Add(ProbeAsync(open, probe));
            }
        }

        _changed.Writer.TryWrite(true);
    }

    private OpenConfirmation? Find(string id)
    {
        lock (_lock)
        {
            return _open.GetValueOrDefault(id);
        }
    }

    private List<OpenConfirmation> Snapshot()
    {
        lock (_lock)
        {
            return [.. _open.Values];
        }
    }

    private List<Task> Probes()
    {
        lock (_lock)
        {
            return [.. _probes];
        }
    }

    /// <summary>The id of a confirmation, open or ended.</summary>
    /// <param name="id">Which; null for the only one.</param>
    /// <param name="owner">Who may only have those that he opened; null for who may have all.</param>
    /// <exception cref="RefusedException">There is none.</exception>
    public string Identify(string? id, string? owner) =>
        Resolve(id, owner) is var known && (Find(known) is not null || _context.Store.Find(known) is not null) ? known : throw NotThere(known);

    private string Resolve(string? id, string? owner)
    {
        if (id is not null && owner is not null && (Find(id)?.Stored ?? _context.Store.Find(id)) is { } stored && stored.Terms.Principal != owner)
        {
            throw NotThere(id);
        }

        var open = id is null ? Snapshot().Where(each => owner is null || each.Stored.Terms.Principal == owner).ToList() : [];
        return id ?? open.Count switch
        {
            1 => open[0].Stored.Terms.Id,
            0 => throw new RefusedException(ErrorCode.NotFound, "no commit waits for a confirmation; cms confirmations lists those that ended"),
            _ => throw new RefusedException(ErrorCode.InvalidArgument, $"{open.Count} commits wait for a confirmation; name one of {string.Join(", ", open.Select(each => each.Stored.Terms.Id))}"),
        };
    }

    private static RefusedException NotThere(string id) => new(ErrorCode.NotFound, $"there is no confirmation '{id}'; cms confirmations lists them");

    private RefusedException NotOpen(string id) => _context.Store.Find(id) is not { } stored
        ? NotThere(id)
        : new RefusedException(ErrorCode.Conflict, stored.State == ConfirmationState.Confirmed
            ? $"confirmation {id} was given already"
            : $"confirmation {id} came too late: {stored.Result}");

    private async Task<ConfirmationReport> EndAsync(string id, string result)
    {
        await _turn.WaitAsync();
        try
        {
            if (Find(id) is { } open)
            {
                await _context.Store.EndAsync(id, ConfirmationState.Confirmed, result, CancellationToken.None);
                Forget(open);
                Log.CommitConfirmed(_context.Logger, id, result);
            }

            return _context.Store.Find(id) is { State: ConfirmationState.Confirmed } stored ? new ConfirmationReport(stored, null, null) : throw NotOpen(id);
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Forget(OpenConfirmation open)
    {
        lock (_lock)
        {
            _open.Remove(open.Stored.Terms.Id);
        }

        open.Ended.Cancel();
    }

    private ConfirmationReport ToReport(OpenConfirmation open)
    {
        var remaining = open.Deadline - _context.BootClock.Now;
        return new ConfirmationReport(open.Stored, remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero, open.Problem);
    }

    private async Task LoopAsync()
    {
        await Task.Yield();
        while (!_stopping.IsCancellationRequested)
        {
            foreach (var open in Snapshot().Where(open => open.NextAttempt <= _context.BootClock.Now))
            {
                await RollBackAsync(open);
            }

            if (_context.BootClock.Now - _lastRemainder >= RemainderInterval)
            {
                await WriteRemaindersAsync();
            }

            await WaitAsync();
        }

        await WriteRemaindersAsync();
    }

    // The boot clock also goes on while the machine sleeps, which no timer tells.
    private async Task WaitAsync()
    {
        var longest = Snapshot().Count == 0 ? Timeout.InfiniteTimeSpan : LongestWait;
        using var waited = new CancellationTokenSource(longest, _context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(waited.Token, _stopping.Token);
        try
        {
            await _changed.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // It is time to look.
        }
    }

    private async Task WriteRemaindersAsync()
    {
        _lastRemainder = _context.BootClock.Now;
        var deadlines = Snapshot().ToDictionary(open => open.Stored.Terms.Id, open => new BootDeadline(_context.BootClock.BootId, open.Deadline, ToReport(open).Remaining!.Value));
        try
        {
            if (deadlines.Count > 0)
            {
                await _context.Store.SetDeadlinesAsync(deadlines, CancellationToken.None);
            }
        }
        catch (JournalException failure)
        {
            // What was written down before stands; a reboot goes on with a little more than was left.
            Log.ConfirmationNotWritten(_context.Logger, failure.Message);
        }
    }

    private async Task RollBackAsync(OpenConfirmation open)
    {
        await _turn.WaitAsync();
        try
        {
            var id = open.Stored.Terms.Id;
            if (Find(id) != open || open.NextAttempt > _context.BootClock.Now)
            {
                return;
            }

            var result = await new RollBack(_context, open.Stored).RunAsync();
            await _context.Store.EndAsync(id, ConfirmationState.RolledBack, result, CancellationToken.None);
            Forget(open);
            Log.CommitRolledBack(_context.Logger, id, result);
        }
        // Whatever fails here is tried again until it succeeds, and the status says so meanwhile.
#pragma warning disable CA1031
        catch (Exception failure)
#pragma warning restore CA1031
        {
            open.Problem = $"it ran out and cannot be rolled back yet: {failure.Message}";
            open.NextAttempt = _context.BootClock.Now + RetryDelay;
            Log.RollBackFailed(_context.Logger, open.Stored.Terms.Id, failure.Message);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task ProbeAsync(OpenConfirmation open, string probe)
    {
        await Task.Yield();
        while (!open.Ended.IsCancellationRequested && _context.BootClock.Now < open.Deadline)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(open.Ended.Token);
            limit.CancelAfter(LongestProbe);
            if (await _context.Probe.TryAsync(probe, limit.Token) && await TryConfirmAsync(open.Stored.Terms.Id))
            {
                return;
            }

            // A service that is coming up tells nobody when it is; the end of the wait is looked at by the loop.
            await Task.WhenAny(Task.Delay(ProbeInterval, _context.Clock, open.Ended.Token));
        }
    }

    private async Task<bool> TryConfirmAsync(string id)
    {
        try
        {
            await EndAsync(id, "confirmed by its probe");
            return true;
        }
        catch (RefusedException)
        {
            // It ended in another way meanwhile.
            return true;
        }
        catch (JournalException failure)
        {
            Log.ConfirmationNotWritten(_context.Logger, failure.Message);
            return false;
        }
    }
}
