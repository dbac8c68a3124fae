using System.Globalization;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Formats.Migrations.Expressions;

/// <summary>What a function was given.</summary>
/// <param name="Values">The arguments in order; null stands for a value that is missing.</param>
/// <param name="Section">The current section, or null outside of <c>for-each</c>.</param>
public sealed record ExpressionArguments(IReadOnlyList<ConfigValue?> Values, SectionView? Section)
{
    /// <summary>An argument that is there.</summary>
    public ConfigValue this[int index] => Values[index]!;

    /// <summary>How many there are.</summary>
    public int Count => Values.Count;

    /// <summary>An argument as text.</summary>
    /// <exception cref="RefusedException">It is a list, or no UTF-8.</exception>
    public string Text(int index) => ExpressionValues.Text(this[index]);

    /// <summary>An argument as a whole number between bounds.</summary>
    /// <exception cref="RefusedException">It is none.</exception>
    public int Number(int index, int least, int most) =>
        ExpressionValues.Number(this[index]) is { IsFloat: false } number && number.Int >= least && number.Int <= most
            ? (int)number.Int
            : throw ExpressionValues.Unfit(this[index], string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {least} to {most} here"));
}
