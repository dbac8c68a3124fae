using System.Text;
using System.Text.RegularExpressions;
using Cms.Formats.Refusals;

namespace Cms.Formats.Searching;

/// <summary>Texts that a regular expression matches somewhere.</summary>
/// <remarks>
/// As a rule the time of a match grows with the text alone. Expressions that cannot be matched like that, such as those with
/// back references, get <see cref="LongestSearch"/> for all texts together.
/// </remarks>
internal sealed class RegexPattern : SearchPattern
{
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestSearch = TimeSpan.FromSeconds(10);

    private readonly Regex _expression;
    private readonly string _text;
    private readonly TimeProvider? _clock;
    private readonly long _start;
    private char[] _characters = new char[256];

    /// <param name="expression">As .NET reads it.</param>
    /// <param name="ignoresCase">Whether upper and lower case are the same.</param>
    /// <param name="clock">For expressions that may take long.</param>
    /// <exception cref="RefusedException">It is no expression.</exception>
    public RegexPattern(string expression, bool ignoresCase, TimeProvider clock)
        : base(ignoresCase)
    {
        _text = expression;
        var options = RegexOptions.CultureInvariant | (ignoresCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        try
        {
            _expression = new Regex(expression, options | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            _expression = new Regex(expression, options, LongestMatch);
            _clock = clock;
            _start = clock.GetTimestamp();
        }
        catch (RegexParseException wrong)
        {
            throw new RefusedException(
                ErrorCode.InvalidArgument, $"'{expression}' is no regular expression: {Describe(wrong)} at character {wrong.Offset}; without --regex it is taken as a text");
        }

        Runs = RegexRuns.Of(expression, ignoresCase);
    }

    internal override IReadOnlyList<byte[]> Runs { get; }

    // In an expression an @ may stand in many ways, and [ in others; looking at both forms of a section costs only time.
    internal override bool NamesPlaces => _text.Contains('@', StringComparison.Ordinal);

    public override bool Matches(ReadOnlySpan<byte> text)
    {
        if (_characters.Length < text.Length)
        {
            _characters = new char[text.Length * 2];
        }

        var size = Encoding.UTF8.GetChars(text, _characters);
        try
        {
            var isMatch = _expression.IsMatch(_characters.AsSpan(0, size));
            return _clock?.GetElapsedTime(_start) > LongestSearch ? throw TooSlow() : isMatch;
        }
        catch (RegexMatchTimeoutException)
        {
            throw TooSlow();
        }
    }

    private RefusedException TooSlow() => new(
        ErrorCode.InvalidArgument, $"matching '{_text}' takes too long; leave out what has it go back, such as back references and look-arounds");

    /// <summary>What is wrong with an expression, in words: the names of the errors read as sentences do, save for their letters.</summary>
    internal static string Describe(RegexParseException wrong)
    {
        var words = new StringBuilder();
        foreach (var character in wrong.Error.ToString())
        {
            words.Append(words.Length > 0 && char.IsUpper(character) ? " " : "").Append(char.ToLowerInvariant(character));
        }

        return words.ToString();
    }
}
