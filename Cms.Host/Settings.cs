using System.Globalization;
using Cms.Actors;
using Cms.Formats.Uci;

namespace Cms.Host;

/// <summary>
/// The daemon's settings: each from the command line, else the environment, else the UCI file <c>cms</c> in the
/// configuration directory, else its default.
/// </summary>
/// <remarks><c>config_directory</c> itself cannot come from the file that it leads to.</remarks>
public static class Settings
{
    private static readonly IReadOnlyList<Setting> All =
    [
        new("config_directory", "where the UCI text files are", (options, value) => options with { ConfigDirectory = Path.GetFullPath(value) }),
        new("state_directory", "where the journal is; on a disk", (options, value) => options with { StateDirectory = Path.GetFullPath(value) }),
        new("run_directory", "where socket and segments are; on tmpfs", (options, value) => options with { RunDirectory = Path.GetFullPath(value) }),
        new("segment_bytes", "the size at which a module is full", (options, value) => options with { SegmentBytes = long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("segment_total_bytes", "the size at which all modules together are full", (options, value) => options with { SegmentTotalBytes = long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("mailbox_size", "the most requests that wait for one module", (options, value) => options with { MailboxSize = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("file_delay_ms", "how soon after a commit the text file is written", (options, value) => options with { FileDelayMilliseconds = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("event_ring_count", "the most commits of a module that are at hand for its subscribers", (options, value) => options with { EventRingCount = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("event_ring_bytes", "about how many bytes they may take", (options, value) => options with { EventRingBytes = long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("max_subscriptions", "the most subscriptions at one time", (options, value) => options with { MaxSubscriptions = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("watch_subscriptions", "the most subscriptions on one WebSocket", (options, value) => options with { WatchSubscriptions = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("watch_message_bytes", "the longest message that a client sends on a WebSocket", (options, value) => options with { WatchMessageBytes = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("watch_ping_seconds", "how often the client of a WebSocket is asked for a sign of life", (options, value) => options with { WatchPingSeconds = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("max_transactions", "the most open transactions", (options, value) => options with { MaxTransactions = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("transaction_seconds", "how long an unused transaction stays open", (options, value) => options with { TransactionSeconds = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("max_confirmations", "the most commits that wait for a confirmation", (options, value) => options with { MaxConfirmations = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("history_count", "how many commits of a module are kept", (options, value) => options with { HistoryCount = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("history_days", "for how many days commits are kept; 0 is no bound", (options, value) => options with { HistoryDays = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("audit_rows", "how many rows of the audit log are in the journal", (options, value) => options with { AuditRows = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("audit_days", "for how many days they are there; 0 is no bound", (options, value) => options with { AuditDays = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("audit_archives", "how many archives of older rows are kept; 0 is all", (options, value) => options with { AuditArchives = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("topic_messages", "the most messages that an application topic keeps", (options, value) => options with { TopicMessages = long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("topic_bytes", "the most bytes that they take", (options, value) => options with { TopicBytes = long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("max_message_bytes", "the longest message", (options, value) => options with { MaxMessageBytes = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("backup_directory", "where backups are; a relative one is in state_directory", (options, value) => options with { BackupDirectory = value }),
        new("backup_hours", "how often a backup is made by itself, in hours", (options, value) => options with { BackupHours = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("backup_keep", "how many backups made by themselves are kept", (options, value) => options with { BackupKeep = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) }),
        new("backup_recipient", "file of the recipient that backups are encrypted to", (options, value) => options with { BackupRecipient = PathOf(value) }),
        new("master_key", "the key of keys: a file, credential:NAME or command:LINE", (options, value) => options with { MasterKey = value }),
        new("max_value_bytes", "the longest value", (options, value) => options with { Limits = options.Limits with { MaxValueBytes = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) } }),
        new("max_list_elements", "the most elements of a list", (options, value) => options with { Limits = options.Limits with { MaxListElements = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) } }),
        new("max_operations", "the most operations of one commit", (options, value) => options with { Limits = options.Limits with { MaxOperations = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) } }),
        new("max_bulk_operations", "the most operations of a bulk that is one commit", (options, value) => options with { Limits = options.Limits with { MaxBulkOperations = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) } }),
        new("cors_origins", "the origins of pages that may use the node from a browser, apart by commas", (options, value) => options with { Door = options.Door with { CorsOrigins = DoorOptions.ParseOrigins(value) } }),
        new("metrics_open", "1 when everybody on this machine may read /metrics", (options, value) => options with { Door = options.Door with { MetricsOpen = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) } }),
        new("principal_rate", "how many requests a second a principal may send", (options, value) => options with { Door = options.Door with { PrincipalRate = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) } }),
        new("principal_burst", "how many he may send at once", (options, value) => options with { Door = options.Door with { PrincipalBurst = long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) } }),
        new("address_rate", "how many requests a second may come from an address", (options, value) => options with { Door = options.Door with { AddressRate = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) } }),
        new("address_burst", "how many may come from it at once", (options, value) => options with { Door = options.Door with { AddressBurst = long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) } }),
        new("max_connections", "the most connections at one time", (options, value) => options with { Door = options.Door with { MaxConnections = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) } }),
        new("max_connections_per_address", "the most of them from one address or user", (options, value) => options with { Door = options.Door with { MaxConnectionsPerAddress = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) } }),
        new("max_header_bytes", "the most bytes of all headers of a request", (options, value) => options with { Door = options.Door with { MaxHeaderBytes = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) } }),
        new("slow_seconds", "how long the head of a request may take, and anybody be too slow", (options, value) => options with { Door = options.Door with { SlowSeconds = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) } }),
        new("min_bytes_per_second", "how fast a sender or reader has to be, in the long run", (options, value) => options with { Door = options.Door with { MinBytesPerSecond = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) } }),
        new("otlp_endpoint", "where a collector of OpenTelemetry is; empty for none", (options, value) => options with { Telemetry = options.Telemetry with { Endpoint = TelemetryOptions.ParseEndpoint(value) } }),
        new("otlp_headers_file", "a file of headers that the collector wants", (options, value) => options with { Telemetry = options.Telemetry with { HeadersFile = value.Length == 0 ? null : Path.GetFullPath(value) } }),
        new("otlp_seconds", "how often numbers are sent to it, in seconds", (options, value) => options with { Telemetry = options.Telemetry with { Seconds = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) } }),
        new("otlp_sample_percent", "of how many requests in a hundred a trace is sent", (options, value) => options with { Telemetry = options.Telemetry with { SamplePercent = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) } }),
        new("listen", "addresses with ports to listen on besides the Unix socket", (options, value) => options with { Listen = options.Listen with { Addresses = ListenerOptions.ParseAddresses(value) } }),
        new("tls_certificate", "PEM file of the certificate for these", (options, value) => options with { Listen = options.Listen with { TlsCertificate = PathOf(value) } }),
        new("tls_key", "PEM file of its private key", (options, value) => options with { Listen = options.Listen with { TlsKey = PathOf(value) } }),
        new("tls_client_ca", "PEM file of the authorities whose certificates callers may show", (options, value) => options with { Listen = options.Listen with { TlsClientAuthorities = PathOf(value) } }),
        new("session_idle_seconds", "how long an unused login lasts", (options, value) => options with { Listen = options.Listen with { SessionIdleSeconds = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) } }),
        new("session_seconds", "how long a login lasts at the most", (options, value) => options with { Listen = options.Listen with { SessionSeconds = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) } }),
    ];

    /// <summary>Every setting's name and what it is, as <c>docs/settings.md</c> and <c>--help</c> print them.</summary>
    public static IReadOnlyList<(string Name, string Meaning)> Reference => [.. All.Select(setting => (setting.Name, setting.Meaning))];

    /// <summary>Gathers the settings.</summary>
    /// <param name="arguments">As <c>--name=value</c>, with - for _.</param>
    /// <param name="environment">Answers <c>CMS_NAME</c> with its value or null.</param>
    /// <exception cref="NodeStartException">A setting is unknown or its value is not legal; the message names it and its source.</exception>
    public static NodeOptions Read(IReadOnlyList<string> arguments, Func<string, string?> environment)
    {
        var given = ParseArguments(arguments);
        var options = Apply(new NodeOptions(), Find(given, environment, "config_directory"));
        var file = ReadFile(Path.Combine(options.ConfigDirectory, "cms"));
        foreach (var name in All.Select(setting => setting.Name).Where(name => name != "config_directory"))
        {
            options = Apply(options, Find(given, environment, name) ?? (file.TryGetValue(name, out var value) ? new Given(name, value, "the file cms") : null));
        }

        return options;
    }

    private static Dictionary<string, string> ParseArguments(IReadOnlyList<string> arguments)
    {
        var given = new Dictionary<string, string>();
        foreach (var argument in arguments)
        {
            var split = argument.IndexOf('=', StringComparison.Ordinal);
            var name = argument.StartsWith("--", StringComparison.Ordinal) && split > 2 ? argument[2..split].Replace('-', '_') : "";
            if (All.All(setting => setting.Name != name))
            {
                throw new NodeStartException($"'{argument}' is no setting: use --name=value, with a name from cmsd --help");
            }

            given[name] = argument[(split + 1)..];
        }

        return given;
    }

    private static Given? Find(Dictionary<string, string> given, Func<string, string?> environment, string name)
    {
        if (given.TryGetValue(name, out var argument))
        {
            return new Given(name, argument, "the command line");
        }

        var variable = "CMS_" + name.ToUpperInvariant();
        return environment(variable) is { Length: > 0 } value ? new Given(name, value, variable) : null;
    }

    private static Dictionary<string, string> ReadFile(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            var package = UciPackage.Parse("cms", File.ReadAllBytes(path), UciReaderOptions.Default);
            var node = package.Sections().FirstOrDefault(section => section.Type == "node");
            var given = node is null ? [] : package.Options(node.Id).ToDictionary(option => option.Name, option => option.Value.ToString());
            return given.Keys.FirstOrDefault(name => name == "config_directory" || All.All(setting => setting.Name != name)) is { } unknown
                ? throw new NodeStartException($"{path}: '{unknown}' is no setting of this file: use a name from cmsd --help, except config_directory")
                : given;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new NodeStartException($"{path}: {unreadable.Message}");
        }
        catch (UciParseException malformed)
        {
            throw new NodeStartException($"{path}: {malformed.Error}");
        }
    }

    private static string? PathOf(string value) => value.Length == 0 ? null : Path.GetFullPath(value);

    private static NodeOptions Apply(NodeOptions options, Given? given)
    {
        if (given is null)
        {
            return options;
        }

        try
        {
            var applied = All.Single(setting => setting.Name == given.Name).Apply(options, given.Value);
            return applied.Problems().Except(options.Problems()).FirstOrDefault() is { } problem
                ? throw new NodeStartException($"{given.Name} '{given.Value}' from {given.Source} is not legal: {problem}")
                : applied;
        }
        catch (Exception illegal) when (illegal is FormatException or OverflowException or ArgumentException)
        {
            throw new NodeStartException($"{given.Name} '{given.Value}' from {given.Source} is not legal: {illegal.Message}");
        }
    }

    private sealed record Setting(string Name, string Meaning, Func<NodeOptions, string, NodeOptions> Apply);

    private sealed record Given(string Name, string Value, string Source);
}
