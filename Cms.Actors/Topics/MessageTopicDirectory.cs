using System.Collections.Concurrent;
using Cms.Formats.Refusals;
using Cms.Storage.Topics;
using Microsoft.Extensions.Logging;

namespace Cms.Actors.Topics;

/// <summary>Every application topic of the node.</summary>
/// <remarks>Any thread may call.</remarks>
public sealed class MessageTopicDirectory : IAsyncDisposable
{
    private const int LongestName = 255;
    private const int MaxTopics = 10_000;

    private readonly MessageTopicContext _context;
    private readonly ConcurrentDictionary<string, MessageTopic> _topics = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _creating = new(1);

    internal MessageTopicDirectory(NodeOptions options, IMessageStore store, TimeProvider clock, ILogger logger)
    {
        _context = new MessageTopicContext(options, store, clock, logger, new Turns(TopicLimits.MaxJournalReaders));
        foreach (var stored in store.Topics())
        {
            _topics[stored.Name] = new MessageTopic(stored, _context);
        }
    }

    /// <summary>The topics by name.</summary>
    public IReadOnlyList<MessageTopic> All => [.. _topics.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value)];

    /// <summary>The bounds of a topic for which none are given.</summary>
    public TopicBounds DefaultBounds => new(_context.Options.TopicMessages, _context.Options.TopicBytes, TopicOverflow.Refuse);

    /// <summary>The longest payload of a message, in bytes.</summary>
    public int MaxMessageBytes => _context.Options.MaxMessageBytes;

    /// <summary>Finds a topic.</summary>
    /// <exception cref="RefusedException">There is none of this name.</exception>
    public MessageTopic Get(string name) => _topics.TryGetValue(name, out var topic) ? topic
        : throw NotThere(name);

    /// <summary>The refusal of what is asked of a topic that is not there.</summary>
    public static RefusedException NotThere(string name) => new(ErrorCode.NotFound, $"there is no topic '{name}'; create it with cms topic create");

    /// <summary>Makes a topic, or gives it other bounds; durable when it completes.</summary>
    /// <exception cref="RefusedException">The name or the bounds are not legal, or there are too many topics.</exception>
    public async Task<MessageTopic> ConfigureAsync(string name, TopicBounds bounds, CancellationToken stopWaiting)
    {
        CheckName(name, "topic");
        if (bounds.MaxMessages is < 1 or > NodeOptions.MostTopicMessages || bounds.MaxBytes is < 1 or > NodeOptions.MostTopicBytes)
        {
            throw new RefusedException(
                ErrorCode.InvalidArgument, $"a topic keeps 1 to {NodeOptions.MostTopicMessages} messages of 1 to {NodeOptions.MostTopicBytes} bytes");
        }

        await _creating.WaitAsync(stopWaiting);
        try
        {
            if (_topics.TryGetValue(name, out var topic))
            {
                await topic.AskAsync(new MessageTopicCommand.Configure(bounds), stopWaiting);
                return topic;
            }

            if (_topics.Count >= MaxTopics)
            {
                throw new RefusedException(ErrorCode.Busy, $"there are {_topics.Count} topics, as many as there may be; delete some");
            }

            await _context.Store.WriteAsync([new TopicChange.Configured(name, bounds)], CancellationToken.None);
            return _topics[name] = new MessageTopic(new StoredTopic(name, bounds, 1, 0, 0, 0, new Dictionary<string, long>()), _context);
        }
        finally
        {
            _creating.Release();
        }
    }

    /// <summary>Deletes a topic with its messages and subscriptions; its readers are ended.</summary>
    /// <exception cref="RefusedException">There is none of this name.</exception>
    public async Task DeleteAsync(string name, CancellationToken stopWaiting)
    {
        await _creating.WaitAsync(stopWaiting);
        try
        {
            await Get(name).DisposeAsync();
            try
            {
                await _context.Store.WriteAsync([new TopicChange.Deleted(name)], CancellationToken.None);
            }
            finally
            {
                ReadAgain(name);
            }
        }
        finally
        {
            _creating.Release();
        }
    }

    // Whatever became of a deletion, the store knows.
    private void ReadAgain(string name)
    {
        if (_context.Store.Topics().FirstOrDefault(topic => topic.Name == name) is { } stored)
        {
            _topics[name] = new MessageTopic(stored, _context);
        }
        else
        {
            _topics.TryRemove(name, out _);
        }
    }

    /// <summary>Refuses what is no name.</summary>
    public static void CheckName(string name, string what)
    {
        if (name.Length is 0 or > LongestName || name.Any(character => character is < '!' or > '~' or '/' or '?' or '#' or '%'))
        {
            throw new RefusedException(
                ErrorCode.InvalidArgument, $"{what} '{name}' is not legal: use 1 to {LongestName} characters of printable ASCII without blanks, /, ?, # and %");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var topic in All)
        {
            await topic.DisposeAsync();
        }

        _creating.Dispose();
    }
}
