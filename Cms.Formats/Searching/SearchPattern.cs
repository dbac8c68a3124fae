using System.Text;
using Cms.Formats.Refusals;

namespace Cms.Formats.Searching;

/// <summary>Which texts a search finds: those that hold a text, that fit a glob, or that a regular expression matches.</summary>
/// <remarks>One thread at a time. The time that a match takes is bounded whatever the pattern.</remarks>
public abstract class SearchPattern
{
    /// <summary>The longest pattern in bytes of UTF-8.</summary>
    public const int LongestPattern = 4096;

    private protected SearchPattern(bool ignoresCase) => IgnoresCase = ignoresCase;

    /// <summary>Whether upper and lower case are the same.</summary>
    public bool IgnoresCase { get; }

    /// <summary>Texts that every match holds, case aside where it is ignored; there may be none.</summary>
    internal abstract IReadOnlyList<byte[]> Runs { get; }

    /// <summary>What every match begins with; empty when that is not known.</summary>
    internal virtual string Start => "";

    /// <summary>Whether it speaks of the places of sections, as <c>@type[n]</c> does.</summary>
    internal abstract bool NamesPlaces { get; }

    /// <summary>Texts that hold this text.</summary>
    /// <exception cref="RefusedException">The text is empty or too long.</exception>
    public static SearchPattern FromText(string text, bool ignoresCase)
    {
        var bytes = Check(text);
        return ignoresCase && !Ascii.IsValid(text)
            ? FromRegex(System.Text.RegularExpressions.Regex.Escape(text), ignoresCase: true, TimeProvider.System)
            : new TextPattern(bytes, ignoresCase);
    }

    /// <summary>Texts that fit a glob as a whole: <c>*</c> stands for any characters, <c>?</c> for one, <c>[a-z]</c> and <c>[!a-z]</c> for one of some.</summary>
    /// <remarks>Behind an @, up to the next dot, brackets are themselves, as in <c>@rule[0]</c>. Ignored case is that of ASCII's letters.</remarks>
    /// <exception cref="RefusedException">The glob is empty, too long, or a bracket is not closed.</exception>
    public static SearchPattern FromGlob(string glob, bool ignoresCase) => new GlobPattern(Check(glob), ignoresCase);

    /// <summary>Texts that a regular expression of .NET matches somewhere.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="ignoresCase">Whether upper and lower case are the same.</param>
    /// <param name="clock">Bounds expressions whose matching may go back and forth, such as those with back references.</param>
    /// <exception cref="RefusedException">It is empty, too long or no expression; or, when matching, it takes too long.</exception>
    public static SearchPattern FromRegex(string expression, bool ignoresCase, TimeProvider clock)
    {
        _ = Check(expression);
        return new RegexPattern(expression, ignoresCase, clock);
    }

    /// <summary>Whether a text is found.</summary>
    /// <param name="text">UTF-8 as a rule; bytes that are none are ordinary bytes, to an expression U+FFFD.</param>
    public abstract bool Matches(ReadOnlySpan<byte> text);

    /// <summary>Finds a text in another; both as they are, or with ASCII's letters in either case.</summary>
    internal static bool Holds(ReadOnlySpan<byte> text, ReadOnlySpan<byte> wanted, bool ignoresCase)
    {
        if (!ignoresCase || wanted.IsEmpty)
        {
            return text.IndexOf(wanted) >= 0;
        }

        var (lower, upper) = (ToLower(wanted[0]), ToUpper(wanted[0]));
        while (text.Length >= wanted.Length)
        {
            var place = text[..(text.Length - wanted.Length + 1)].IndexOfAny(lower, upper);
            if (place < 0)
            {
                return false;
            }

            if (IsEqualFolded(text.Slice(place, wanted.Length), wanted))
            {
                return true;
            }

            text = text[(place + 1)..];
        }

        return false;
    }

    /// <summary>Whether texts of one length are equal with ASCII's letters in either case.</summary>
    internal static bool IsEqualFolded(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        for (var index = 0; index < left.Length; index++)
        {
            if (ToLower(left[index]) != ToLower(right[index]))
            {
                return false;
            }
        }

        return true;
    }

    internal static byte ToLower(byte character) => character is >= (byte)'A' and <= (byte)'Z' ? (byte)(character | 0x20) : character;

    private static byte ToUpper(byte character) => character is >= (byte)'a' and <= (byte)'z' ? (byte)(character & ~0x20) : character;

    private static byte[] Check(string pattern)
    {
        var bytes = Encoding.UTF8.GetBytes(pattern);
        return bytes.Length switch
        {
            0 => throw new RefusedException(ErrorCode.InvalidArgument, "an empty pattern would find everything; use '*' for that"),
            > LongestPattern => throw new RefusedException(ErrorCode.TooLarge, $"the pattern has {bytes.Length} bytes; at most {LongestPattern} are allowed"),
            _ => bytes,
        };
    }
}
