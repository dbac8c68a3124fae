using Cms.Cli.Login;
using Cms.Cli.Output;
using Cms.Client;
using Cms.Client.Wire;

namespace Cms.Cli;

/// <summary>What the commands of one invocation share.</summary>
/// <param name="Paths">The node.</param>
/// <param name="Output">Where they print.</param>
/// <param name="Input">Standard input.</param>
internal sealed record CommandContext(NodePaths Paths, CommandOutput Output, Stream Input) : IDisposable
{
    private const string TokenVariable = "CMS_TOKEN";
    private const string AuthorityVariable = "CMS_SERVER_CA";

    private readonly Dictionary<string, ModuleSession> _sessions = [];
    private CmsClient? _client;
    private TransactionInfo? _transaction;

    /// <summary>The daemon; connects when first used.</summary>
    public CmsClient Client => _client ??= Server is null
        ? new CmsClient(Paths.Socket, Token)
        : new CmsClient(Server.Address, Token, Environment.GetEnvironmentVariable(AuthorityVariable) is { Length: > 0 } file ? file : null);

    /// <summary>The node of another machine that the commands are sent to; null for the one of this machine.</summary>
    public ServerName? Server { get; init; }

    /// <summary>What logins call the node.</summary>
    public string NodeName => Server?.ToString() ?? "unix:" + Paths.Socket;

    private string? Token => Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } token ? token : new LoginFile().Find(NodeName);

    /// <summary>The transaction that the commands work in, or null for this user's own session.</summary>
    public string? Transaction => _transaction?.Transaction;

    /// <summary>The modules that the transaction has staged operations on, by name; empty without one.</summary>
    public IReadOnlyList<string> TransactionModules => [.. (_transaction?.Modules ?? []).Where(module => module.Count > 0).Select(module => module.Module)];

    /// <summary>Has the commands work in a transaction that the daemon keeps open.</summary>
    public async Task EnterAsync(string transaction, CancellationToken cancellation) => _transaction = await Client.TransactionAsync(transaction, cancellation);

    /// <summary>The module under what is staged; opened once.</summary>
    public ModuleSession Session(string module)
    {
        if (!_sessions.TryGetValue(module, out var session))
        {
            _sessions.Add(module, session = new ModuleSession(Paths, module, _transaction is null ? new UserStage(Paths, module) : new OpenStage(Client, _transaction, module), () => Client, isElsewhere: Server is not null));
        }

        return session;
    }

    /// <summary>Has modules show their secrets, if the daemon tells them.</summary>
    public async Task RevealAsync(IEnumerable<string> modules, CancellationToken cancellation)
    {
        foreach (var module in modules)
        {
            await Session(module).RevealAsync(Client, cancellation);
        }
    }

    /// <summary>Saves what was staged and forgets the module, whose state has changed or will.</summary>
    public async Task CloseAsync(string module, CancellationToken cancellation)
    {
        if (_sessions.Remove(module, out var session))
        {
            using (session)
            {
                await session.SaveAsync(cancellation);
            }
        }
    }

    /// <summary>Saves everything that was staged.</summary>
    public async Task SaveAsync(CancellationToken cancellation)
    {
        foreach (var session in _sessions.Values)
        {
            await session.SaveAsync(cancellation);
        }
    }

    /// <summary>The modules that have a segment, or that another machine's node tells of, by name.</summary>
    public IReadOnlyList<string> Modules() =>
        Server is not null ? AskForModules() : Directory.Exists(Paths.SegmentDirectory) ? FindModules() : [];

    // Which segments there are is not for everybody to see; the daemon tells those that may be read.
    private List<string> FindModules()
    {
        try
        {
            return [.. Directory.EnumerateFiles(Paths.SegmentDirectory, "*.seg").Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal)];
        }
        catch (UnauthorizedAccessException)
        {
            return AskForModules();
        }
    }

    private List<string> AskForModules()
    {
        var modules = new List<string>();
        while (true)
        {
            var page = Client.Modules(modules.Count);
            modules.AddRange(page.Modules.Select(module => module.Module));
            if (!page.More)
            {
                return modules;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var session in _sessions.Values)
        {
            session.Dispose();
        }

        _client?.Dispose();
    }
}
