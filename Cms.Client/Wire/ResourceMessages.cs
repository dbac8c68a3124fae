using Cms.Formats.Modules;

namespace Cms.Client.Wire;

/// <summary>The modules of a node.</summary>
public sealed record ModulesReply
{
    /// <summary>The modules in the order of their names.</summary>
    public required IReadOnlyList<ModuleEntry> Modules { get; init; }

    /// <summary>Whether there are more than were asked for.</summary>
    public required bool More { get; init; }
}

/// <summary>A module in a list.</summary>
public sealed record ModuleEntry
{
    /// <summary>Its name.</summary>
    public required string Module { get; init; }

    /// <summary>Its newest revision.</summary>
    public required long Revision { get; init; }
}

/// <summary>Sections of a module at one revision.</summary>
public sealed record SectionsReply
{
    /// <summary>The revision shown.</summary>
    public required long Revision { get; init; }

    /// <summary>The sections in order.</summary>
    public required IReadOnlyList<SectionReport> Sections { get; init; }

    /// <summary>Whether there are more than were asked for.</summary>
    public required bool More { get; init; }
}

/// <summary>What a section is to be.</summary>
public sealed record SectionWrite
{
    /// <summary>Its type; needed for a new one.</summary>
    public string? Type { get; init; }

    /// <summary>Its name, for a new one; absent for an anonymous one.</summary>
    public string? Name { get; init; }

    /// <summary>Its options.</summary>
    public IReadOnlyDictionary<string, ConfigValue>? Options { get; init; }
}

/// <summary>A change of a section, as a JSON merge patch.</summary>
public sealed record SectionPatch
{
    /// <summary>Its new type; absent for the one it has.</summary>
    public string? Type { get; init; }

    /// <summary>Its new name; absent for the one it has.</summary>
    public string? Name { get; init; }

    /// <summary>Options to set, or to remove with null; the others stay.</summary>
    public IReadOnlyDictionary<string, ConfigValue?>? Options { get; init; }
}

/// <summary>An option.</summary>
public sealed record OptionReply
{
    /// <summary>The section's name, <c>#id</c> when it is anonymous.</summary>
    public required string Section { get; init; }

    /// <summary>Its name.</summary>
    public required string Option { get; init; }

    /// <summary>Its value.</summary>
    public required ConfigValue Value { get; init; }

    /// <summary>The revision that last set or renamed it.</summary>
    public required long Changed { get; init; }

    /// <summary>The revision shown.</summary>
    public required long Revision { get; init; }
}

/// <summary>A value for an option, or an element for a list.</summary>
public sealed record OptionWrite
{
    /// <summary>The value.</summary>
    public required ConfigValue Value { get; init; }
}

/// <summary>A change of an option, as a JSON merge patch.</summary>
public sealed record OptionPatch
{
    /// <summary>The new value; null removes the option.</summary>
    public required ConfigValue? Value { get; init; }
}

/// <summary>The elements of an option; a scalar has one.</summary>
public sealed record ElementsReply
{
    /// <summary>The revision shown.</summary>
    public required long Revision { get; init; }

    /// <summary>The elements in order.</summary>
    public required IReadOnlyList<ConfigValue> Elements { get; init; }
}

/// <summary>What a table is to be.</summary>
public sealed record TableWrite
{
    /// <summary>Its columns.</summary>
    public required IReadOnlyList<WireColumn> Columns { get; init; }

    /// <summary>The column that tells rows apart.</summary>
    public required string PrimaryKey { get; init; }
}

/// <summary>A row of a table.</summary>
public sealed record RowReply
{
    /// <summary>The revision shown.</summary>
    public required long Revision { get; init; }

    /// <summary>The revision that last changed the row.</summary>
    public required long Changed { get; init; }

    /// <summary>Values by the names of their columns.</summary>
    public required IReadOnlyDictionary<string, ConfigValue> Row { get; init; }
}

/// <summary>What a row is to hold.</summary>
public sealed record RowWrite
{
    /// <summary>Values by the names of their columns; the primary key may be left out where the address has it.</summary>
    public required IReadOnlyDictionary<string, ConfigValue> Row { get; init; }
}

/// <summary>What a search has found.</summary>
public sealed record SearchReply
{
    /// <summary>Options, and cells of tables when they are asked for, module by module.</summary>
    public required IReadOnlyList<SearchHit> Hits { get; init; }

    /// <summary>Whether there are more than were asked for.</summary>
    public required bool More { get; init; }
}

/// <summary>An option, or a cell of a table, that a search has found.</summary>
public sealed record SearchHit
{
    /// <summary>Its address.</summary>
    public required string Path { get; init; }

    /// <summary>The module.</summary>
    public required string Module { get; init; }

    /// <summary>The section's name or <c>@type[n]</c>; absent for cells.</summary>
    public string? Section { get; init; }

    /// <summary>The section's type; absent for cells.</summary>
    public string? Type { get; init; }

    /// <summary>The option; absent for cells.</summary>
    public string? Option { get; init; }

    /// <summary>The table; absent for options.</summary>
    public string? Table { get; init; }

    /// <summary>The row's primary key as text; absent for options.</summary>
    public string? Key { get; init; }

    /// <summary>The column; absent for options.</summary>
    public string? Column { get; init; }

    /// <summary>What it holds.</summary>
    public required ConfigValue Value { get; init; }
}

/// <summary>A schema in a list.</summary>
public sealed record SchemaEntry
{
    /// <summary>The module that keeps to it.</summary>
    public required string Module { get; init; }

    /// <summary>Its newest version.</summary>
    public required string Version { get; init; }

    /// <summary>How many versions there were.</summary>
    public required int Versions { get; init; }
}

/// <summary>How the caches of the daemon have done since its start.</summary>
public sealed record CacheReply
{
    /// <summary>The open readers of segments that requests take in turn.</summary>
    public required CacheUse Readers { get; init; }

    /// <summary>The answers to requests with an idempotency key.</summary>
    public required CacheUse Answers { get; init; }
}

/// <summary>How a cache has done.</summary>
public sealed record CacheUse
{
    /// <summary>How many things it keeps now.</summary>
    public required long Kept { get; init; }

    /// <summary>How often something was found in it.</summary>
    public required long Hits { get; init; }

    /// <summary>How often nothing was found.</summary>
    public required long Misses { get; init; }

    /// <summary>How often something was dropped to keep its bound.</summary>
    public required long Evictions { get; init; }
}
