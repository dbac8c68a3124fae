using System.Text;

namespace Cms.Cli.Completion;

/// <summary>A line taken apart into words as a shell does: apart by blanks, with quotes and backslashes.</summary>
/// <param name="Words">The words; the last is what stands before the end, and empty behind a blank.</param>
/// <param name="LastStart">Where the last word begins in the line.</param>
/// <param name="IsOpen">Whether a quote is not closed.</param>
internal sealed record LineWords(IReadOnlyList<string> Words, int LastStart, bool IsOpen)
{
    /// <summary>Takes a line apart.</summary>
    public static LineWords Of(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (start, quote, isWord) = (0, '\0', false);
        for (var index = 0; index < line.Length; index++)
        {
            var character = line[index];
            if (quote == '\0' && char.IsWhiteSpace(character))
            {
                if (isWord)
                {
                    words.Add(word.ToString());
                    word.Clear();
                }

                (isWord, start) = (false, index + 1);
                continue;
            }

            isWord = true;
            if (character == '\\' && quote != '\'' && index + 1 < line.Length)
            {
                word.Append(line[++index]);
            }
            else if (quote != '\0' ? character == quote : character is '\'' or '"')
            {
                quote = quote == '\0' ? character : '\0';
            }
            else
            {
                word.Append(character);
            }
        }

        words.Add(word.ToString());
        return new LineWords(words, start, quote != '\0');
    }

    /// <summary>The words of a whole line: one that ends in a blank has no empty word behind it.</summary>
    public IReadOnlyList<string> Whole(string line) => LastStart == line.Length && !IsOpen ? [.. Words.Take(Words.Count - 1)] : Words;
}
