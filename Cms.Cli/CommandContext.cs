using Cms.Cli.Output;
using Cms.Client;

namespace Cms.Cli;

/// <summary>What the commands of one invocation share.</summary>
/// <param name="Paths">The node.</param>
/// <param name="Output">Where they print.</param>
/// <param name="Input">Standard input.</param>
internal sealed record CommandContext(NodePaths Paths, CommandOutput Output, Stream Input) : IDisposable
{
    private readonly Dictionary<string, ModuleSession> _sessions = [];
    private CmsClient? _client;

    /// <summary>The daemon; connects when first used.</summary>
    public CmsClient Client => _client ??= new CmsClient(Paths.Socket);

    /// <summary>The module under what is staged; opened once.</summary>
    public ModuleSession Session(string module)
    {
        if (!_sessions.TryGetValue(module, out var session))
        {
            _sessions.Add(module, session = new ModuleSession(Paths, module));
        }

        return session;
    }

    /// <summary>Saves what was staged and forgets the module, whose state has changed or will.</summary>
    public void Close(string module)
    {
        if (_sessions.Remove(module, out var session))
        {
            session.Save();
            session.Dispose();
        }
    }

    /// <summary>Saves everything that was staged.</summary>
    public void Save()
    {
        foreach (var session in _sessions.Values)
        {
            session.Save();
        }
    }

    /// <summary>The modules that have a segment, by name.</summary>
    public IReadOnlyList<string> Modules() =>
        !Directory.Exists(Paths.SegmentDirectory) ? []
        : [.. Directory.EnumerateFiles(Paths.SegmentDirectory, "*.seg").Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal)];

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
