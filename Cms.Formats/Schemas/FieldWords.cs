namespace Cms.Formats.Schemas;

/// <summary>Whether a field is one value or several.</summary>
public enum ListForm
{
    /// <summary>Either spelling is taken, as UCI programs do.</summary>
    Both,

    /// <summary>One value, not a list.</summary>
    Scalar,

    /// <summary>A list, be it of one element.</summary>
    List,

    /// <summary>Either spelling, and the words between blanks count as elements of their own, as many UCI programs read them.</summary>
    Words,
}

/// <summary>Who may change a field.</summary>
public enum FieldAccess
{
    /// <summary>Every commit may.</summary>
    ReadWrite,

    /// <summary>It is set when its section is made; then only a migration may change it.</summary>
    ReadOnly,
}

/// <summary>What becomes of a value at a commit and at a loss of power.</summary>
public enum DurabilityClass
{
    /// <summary>Journaled and in the text file.</summary>
    Config,

    /// <summary>In the segment at once, on disk from time to time, not in the text file.</summary>
    State,

    /// <summary>In the segment alone.</summary>
    Status,
}

/// <summary>Whether sections of a type have names.</summary>
public enum NamePolicy
{
    /// <summary>They may.</summary>
    Optional,

    /// <summary>They must.</summary>
    Required,

    /// <summary>They must not.</summary>
    Forbidden,
}
