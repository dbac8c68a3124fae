namespace Cms.Formats.Access;

/// <summary>What access is asked for: the node, a topic, or a module, a section, an option, a table or a column.</summary>
/// <remarks>The node holds all modules and topics, a module its sections and tables, those their options and columns.</remarks>
public readonly record struct AccessPath
{
    private AccessPath(AccessPlace place, string root, string? type = null, string? name = null, string? leaf = null) =>
        (Place, Root, Type, Name, Leaf) = (place, root, type, name, leaf);

    /// <summary>The node as a whole.</summary>
    public static AccessPath Node { get; } = new(AccessPlace.Node, "*");

    internal AccessPlace Place { get; }

    /// <summary>The module or the topic.</summary>
    internal string Root { get; }

    /// <summary>The type of the section; null for tables.</summary>
    internal string? Type { get; }

    /// <summary>The name of the section or the table; null for anonymous sections.</summary>
    internal string? Name { get; }

    /// <summary>The option or the column.</summary>
    internal string? Leaf { get; }

    /// <summary>A topic of applications.</summary>
    public static AccessPath OfTopic(string topic) => new(AccessPlace.Topic, topic);

    /// <summary>A module.</summary>
    public static AccessPath OfModule(string module) => new(AccessPlace.Module, module);

    /// <summary>A section.</summary>
    /// <param name="module">Its module.</param>
    /// <param name="type">Its type.</param>
    /// <param name="name">Its name; null when it is anonymous.</param>
    public static AccessPath OfSection(string module, string type, string? name) => new(AccessPlace.Section, module, type, name);

    /// <summary>An option.</summary>
    /// <param name="module">The module.</param>
    /// <param name="type">The type of its section.</param>
    /// <param name="name">The name of its section; null when it is anonymous.</param>
    /// <param name="option">Its name.</param>
    public static AccessPath OfOption(string module, string type, string? name, string option) => new(AccessPlace.Option, module, type, name, option);

    /// <summary>A table.</summary>
    public static AccessPath OfTable(string module, string table) => new(AccessPlace.Section, module, type: null, table);

    /// <summary>A column of a table.</summary>
    public static AccessPath OfColumn(string module, string table, string column) => new(AccessPlace.Option, module, type: null, table, column);

    /// <summary>As people write it.</summary>
    public override string ToString() => Place switch
    {
        AccessPlace.Topic => PathPattern.TopicPrefix + Root,
        AccessPlace.Section => $"{Root}.{Section}",
        AccessPlace.Option => $"{Root}.{Section}.{Leaf}",
        _ => Root,
    };

    private string Section => Name ?? "@" + Type;
}

/// <summary>How deep a path goes.</summary>
internal enum AccessPlace
{
    Node,
    Topic,
    Module,

    /// <summary>A section or a table.</summary>
    Section,

    /// <summary>An option or a column.</summary>
    Option,
}
