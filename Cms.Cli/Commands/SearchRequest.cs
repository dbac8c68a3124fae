using Cms.Formats.Searching;

namespace Cms.Cli.Commands;

/// <summary>What a search was asked for.</summary>
/// <param name="Pattern">The pattern as it was typed.</param>
/// <param name="Query">What is looked for.</param>
internal sealed record SearchRequest(string Pattern, OptionQuery Query)
{
    /// <summary>The one module to search; null for all.</summary>
    public string? Module { get; init; }

    /// <summary>The most hits to print.</summary>
    public int Limit { get; init; } = int.MaxValue;

    /// <summary>Whether only their number is wanted.</summary>
    public bool OnlyCount { get; init; }

    /// <summary>Whether cells of tables are searched as well.</summary>
    public bool WithTables { get; init; }

    /// <summary>Whether what is staged is left out.</summary>
    public bool IsCommitted { get; init; }
}
