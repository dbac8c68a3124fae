using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Storage.Journals;

namespace Cms.Actors.Topics;

/// <summary>The topics of all modules and those who listen to them.</summary>
/// <remarks>Any thread may call.</remarks>
public sealed class TopicDirectory
{
    private readonly NodeOptions _options;
    private readonly Lock _lock = new();
    private readonly Dictionary<ModuleName, ModuleTopic> _topics = [];
    private readonly HashSet<TopicSubscription> _subscriptions = [];
    private readonly Dictionary<string, (TopicFilter Filter, int Count)> _filters = [];

    internal TopicDirectory(NodeOptions options, IJournal journal)
    {
        (_options, Journal) = (options, journal);
        Past = new PastCommits(options, journal);
    }

    /// <summary>How many subscriptions there are.</summary>
    public int SubscriptionCount
    {
        get
        {
            lock (_lock)
            {
                return _subscriptions.Count;
            }
        }
    }

    internal IJournal Journal { get; }

    /// <summary>Reads what is no longer at hand.</summary>
    internal PastCommits Past { get; }

    /// <summary>Begins to listen; modules that appear later are heard too.</summary>
    /// <param name="patterns">What is wanted, at least one; a commit that several of them match is told once.</param>
    /// <param name="since">Where to go on; null hears what is committed from now on.</param>
    /// <param name="wantsOld">Whether changes say what was there before.</param>
    /// <param name="told">Called when there may be something to take, for those who do not wait; by any thread, under locks, so it only notes that; also before this returns.</param>
    /// <exception cref="RefusedException">
    /// <see cref="ErrorCode.Busy"/>: there are as many subscriptions as there may be. <see cref="ErrorCode.InvalidArgument"/>: the
    /// position is ahead of a module. <see cref="ErrorCode.Conflict"/>: it is of another journal.
    /// </exception>
    public TopicSubscription Subscribe(IReadOnlyList<TopicPattern> patterns, JournalPosition? since, bool wantsOld, Action? told = null)
    {
        if (patterns.Count is 0 or > TopicLimits.MaxPatterns)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"there are {patterns.Count} patterns; use 1 to {TopicLimits.MaxPatterns}");
        }

        if (since?.Journal is { } journal && journal != Journal.Id)
        {
            throw new RefusedException(
                ErrorCode.Conflict, $"the position is of journal {journal:N} and this one is {Journal.Id:N}: revisions cannot be compared; read the modules anew and listen from now on");
        }

        lock (_lock)
        {
            if (_subscriptions.Count >= _options.MaxSubscriptions)
            {
                throw new RefusedException(
                    ErrorCode.Busy, $"there are {_subscriptions.Count} subscriptions, as many as there may be; end some, or raise max_subscriptions");
            }

            var subscription = new TopicSubscription(this, Share(patterns), since, wantsOld, told);
            _subscriptions.Add(subscription);
            try
            {
                foreach (var topic in TopicsOf(patterns))
                {
                    subscription.Join(topic, isNew: false);
                }
            }
            catch
            {
                subscription.Dispose();
                throw;
            }

            return subscription;
        }
    }

    /// <summary>The topic of a module, made when it is new.</summary>
    internal ModuleTopic TopicOf(ModuleName module)
    {
        lock (_lock)
        {
            if (!_topics.TryGetValue(module, out var topic))
            {
                topic = new ModuleTopic(module, Journal.LastRevision(module), _options);
                _topics.Add(module, topic);
                foreach (var subscription in _subscriptions)
                {
                    subscription.Join(topic, isNew: true);
                }
            }

            return topic;
        }
    }

    internal void Remove(TopicSubscription subscription)
    {
        lock (_lock)
        {
            if (_subscriptions.Remove(subscription))
            {
                var key = TopicFilter.KeyOf(subscription.Patterns);
                var (filter, count) = _filters[key];
                _filters[key] = (filter, count - 1);
                if (count == 1)
                {
                    _filters.Remove(key);
                }
            }
        }
    }

    private TopicFilter Share(IReadOnlyList<TopicPattern> patterns)
    {
        var key = TopicFilter.KeyOf(patterns);
        var shared = _filters.TryGetValue(key, out var known) ? known : (Filter: new TopicFilter(patterns), Count: 0);
        _filters[key] = (shared.Filter, shared.Count + 1);
        return shared.Filter;
    }

    // Patterns that name their modules are not compared with all of them.
    private IEnumerable<ModuleTopic> TopicsOf(IReadOnlyList<TopicPattern> patterns) => patterns.All(pattern => pattern.NamesOneModule)
        ? patterns.Select(pattern => pattern.Module).Distinct().Select(FindTopic).OfType<ModuleTopic>()
        : _topics.Values;

    private ModuleTopic? FindTopic(string module) =>
        _topics.GetValueOrDefault(module.Split('/', 2) is [var space, var name] ? new ModuleName(space, name) : new ModuleName(module));
}
