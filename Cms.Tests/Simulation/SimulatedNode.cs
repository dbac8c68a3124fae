using Cms.Actors.Modules;
using Cms.Actors.Transactions;
using Cms.Storage.Files;
using Cms.Storage.Journals;

namespace Cms.Tests.Simulation;

/// <summary>One life of the daemon: what <see cref="Cms.Actors.Node"/> puts together, on a simulated machine.</summary>
internal sealed class SimulatedNode
{
    private readonly SimulatedMachine _machine;
    private readonly SimulatedContext _context;
    private readonly List<Call> _calls = [];
    private IJournal? _journal;

    /// <param name="machine">What it runs on.</param>
    /// <param name="number">How many daemons ran before it, and one.</param>
    public SimulatedNode(SimulatedMachine machine, int number)
    {
        _machine = machine;
        _context = new SimulatedContext(machine.Scheduler, $"node{number}");
    }

    /// <summary>Its modules, once it has started.</summary>
    public ModuleDirectory? Modules { get; private set; }

    /// <summary>Its commits over several modules, once it has started.</summary>
    public TransactionCoordinator? Transactions { get; private set; }

    /// <summary>Whether callers reach it.</summary>
    public bool IsServing { get; private set; }

    /// <summary>The call that waits longest, or null.</summary>
    public (TimeSpan Since, string What)? OldestCall => _calls.Count == 0 ? null : (_calls[0].Since, _calls[0].What);

    /// <summary>Begins to start.</summary>
    public void Start()
    {
        var call = Await("the start");
        _context.Post(_ => _ = _machine.WatchAsync(StartAsync(call)), null);
    }

    /// <summary>Does something in the daemon's process as soon as it gets to it.</summary>
    public void Post(Action action) => _context.Post(_ => action(), null);

    /// <summary>Ends it at once.</summary>
    public void Kill()
    {
        IsServing = false;
        _context.Kill();
        _machine.Clock.Drop(_context);
        _calls.ForEach(call => call.Lose?.Invoke());
        _calls.Clear();
    }

    /// <summary>Lets it finish what it has taken and end.</summary>
    public Task StopAsync()
    {
        IsServing = false;
        _ = Await("the stop");
        var stopped = new TaskCompletionSource();
        _context.Post(_ => _ = StopAsync(stopped), null);
        return stopped.Task;
    }

    /// <summary>Asks it something.</summary>
    /// <param name="what">For people.</param>
    /// <param name="ask">Runs in the daemon's process.</param>
    /// <param name="check">Looks at the answer at the moment when it leaves the daemon.</param>
    /// <returns>The answer, or null when the connection was lost before it came.</returns>
    public Task<T?> CallAsync<T>(string what, Func<SimulatedNode, Task<T>> ask, Action<T> check)
        where T : class
    {
        if (!IsServing)
        {
            return Task.FromResult<T?>(null);
        }

        var answer = new TaskCompletionSource<T?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var call = Await(what, () => answer.TrySetResult(null));
        _context.Post(_ => _ = _machine.WatchAsync(AnswerAsync(ask, check, answer, call)), null);
        return answer.Task;
    }

    private async Task AnswerAsync<T>(Func<SimulatedNode, Task<T>> ask, Action<T> check, TaskCompletionSource<T?> answer, Call call)
        where T : class
    {
        var reply = await ask(this);
        check(reply);
        _calls.Remove(call);
        answer.TrySetResult(reply);
    }

    // What is awaited here must end in time, or be lost with the process.
    private Call Await(string what, Action? lose = null)
    {
        var call = new Call(what, _machine.Clock.Now, lose);
        _calls.Add(call);
        return call;
    }

    private async Task StartAsync(Call call)
    {
        try
        {
            var options = _machine.Options;
            Directory.CreateDirectory(options.SegmentDirectory);
            _journal = _machine.Decorate(_machine.OpenJournal());
            Modules = new ModuleDirectory(options, _journal, _machine.Clock, _machine.Loggers);
            ConfigDirectory.RemoveTemporaryFiles(options.ConfigDirectory, options.ConflictDirectory);
            await Modules.StartAllAsync();
            Transactions = new TransactionCoordinator(Modules.GetOrStart, _journal, Modules.Validators, _machine.NewId);
            Modules.LookAtAllFiles();
            IsServing = true;
            _calls.Remove(call);
            _machine.Trace.Add($"{_context.Name} serves, epoch {_journal.Epoch}");
        }
        catch (JournalException failure)
        {
            // A daemon that cannot start says why and ends; the service manager starts it again.
            _machine.Trace.Add($"{_context.Name} cannot start: {failure.Message}");
            _machine.Kill();
        }
    }

    private async Task StopAsync(TaskCompletionSource stopped)
    {
        await _machine.WatchAsync(StopAllAsync());
        stopped.SetResult();
    }

    private async Task StopAllAsync()
    {
        if (Modules is { } modules)
        {
            await modules.DisposeAsync();
        }

        Transactions?.Dispose();
        if (_journal is { } journal)
        {
            await journal.DisposeAsync();
        }
    }

    private sealed record Call(string What, TimeSpan Since, Action? Lose);
}
