namespace Cms.Storage.Audit;

/// <summary>Makes texts from outside fit for the audit log: one line, bounded, the same after a way through the journal.</summary>
internal static class AuditText
{
    /// <summary>A text that may go into a row.</summary>
    /// <param name="text">From anywhere.</param>
    /// <param name="most">The most characters.</param>
    public static string Clean(string text, int most = AuditEntry.MaxText)
    {
        var isClean = text.Length <= most;
        foreach (var letter in text)
        {
            isClean &= !IsForeign(letter);
        }

        return isClean ? text : string.Create(Math.Min(text.Length, most), text, (place, source) =>
        {
            for (var index = 0; index < place.Length; index++)
            {
                place[index] = IsForeign(source[index]) ? ' ' : source[index];
            }
        });
    }

    // A half of a pair is no text in UTF-8 and would come back as something else; a cut may leave one, so none is kept.
    private static bool IsForeign(char letter) => char.IsControl(letter) || char.IsSurrogate(letter) || letter is '\u2028' or '\u2029';
}
