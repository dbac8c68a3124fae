namespace Cms.Formats.Uci;

/// <summary>What a line of a delta file does; the number is the character that begins the line.</summary>
public enum UciDeltaCommand : byte
{
    /// <summary>Sets an option, or bears or retypes a named section.</summary>
    Set = 0,

    /// <summary>Bears an anonymous section under a provisional name.</summary>
    Add = (byte)'+',

    /// <summary>Removes a section, an option or one element of a list.</summary>
    Delete = (byte)'-',

    /// <summary>Renames a section or an option.</summary>
    Rename = (byte)'@',

    /// <summary>Moves a section.</summary>
    Reorder = (byte)'^',

    /// <summary>Appends to a list.</summary>
    AddToList = (byte)'|',

    /// <summary>Removes all equal elements of a list.</summary>
    DeleteFromList = (byte)'~',
}
