namespace Cms.Formats.Uci;

/// <summary>Where the bytes of a word are kept until the reader goes to the next line.</summary>
/// <param name="Start">Offset from the start of the line, or into the bytes put together from several pieces.</param>
/// <param name="Length">Size in bytes; 0 for a missing word and for an empty one.</param>
/// <param name="IsAssembled">Whether quotes or backslashes made it necessary to put the word together.</param>
/// <param name="IsPresent">Whether the text had a word at all, be it empty.</param>
public readonly record struct UciWord(int Start, int Length, bool IsAssembled, bool IsPresent)
{
    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => Length == 0;
}
