using System.Diagnostics;
using Cms.Storage.Journals;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Topics;

/// <summary>The messages of application topics, in the journal's file and by its one flush.</summary>
/// <remarks>May be called from any thread.</remarks>
internal sealed class SqliteMessageStore : IMessageStore
{
    /// <summary>The tables of this store.</summary>
    public const string Tables = """
        CREATE TABLE IF NOT EXISTS topics(
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, max_messages INTEGER NOT NULL, max_bytes INTEGER NOT NULL,
            overflow INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, first_total INTEGER NOT NULL, total INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS topic_messages(
            topic INTEGER NOT NULL, sequence INTEGER NOT NULL, time INTEGER NOT NULL, principal TEXT NOT NULL,
            is_json INTEGER NOT NULL, total INTEGER NOT NULL, payload BLOB NOT NULL, PRIMARY KEY(topic, sequence)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS topic_subscriptions(
            topic INTEGER NOT NULL, name TEXT NOT NULL, acknowledged INTEGER NOT NULL, PRIMARY KEY(topic, name)) WITHOUT ROWID;
        """;

    private const string TopicKey = "(SELECT id FROM topics WHERE name = $topic)";

    private readonly SqliteWriter _writer;
    private readonly SqliteQueries _queries;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _advance;
    private readonly SqliteCommand _acknowledge;

    public SqliteMessageStore(SqliteWriter writer, SqliteQueries queries)
    {
        (_writer, _queries) = (writer, queries);
        _insert = writer.Connection.Prepare(
            $"INSERT INTO topic_messages VALUES({TopicKey}, $sequence, $time, $principal, $is_json, $total, $payload)",
            "$topic", "$sequence", "$time", "$principal", "$is_json", "$total", "$payload");
        _advance = writer.Connection.Prepare("UPDATE topics SET last = $sequence, total = $total WHERE name = $topic", "$topic", "$sequence", "$total");
        _acknowledge = writer.Connection.Prepare($"INSERT OR REPLACE INTO topic_subscriptions VALUES({TopicKey}, $name, $sequence)", "$topic", "$name", "$sequence");
    }

    public IReadOnlyList<StoredTopic> Topics()
    {
        var subscriptions = _queries.Query(
            "SELECT t.name, s.name, s.acknowledged FROM topic_subscriptions s JOIN topics t ON t.id = s.topic",
            null,
            row => (Topic: row.GetString(0), Name: row.GetString(1), Acknowledged: row.GetInt64(2))).ToLookup(each => each.Topic);
        return _queries.Query(
            """
            SELECT name, max_messages, max_bytes, overflow, first, last, first_total, total,
                first - COALESCE((SELECT MIN(sequence) FROM topic_messages WHERE topic = topics.id), first) FROM topics ORDER BY name
            """,
            null,
            row => new StoredTopic(
                row.GetString(0),
                new TopicBounds(row.GetInt64(1), row.GetInt64(2), (TopicOverflow)row.GetInt32(3)),
                row.GetInt64(4),
                row.GetInt64(5),
                row.GetInt64(6),
                row.GetInt64(7),
                subscriptions[row.GetString(0)].ToDictionary(each => each.Name, each => each.Acknowledged))
            {
                UnsweptCount = Math.Max(row.GetInt64(8), 0),
            });
    }

    public Task WriteAsync(IReadOnlyList<TopicChange> changes, CancellationToken stopWaiting) => _writer.WriteAsync(
        () =>
        {
            foreach (var change in changes)
            {
                Write(change);
            }
        },
        stopWaiting);

