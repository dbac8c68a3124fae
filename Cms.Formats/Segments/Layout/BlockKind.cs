namespace Cms.Formats.Segments.Layout;

/// <summary>What a block holds; the low three bits of its kind byte.</summary>
internal enum BlockKind
{
    /// <summary>Nothing was ever written.</summary>
    None = 0,

    /// <summary>The module: its next section id and its list of sections.</summary>
    Module = 1,

    /// <summary>A section under its id: name, type, list of options.</summary>
    Section = 2,

    /// <summary>A section's name, leading to its id.</summary>
    Name = 3,

    /// <summary>An option and its value.</summary>
    Option = 4,

    /// <summary>A run of members of a list.</summary>
    Leaf = 5,

    /// <summary>The leaves of a list that needs more than one.</summary>
    Root = 6,

    /// <summary>Something of tables; <see cref="TableEntryKind"/> says what.</summary>
    Table = 7,
}
