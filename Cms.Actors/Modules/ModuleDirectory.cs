using System.Collections.Concurrent;
using Cms.Actors.Access;
using Cms.Actors.Schemas;
using Cms.Actors.Secrets;
using Cms.Actors.Topics;
using Cms.Actors.Validation;
using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Storage.Files;
using Cms.Storage.Journals;
using Microsoft.Extensions.Logging;

namespace Cms.Actors.Modules;

/// <summary>Every module of the node and the actor that owns it.</summary>
/// <remarks>Any thread may call.</remarks>
public sealed class ModuleDirectory : IAsyncDisposable
{
    private readonly NodeOptions _options;
    private readonly IJournal _journal;
    private readonly TimeProvider _clock;
    private readonly ILoggerFactory _loggers;
    private readonly TaskCompletionSource _allOpened = new();
    private readonly ConcurrentDictionary<string, Lazy<ModuleActor>> _actors = new(StringComparer.Ordinal);

    internal ModuleDirectory(NodeOptions options, IJournal journal, TimeProvider clock, ILoggerFactory loggers, KeyRing keys)
    {
        Keys = keys;
        (_options, _journal, _clock, _loggers, Budget) = (options, journal, clock, loggers, new SegmentBudget(options.SegmentTotalBytes));
        Topics = new TopicDirectory(options, journal);
        Validators = new ValidatorDirectory(journal.Epoch, clock);
        Access = new AccessDirectory(clock) { Share = modules => Task.WhenAll(modules.Select(module => Find(module)?.ShareAsync() ?? Task.CompletedTask)) };
        References = new ReferenceDirectory(name => _actors.ContainsKey(name) || HasFile(name) || journal.LastRevision(new ModuleName(name)) > Revision.None);
    }

    /// <summary>What seals secrets.</summary>
    public KeyRing Keys { get; }

    /// <summary>Who is asked before modules commit.</summary>
    public ValidatorDirectory Validators { get; }

    /// <summary>Who may do what.</summary>
    public AccessDirectory Access { get; }

    /// <summary>Which modules refer to sections of which others.</summary>
    public ReferenceDirectory References { get; }

    /// <summary>Who listens to the modules.</summary>
    public TopicDirectory Topics { get; }

    /// <summary>What the segments take together.</summary>
    public SegmentBudget Budget { get; }

    /// <summary>The actors, by module name.</summary>
    public IReadOnlyList<ModuleActor> All => [.. _actors.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value.Value)];

    /// <summary>The actor of a module that has a file or a journal, or null.</summary>
    public ModuleActor? Find(string name) => _actors.TryGetValue(name, out var actor) ? actor.Value : null;

    /// <summary>The actor of a module, which is started if it is new.</summary>
    /// <param name="name">Must satisfy <see cref="ConfigDirectory.IsModuleName"/>.</param>
    public ModuleActor GetOrStart(string name) => _actors.GetOrAdd(name, each => new Lazy<ModuleActor>(() => Start(each))).Value;

    /// <summary>Whether a text file of this name is there.</summary>
    public bool HasFile(string name) => File.Exists(Path.Combine(_options.ConfigDirectory, name));

    /// <summary>Starts every module of the journal and of the text directory, and waits until each is open or has failed.</summary>
    internal async Task StartAllAsync()
    {
        var names = _journal.Modules().Where(module => module.Namespace.Length == 0).Select(module => module.Name)
            .Union(ConfigDirectory.ModuleNames(_options.ConfigDirectory)).ToList();

        // The others open their segments by its rules.
        if (names.Contains(AccessScope.RulesModule))
        {
            await GetOrStart(AccessScope.RulesModule).Opened;
        }

        var actors = names.Select(GetOrStart).ToList();
        foreach (var actor in actors)
        {
            await actor.Opened;
        }

        // An edited text may take away what another module refers to, so all references are known first.
        _allOpened.TrySetResult();
        foreach (var actor in actors)
        {
            await actor.Started;
        }
    }

    /// <summary>Has every module look at its text file.</summary>
    internal void LookAtAllFiles()
    {
        foreach (var actor in All)
        {
            actor.LookAtFile();
        }
    }

    /// <summary>Has one module look at its text file, starting it when the file is new.</summary>
    internal void LookAtFile(string name)
    {
        if (Find(name) is not null || HasFile(name))
        {
            GetOrStart(name).LookAtFile();
        }
    }

    /// <summary>Stops every actor after what it has taken is done.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var actor in All)
        {
            await actor.DisposeAsync();
        }
    }

    private ModuleActor Start(string name) =>
        new(new ModuleContext(new ModuleName(name), _options, Budget, _journal, _clock, _loggers.CreateLogger("Cms.Module"), Topics, Validators, References, Access, _allOpened.Task)
        {
            Keys = Keys.Of(new ModuleName(name)),
        });
}
