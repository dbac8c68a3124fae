namespace Cms.Formats.Searching;

/// <summary>Compares a text with a pattern in which <c>*</c> stands for any characters and <c>?</c> for one. Pure.</summary>
public static class Glob
{
    /// <summary>Whether the whole text is covered; takes at most the product of both lengths.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        var (inPattern, inText) = (0, 0);
        var (star, covered) = (-1, 0);
        while (inText < text.Length)
        {
            if (inPattern < pattern.Length && pattern[inPattern] == '*')
            {
                (star, covered) = (inPattern++, inText);
            }
            else if (inPattern < pattern.Length && (pattern[inPattern] == '?' || pattern[inPattern] == text[inText]))
            {
                inPattern++;
                inText++;
            }
            else if (star >= 0)
            {
                // What the last star covers grows by one character.
                (inPattern, inText) = (star + 1, ++covered);
            }
            else
            {
                return false;
            }
        }

        return pattern[inPattern..].IndexOfAnyExcept('*') < 0;
    }
}
