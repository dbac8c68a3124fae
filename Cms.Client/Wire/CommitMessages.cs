using Cms.Formats.Modules;

namespace Cms.Client.Wire;

/// <summary>One change that a commit made, in the words of <see cref="WireOperation"/>.</summary>
public sealed record WireChange
{
    /// <summary>What was done; the same names as in a commit request, of which add_list and del_list do not occur: the option was set.</summary>
    public required string Op { get; init; }

    /// <summary>The section's name, <c>#id</c> when it is anonymous or gone; absent for tables.</summary>
    public string? Section { get; init; }

    /// <summary>The section's permanent id; absent for tables.</summary>
    public long? Id { get; init; }

    /// <summary>The option; absent when the change is about the section itself.</summary>
    public string? Option { get; init; }

    /// <summary>What the option was set to.</summary>
    public ConfigValue? Value { get; init; }

    /// <summary>The section's type, for add and set.</summary>
    public string? Type { get; init; }

    /// <summary>The new name, for rename; the name of a section that was added.</summary>
    public string? Name { get; init; }

    /// <summary>The section's place among all once it was moved.</summary>
    public int? Index { get; init; }

    /// <summary>The table, for changes of tables and rows.</summary>
    public string? Table { get; init; }

    /// <summary>The columns of a table that was created.</summary>
    public IReadOnlyList<WireColumn>? Columns { get; init; }

    /// <summary>The column that tells rows apart, for create_table.</summary>
    public string? PrimaryKey { get; init; }

    /// <summary>The whole row as it is now; of a deleted one the primary key.</summary>
    public IReadOnlyDictionary<string, ConfigValue>? Row { get; init; }

    /// <summary>What the option held before; absent when it was not there, or was not asked for.</summary>
    public ConfigValue? Old { get; init; }

    /// <summary>The type that the section had before, when that was asked for.</summary>
    public string? OldType { get; init; }

    /// <summary>The options of a section that was deleted, when that was asked for.</summary>
    public IReadOnlyDictionary<string, ConfigValue>? OldOptions { get; init; }

    /// <summary>The row as it was before, when that was asked for.</summary>
    public IReadOnlyDictionary<string, ConfigValue>? OldRow { get; init; }
}

/// <summary>Changes of one commit, in order.</summary>
public sealed record CommitChanges
{
    /// <summary>The module's revision that the commit made.</summary>
    public required long Revision { get; init; }

    /// <summary>The 0-based place in the commit of the first change here.</summary>
    public required int First { get; init; }

    /// <summary>Whether the last change here is the commit's last one; else ask again with a skip.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>The changes.</summary>
    public required IReadOnlyList<WireChange> Changes { get; init; }
}

/// <summary>Commits of a module, oldest first.</summary>
public sealed record CommitsReply
{
    /// <summary>The journal that the revisions belong to.</summary>
    public required Guid Journal { get; init; }

    /// <summary>The module's newest revision.</summary>
    public required long Revision { get; init; }

    /// <summary>The commits.</summary>
    public required IReadOnlyList<CommitChanges> Commits { get; init; }
}

/// <summary>Which commits are asked for.</summary>
public sealed record CommitsQuery
{
    /// <summary>The most commits that one request returns.</summary>
    public const int LargestCount = 1000;

    /// <summary>The first commit is the one after this revision.</summary>
    public required long After { get; init; }

    /// <summary>Whether changes say what was there before.</summary>
    public bool Old { get; init; }

    /// <summary>How many changes of the first commit are left out because the caller has them.</summary>
    public int Skip { get; init; }

    /// <summary>The most commits to return, 1 to <see cref="LargestCount"/>; fewer are returned when they are large.</summary>
    public int Count { get; init; } = 100;
}
