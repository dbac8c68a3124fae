namespace Cms.Formats.Uci;

/// <summary>What a <see cref="UciReader"/> stands on.</summary>
public enum UciTokenKind
{
    /// <summary>Before the first or behind the last command.</summary>
    None,

    /// <summary><c>package NAME</c>.</summary>
    Package,

    /// <summary><c>config TYPE [NAME]</c>.</summary>
    Section,

    /// <summary><c>option NAME VALUE</c>.</summary>
    Option,

    /// <summary><c>list NAME VALUE</c>.</summary>
    ListItem,

    /// <summary>A line that does not follow the grammar; in strict reading it is the last thing read.</summary>
    Malformed,
}
