using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Formats.Migrations.Expressions;

/// <summary>A number in an expression: 64-bit whole, or a finite float.</summary>
internal readonly struct ExpressionNumber : IComparable<ExpressionNumber>
{
    private readonly double _float;

    /// <summary>A whole number.</summary>
    public ExpressionNumber(long value) => (Int, _float) = (value, value);

    /// <summary>A float.</summary>
    public ExpressionNumber(double value) => (_float, IsFloat) = (value, true);

    /// <summary>The whole number; 0 for a float.</summary>
    public long Int { get; }

    /// <summary>The number as a float.</summary>
    public double Float => _float;

    /// <summary>Whether it is no whole number.</summary>
    public bool IsFloat { get; }

    /// <summary>Calculates.</summary>
    /// <param name="sign">+, -, *, / or %.</param>
    /// <param name="other">The right operand.</param>
    /// <exception cref="RefusedException">There is no such number in 64 bits.</exception>
    public ExpressionNumber Calculate(string sign, ExpressionNumber other) =>
        IsFloat || other.IsFloat ? Finite(Calculate(sign, _float, other._float)) : Calculate(sign, Int, other.Int);

    /// <summary>The value that it is.</summary>
    public ConfigValue ToValue() => IsFloat ? ConfigValue.FromFloat(_float) : ConfigValue.FromInt(Int);

    /// <inheritdoc/>
    public int CompareTo(ExpressionNumber other) => IsFloat || other.IsFloat ? _float.CompareTo(other._float) : Int.CompareTo(other.Int);

    /// <summary>A float that is a number.</summary>
    /// <exception cref="RefusedException">It is none, or infinite.</exception>
    public static ExpressionNumber Finite(double value) =>
        double.IsFinite(value) ? new ExpressionNumber(value) : throw new RefusedException(ErrorCode.InvalidArgument, "no finite number comes out");

    private static double Calculate(string sign, double left, double right) => sign switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / right,
        _ => left % right,
    };

    private static ExpressionNumber Calculate(string sign, long left, long right)
    {
        if (right == 0 && (sign is "/" or "%"))
        {
            throw new RefusedException(ErrorCode.InvalidArgument, "nothing can be divided by 0");
        }

        var result = sign switch
        {
            "+" => (Int128)left + right,
            "-" => (Int128)left - right,
            "*" => (Int128)left * right,
            "/" => (Int128)left / right,
            _ => (Int128)left % right,
        };
        return result >= long.MinValue && result <= long.MaxValue
            ? new ExpressionNumber((long)result)
            : throw new RefusedException(ErrorCode.InvalidArgument, $"{left} {sign} {right} is more than 64 bits hold") { WithoutValues = $"what {sign} makes of the values, which are secret and not shown, is more than 64 bits hold" };
    }
}
