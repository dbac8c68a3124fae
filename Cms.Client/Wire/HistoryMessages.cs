using Cms.Formats.Modules;

namespace Cms.Client.Wire;

/// <summary>One thing in which two states of a module differ.</summary>
public sealed record WireDifference
{
    /// <summary>section, name, type, place, option, order, table or row: what differs.</summary>
    public required string Kind { get; init; }

    /// <summary>The address without the module, as it is in the later state unless it is gone there.</summary>
    public required string Path { get; init; }

    /// <summary>The section's permanent id; absent for tables.</summary>
    public long? Id { get; init; }

    /// <summary>
    /// What was there: of an option its value, of a section or type the type, of a name the name, of a place the 0-based place among
    /// all sections, of an order the names of the options; absent when it was not there.
    /// </summary>
    public ConfigValue? Old { get; init; }

    /// <summary>What is there now, like <see cref="Old"/>; absent when it is not there.</summary>
    public ConfigValue? New { get; init; }

    /// <summary>The columns of a table that was not there before, or had others.</summary>
    public IReadOnlyList<WireColumn>? NewColumns { get; init; }

    /// <summary>The columns of a table that is gone, or has others now.</summary>
    public IReadOnlyList<WireColumn>? OldColumns { get; init; }

    /// <summary>The row as it was; absent when it was not there.</summary>
    public IReadOnlyDictionary<string, ConfigValue>? OldRow { get; init; }

    /// <summary>The row as it is now; absent when it is not there.</summary>
    public IReadOnlyDictionary<string, ConfigValue>? NewRow { get; init; }
}

/// <summary>In what two revisions of a module differ.</summary>
public sealed record DiffReply
{
    /// <summary>The module.</summary>
    public required string Module { get; init; }

    /// <summary>The earlier revision asked for.</summary>
    public required long From { get; init; }

    /// <summary>The later revision asked for.</summary>
    public required long To { get; init; }

    /// <summary>The differences, sections that are gone first, then those that are there in their order, then tables.</summary>
    public required IReadOnlyList<WireDifference> Differences { get; init; }

    /// <summary>Whether there are more than were asked for.</summary>
    public required bool More { get; init; }
}

/// <summary>Which differences are asked for.</summary>
public sealed record DiffQuery
{
    /// <summary>The most differences that one request returns.</summary>
    public const int LargestCount = 100_000;

    /// <summary>The one revision; absent for the one before <see cref="To"/>.</summary>
    public long? From { get; init; }

    /// <summary>The other revision; absent for the newest.</summary>
    public long? To { get; init; }

    /// <summary>One section or table only, named as in an address; null for all.</summary>
    public string? Section { get; init; }

    /// <summary>One option of that section only; null for all.</summary>
    public string? Option { get; init; }

    /// <summary>How many differences are left out first.</summary>
    public int Skip { get; init; }

    /// <summary>The most differences to return, 1 to <see cref="LargestCount"/>.</summary>
    public int Count { get; init; } = LargestCount;
}

/// <summary>The body of a roll-back.</summary>
public sealed record RollbackRequest
{
    /// <summary>The revision to go back to.</summary>
    public required long To { get; init; }

    /// <summary>One section or table only, named as in an address; absent for the whole module.</summary>
    public string? Section { get; init; }

    /// <summary>One option of that section only; absent for all of it.</summary>
    public string? Option { get; init; }

    /// <summary>Kept with the commit; absent for one that says what was rolled back.</summary>
    public string? Message { get; init; }

    /// <summary>The caller's name for the request; repeating it returns the first answer.</summary>
    public string? RequestId { get; init; }

    /// <summary>Whether the reply waits until the text file holds the commit.</summary>
    public bool WaitForFile { get; init; }
}

/// <summary>Which commits of the history are asked for.</summary>
public sealed record HistoryQuery
{
    /// <summary>The module; null for all modules.</summary>
    public string? Module { get; init; }

    /// <summary>Only those that touched a section or table, named as in an address; also when it has gone since.</summary>
    public string? Section { get; init; }

    /// <summary>Only those that touched one option of that section.</summary>
    public string? Option { get; init; }

    /// <summary>Only those below this revision, or without a module below this commit id; null for the newest.</summary>
    public long? Before { get; init; }

    /// <summary>The most to return, 1 to 10000.</summary>
    public int Count { get; init; } = 20;
}
