using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Cms.Formats.Schemas.Values;

/// <summary>A condition that every element of a value has to meet. Never changed; safe for any thread.</summary>
/// <param name="text">The rule as a schema writes it, such as <c>min:3</c>.</param>
/// <param name="hint">What would be right, for people.</param>
internal abstract class ValueRule(string text, string hint)
{
    /// <summary>The rule as a schema writes it, such as <c>min:3</c>.</summary>
    public string Text { get; } = text;

    /// <summary>What would be right, for people.</summary>
    public string Hint { get; } = hint;

    /// <summary>Whether an element meets the rule; it does not allocate.</summary>
    public abstract bool Accepts(ReadOnlySpan<byte> value);
}

/// <summary>One of several formats.</summary>
internal sealed class FormatRule(string text, IReadOnlyList<ValueFormat> formats)
    : ValueRule(text, string.Join(", or ", formats.Select(format => format.Hint)))
{
    private readonly TextCheck[] _checks = [.. formats.Select(format => format.Check)];

    /// <inheritdoc/>
    public override bool Accepts(ReadOnlySpan<byte> value)
    {
        foreach (var check in _checks)
        {
            if (check(value))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Only certain characters.</summary>
internal sealed class CharactersRule(string text, string hint, TextCheck check) : ValueRule(text, hint)
{
    /// <inheritdoc/>
    public override bool Accepts(ReadOnlySpan<byte> value) => check(value);
}

/// <summary>A number in one of several ranges; what is no number at all is refused by its type.</summary>
internal sealed class NumberRangeRule(string text, string hint, NumberReader reader, NumberRanges ranges) : ValueRule(text, hint)
{
    /// <inheritdoc/>
    public override bool Accepts(ReadOnlySpan<byte> value) => !reader(value, out var number) || ranges.Contains(number);
}

/// <summary>A decimal number between two others; what is no number at all is refused by its type.</summary>
internal sealed class FloatRangeRule(string text, string hint, IReadOnlyList<(double Least, double Greatest)> ranges) : ValueRule(text, hint)
{
    private readonly (double Least, double Greatest)[] _ranges = [.. ranges];

    /// <inheritdoc/>
    public override bool Accepts(ReadOnlySpan<byte> value)
    {
        var isNumber = WholeNumbers.TryReadFloat(value, out var number);
        foreach (var (least, greatest) in _ranges)
        {
            if (number >= least && number <= greatest)
            {
                return true;
            }
        }

        return !isNumber;
    }
}

/// <summary>So many characters, counted as Unicode does, not in bytes.</summary>
internal sealed class LengthRule(string text, string hint, NumberRanges ranges) : ValueRule(text, hint)
{
    /// <inheritdoc/>
    public override bool Accepts(ReadOnlySpan<byte> value) => ranges.Contains(Count(value));

    private static int Count(ReadOnlySpan<byte> value)
    {
        var count = 0;
        foreach (var unit in value)
        {
            // The second and later bytes of a character are 10xxxxxx.
            count += (unit & 0xC0) == 0x80 ? 0 : 1;
        }

        return count;
    }
}

/// <summary>At most so many bytes.</summary>
internal sealed class SizeRule(int most)
    : ValueRule(string.Create(CultureInfo.InvariantCulture, $"size:{most}"), string.Create(CultureInfo.InvariantCulture, $"at most {most} bytes"))
{
    /// <inheritdoc/>
    public override bool Accepts(ReadOnlySpan<byte> value) => value.Length <= most;
}

/// <summary>One of certain texts, or none of them.</summary>
internal sealed class AmongRule : ValueRule
{
    private readonly byte[][] _sorted;
    private readonly bool _isAmong;

    /// <summary>One of these texts, or none of them when <paramref name="isAmong"/> is false.</summary>
    public AmongRule(string text, string hint, IEnumerable<string> values, bool isAmong)
        : base(text, hint)
    {
        _sorted = [.. values.Select(Encoding.UTF8.GetBytes)];
        Array.Sort(_sorted, (left, right) => left.AsSpan().SequenceCompareTo(right));
        _isAmong = isAmong;
    }

    /// <inheritdoc/>
    public override bool Accepts(ReadOnlySpan<byte> value)
    {
        var (low, high) = (0, _sorted.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = value.SequenceCompareTo(_sorted[middle]);
            if (order == 0)
            {
                return _isAmong;
            }

            (low, high) = order < 0 ? (low, middle - 1) : (middle + 1, high);
        }

        return !_isAmong;
    }
}

/// <summary>A regular expression, which must match somewhere in the text; a text that takes too long does not match.</summary>
internal sealed class PatternRule(string text, string hint, Regex regex) : ValueRule(text, hint)
{
    private const int FewCharacters = 256;

    /// <inheritdoc/>
    public override bool Accepts(ReadOnlySpan<byte> value)
    {
        var rented = value.Length <= FewCharacters ? null : ArrayPool<char>.Shared.Rent(value.Length);
        Span<char> characters = rented is null ? stackalloc char[FewCharacters] : rented;
        try
        {
            return regex.IsMatch(characters[..Encoding.UTF8.GetChars(value, characters)]);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<char>.Shared.Return(rented);
            }
        }
    }
}
