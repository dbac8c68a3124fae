using Cms.Actors.Modules;
using Cms.Actors.Secrets;
using Cms.Actors.Transactions;
using Cms.Storage.Files;
using Cms.Storage.Journals;
using Cms.Storage.Keys;

namespace Cms.Tests.Simulation;

/// <summary>One life of the daemon: what <see cref="Cms.Actors.Node"/> puts together, on a simulated machine.</summary>
internal sealed class SimulatedNode
{
    private readonly SimulatedMachine _machine;
    private readonly SimulatedContext _context;
    private readonly List<Call> _calls = [];
    private readonly List<TaskCompletionSource> _listeners = [];
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

    /// <summary>Its transactions that stay open, once it has started.</summary>
    public TransactionDirectory? OpenTransactions { get; private set; }

    /// <summary>Whether callers reach it.</summary>
    public bool IsServing { get; private set; }

    /// <summary>The calls that wait, oldest first.</summary>
    public IReadOnlyList<Call> Calls => _calls;

    /// <summary>Begins to start.</summary>
    public void Start()
    {
        var call = Await("the start", []);
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
        _listeners.ForEach(listener => listener.TrySetResult());
        _listeners.Clear();
    }

    /// <summary>Lets it finish what it has taken and end.</summary>
    public Task StopAsync()
    {
        IsServing = false;
        _ = Await("the stop", []);
        var stopped = new TaskCompletionSource();
        _context.Post(_ => _ = StopAsync(stopped), null);
        return stopped.Task;
    }

    /// <summary>Asks it something.</summary>
    /// <param name="what">For people.</param>
    /// <param name="modules">The modules that it is about.</param>
    /// <param name="ask">Runs in the daemon's process.</param>
    /// <param name="check">Looks at the answer at the moment when it leaves the daemon.</param>
    /// <returns>The answer, or null when the connection was lost before it came.</returns>
    public Task<T?> CallAsync<T>(string what, IReadOnlyList<string> modules, Func<SimulatedNode, Task<T>> ask, Action<T> check)
        where T : class
    {
        if (!IsServing)
        {
            return Task.FromResult<T?>(null);
        }

        var answer = new TaskCompletionSource<T?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var call = Await(what, modules, () => answer.TrySetResult(null));
        _context.Post(_ => _ = _machine.WatchAsync(AnswerAsync(ask, check, answer, call)), null);
        return answer.Task;
    }

    /// <summary>Keeps a connection open on which the daemon tells something.</summary>
    /// <returns>When it ended, by itself or with the daemon.</returns>
    public Task ListenAsync(Func<SimulatedNode, Task> listen)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _listeners.Add(ended);
        _context.Post(_ => _ = _machine.WatchAsync(ListenAsync(listen, ended)), null);
        return ended.Task;
    }

    private async Task ListenAsync(Func<SimulatedNode, Task> listen, TaskCompletionSource ended)
    {
        await listen(this);
        _listeners.Remove(ended);
        ended.TrySetResult();
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
    private Call Await(string what, IReadOnlyList<string> modules, Action? lose = null)
    {
        var call = new Call(what, modules, _machine.Clock.Now, lose);
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
            Modules = new ModuleDirectory(options, _journal, _machine.Clock, _machine.Loggers, new KeyRing(_machine.Keys, new MasterKeySource(options.MasterKey, options.StateDirectory, _ => null)));
            ConfigDirectory.RemoveTemporaryFiles(options.ConfigDirectory, options.ConflictDirectory);
            Transactions = new TransactionCoordinator(Modules.GetOrStart, _journal, Modules.Validators, Modules.References, _machine.NewId);
            await Modules.StartAllAsync();
            OpenTransactions = new TransactionDirectory(options, Modules, _journal, Transactions, _machine.Clock);
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
        if (OpenTransactions is { } open)
        {
            await open.DisposeAsync();
        }

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

    /// <summary>What somebody waits for.</summary>
    /// <param name="What">For people.</param>
    /// <param name="Modules">The modules that it is about; none when it is about the daemon.</param>
    /// <param name="Since">When it was begun.</param>
    /// <param name="Lose">What is done when the daemon ends before.</param>
    public sealed record Call(string What, IReadOnlyList<string> Modules, TimeSpan Since, Action? Lose);
}