    public IReadOnlyList<StoredMessage> Read(string topic, long after, int count, long bytes)
    {
        var messages = new List<StoredMessage>();
        var rows = _queries.Stream(
            $"""
            SELECT sequence, time, principal, is_json, payload, total FROM topic_messages
            WHERE topic = {TopicKey} AND sequence > $after ORDER BY sequence LIMIT $count
            """,
            null,
            row => new StoredMessage(
                row.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)), row.GetString(2), row.GetBoolean(3), (byte[])row.GetValue(4), row.GetInt64(5)),
            ("$topic", topic),
            ("$after", after),
            ("$count", count));
        foreach (var message in rows)
        {
            messages.Add(message);
            bytes -= message.Payload.Length + StoredMessage.OverheadBytes;
            if (bytes <= 0)
            {
                break;
            }
        }

        return messages;
    }

    public long TotalAt(string topic, long sequence) => _queries.Query(
        $"SELECT total FROM topic_messages WHERE topic = {TopicKey} AND sequence = $sequence",
        null,
        row => row.GetInt64(0),
        ("$topic", topic),
        ("$sequence", sequence)) is [var total] ? total : throw new JournalException($"{_queries.Path}: topic '{topic}' lacks message {sequence}");

    private void Write(TopicChange change)
    {
        switch (change)
        {
            case TopicChange.Published published:
                Insert(published.Topic, published.Message);
                break;
            case TopicChange.Acknowledged acknowledged:
                Run(_acknowledge, ("$topic", acknowledged.Topic), ("$name", acknowledged.Subscription), ("$sequence", acknowledged.Sequence));
                break;
            case TopicChange.Trimmed trimmed:
                Execute(
                    "UPDATE topics SET first = $first, first_total = $total WHERE name = $topic",
                    ("$topic", trimmed.Topic),
                    ("$first", trimmed.First),
                    ("$total", trimmed.FirstTotal));
                break;
            case TopicChange.Swept swept:
                Sweep(swept);
                break;
            case TopicChange.Unsubscribed unsubscribed:
                Execute($"DELETE FROM topic_subscriptions WHERE topic = {TopicKey} AND name = $name", ("$topic", unsubscribed.Topic), ("$name", unsubscribed.Subscription));
                break;
            case TopicChange.Configured configured:
                Configure(configured);
                break;
            case TopicChange.Deleted:
                Execute($"DELETE FROM topic_messages WHERE topic = {TopicKey}", ("$topic", change.Topic));
                Execute($"DELETE FROM topic_subscriptions WHERE topic = {TopicKey}", ("$topic", change.Topic));
                Execute("DELETE FROM topics WHERE name = $topic", ("$topic", change.Topic));
                break;
            default:
                throw new UnreachableException($"unknown change {change.GetType().Name}");
        }
    }

    private void Insert(string topic, StoredMessage message)
    {
        Run(
            _insert,
            ("$topic", topic),
            ("$sequence", message.Sequence),
            ("$time", message.Time.ToUnixTimeMilliseconds()),
            ("$principal", message.Principal),
            ("$is_json", message.IsJson),
            ("$total", message.Total),
            ("$payload", message.Payload.ToArray()));
        Run(_advance, ("$topic", topic), ("$sequence", message.Sequence), ("$total", message.Total));
    }

    private void Configure(TopicChange.Configured configured) => Execute(
        """
        INSERT INTO topics(name, max_messages, max_bytes, overflow, first, last, first_total, total)
        VALUES($topic, $messages, $bytes, $overflow, 1, 0, 0, 0)
        ON CONFLICT(name) DO UPDATE SET max_messages = $messages, max_bytes = $bytes, overflow = $overflow
        """,
        ("$topic", configured.Topic),
        ("$messages", configured.Bounds.MaxMessages),
        ("$bytes", configured.Bounds.MaxBytes),
        ("$overflow", (int)configured.Bounds.Overflow));

    // Rows that are not kept any more go a few at a time, so that nobody waits for the many of another.
    private void Sweep(TopicChange.Swept swept) => Execute(
        $"""
        DELETE FROM topic_messages WHERE topic = {TopicKey} AND sequence < MIN(
            (SELECT first FROM topics WHERE name = $topic),
            (SELECT MIN(sequence) FROM topic_messages WHERE topic = {TopicKey}) + $count)
        """,
        ("$topic", swept.Topic),
        ("$count", swept.Count));

    private void Execute(string sql, params (string Name, object Value)[] parameters)
    {
        using var command = _writer.Connection.Create(sql);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }

    private static void Run(SqliteCommand command, params (string Name, object Value)[] parameters)
    {
        foreach (var (name, value) in parameters)
        {
            command.Parameters[name].Value = value;
        }

        command.ExecuteNonQuery();
    }
}
