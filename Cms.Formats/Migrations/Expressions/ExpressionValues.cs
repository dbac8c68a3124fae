using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Formats.Migrations.Expressions;

/// <summary>Values as expressions read them. Pure.</summary>
internal static class ExpressionValues
{
    /// <summary>The most bytes of a text that an expression makes on its way.</summary>
    public const int MaxTextBytes = 1 << 20;

    /// <summary>The value of a text that was made, within the bound.</summary>
    public static ConfigValue OfText(string text) => text.Length <= MaxTextBytes && Encoding.UTF8.GetByteCount(text) <= MaxTextBytes
        ? ConfigValue.FromText(text)
        : throw new RefusedException(ErrorCode.TooLarge, $"a text of more than {MaxTextBytes} bytes comes out");

    /// <summary>A scalar as text.</summary>
    /// <exception cref="RefusedException">It is a list, or no UTF-8.</exception>
    public static string Text(ConfigValue value)
    {
        var bytes = Scalar(value).GetBytes();
        return Utf8.IsValid(bytes.Span) ? Encoding.UTF8.GetString(bytes.Span) : throw new RefusedException(ErrorCode.InvalidArgument, "the value is no UTF-8 text");
    }

    /// <summary>A value that is no list.</summary>
    /// <exception cref="RefusedException">It is one.</exception>
    public static ConfigValue Scalar(ConfigValue value) => value.IsList
        ? throw new RefusedException(ErrorCode.InvalidArgument, "the value is a list; use element(list, n), join(list, separator) or count(list)")
        : value;

    /// <summary>The number that a scalar is or is written as, or null.</summary>
    public static ExpressionNumber? TryNumber(ConfigValue value)
    {
        if (value.IsList || value.ElementType == ElementType.Bool)
        {
            return null;
        }

        var text = value.GetBytes().Span;
        return value.ElementType != ElementType.Float && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? new ExpressionNumber(whole)
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) ? new ExpressionNumber(real)
            : null;
    }

    /// <summary>The number that a scalar is or is written as.</summary>
    /// <exception cref="RefusedException">It is none.</exception>
    public static ExpressionNumber Number(ConfigValue value) =>
        TryNumber(Scalar(value)) ?? throw Unfit(value, "is no number");

    /// <summary>Whether a condition holds.</summary>
    /// <exception cref="RefusedException">The value is neither true nor false.</exception>
    public static bool Condition(ConfigValue value) => value is { IsList: false, ElementType: ElementType.Bool }
        ? value.Encoding.Span[0] == 1
        : throw Unfit(value, "is neither true nor false; compare it, or use bool(...) for words such as on and off");

    /// <summary>A scalar that says yes or no in one of UCI's ways.</summary>
    /// <exception cref="RefusedException">It does not.</exception>
    public static bool Bool(ConfigValue value) => Text(value) switch
    {
        "1" or "on" or "yes" or "true" or "enabled" => true,
        "0" or "off" or "no" or "false" or "disabled" => false,
        _ => throw Unfit(value, "is none of 1, on, yes, true, enabled, 0, off, no, false, disabled"),
    };

    /// <summary>Whether two values say the same: numbers as numbers when one of them is a number and no text, all else byte by byte.</summary>
    public static bool AreEqual(ConfigValue left, ConfigValue right) =>
        IsTypedNumber(left) || IsTypedNumber(right)
            ? TryNumber(left) is { } first && TryNumber(right) is { } second && first.CompareTo(second) == 0
            : SectionContent.AreEqual(left, right);

    /// <summary>Which of two scalars comes first: numbers as numbers when both are written as such, all else by their bytes.</summary>
    /// <exception cref="RefusedException">One is a list.</exception>
    public static int Compare(ConfigValue left, ConfigValue right) =>
        TryNumber(Scalar(left)) is { } first && TryNumber(Scalar(right)) is { } second ? first.CompareTo(second)
            : IsTypedNumber(left) || IsTypedNumber(right) ? throw new RefusedException(ErrorCode.InvalidArgument, $"'{Shown(left)}' and '{Shown(right)}' are not both numbers") { WithoutValues = "the two values are not both numbers; one of them is secret and they are not shown" }
            : left.GetBytes().Span.SequenceCompareTo(right.GetBytes().Span);

    /// <summary>The form in which a value is kept: as the option had it when it reads alike, else as text.</summary>
    public static ConfigValue ToStored(ConfigValue value, ConfigValue? present) =>
        (present is null ? null : value.ReadAs(present.ElementType)) ?? value.ReadAs(ElementType.String)!;

    /// <summary>A value for a message; the beginning of a long one.</summary>
    public static string Shown(ConfigValue value)
    {
        const int MostShown = 40;
        var text = value.ToString();
        return text.Length <= MostShown ? text : text[..MostShown] + "...";
    }

    /// <summary>What refuses a value, with the value and, for one that is secret, without it.</summary>
    public static RefusedException Unfit(ConfigValue value, string rule) =>
        new(ErrorCode.InvalidArgument, $"'{Shown(value)}' {rule}") { WithoutValues = $"the value, which is secret and not shown, {rule}" };

    private static bool IsTypedNumber(ConfigValue value) => value is { IsList: false, ElementType: ElementType.Int or ElementType.Float };
}
