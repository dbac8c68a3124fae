using Cms.Formats.Audit;

namespace Cms.Storage.Audit;

/// <summary>What is to be recorded of an act that is no commit; the log adds time, number and hashes.</summary>
/// <param name="Kind">One of <see cref="AuditKinds"/>.</param>
/// <param name="Outcome"><see cref="Done"/>, <see cref="Begun"/>, or the name of a refusal.</param>
/// <param name="Principal">Who, such as <c>uid:0</c>.</param>
/// <param name="Gateway">By which way.</param>
/// <remarks>
/// It must never hold a value of an option, a password or a key. Texts may come from outside: control characters are taken out of
/// them and they are cut to <see cref="MaxText"/> characters.
/// </remarks>
public sealed record AuditEntry(string Kind, string Outcome, string Principal, string Gateway)
{
    /// <summary>It was done.</summary>
    public const string Done = "ok";

    /// <summary>It is recorded first and done then.</summary>
    public const string Begun = "begun";

    /// <summary>The daemon itself, where nobody asked for it.</summary>
    public const string Daemon = "cmsd";

    /// <summary>The most characters of a text.</summary>
    public const int MaxText = 256;

    /// <summary>Where from; null for this machine.</summary>
    public string? Address { get; init; }

    /// <summary>The module concerned, or null.</summary>
    public string? Module { get; init; }

    /// <summary>The transaction concerned, or null.</summary>
    public string? Transaction { get; init; }

    /// <summary>The addresses concerned; only the first <see cref="TouchedPaths.MaxPaths"/> are kept.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>What else is to be said.</summary>
    public string Detail { get; init; } = "";

    /// <summary>How often it happened.</summary>
    public int Count { get; init; } = 1;

    /// <summary>What an entry of the daemon itself says.</summary>
    public static AuditEntry OfDaemon(string kind, string detail) => new(kind, Done, Daemon, Daemon) { Detail = detail };
}
