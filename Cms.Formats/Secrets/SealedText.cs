using Cms.Formats.Modules;

namespace Cms.Formats.Secrets;

/// <summary>Recognises values that are sealed, and stands in for what may not be shown. Pure.</summary>
/// <remarks><c>docs/formats/secrets.md</c> has the form. Whatever begins like a sealed text is treated as one, of a later version too.</remarks>
public static class SealedText
{
    /// <summary>What is shown in place of a secret; given as a value of a secret option it means the one that is there.</summary>
    public const string Redacted = "(secret)";

    private static readonly ConfigValue RedactedValue = ConfigValue.FromText(Redacted);

    /// <summary>What every sealed text begins with.</summary>
    private static ReadOnlySpan<byte> Mark => "cms-sealed:"u8;

    /// <summary>Whether a text is sealed.</summary>
    public static bool IsSealed(ReadOnlySpan<byte> text) => text.StartsWith(Mark);

    /// <summary>Whether a value, or an element of a list, is sealed.</summary>
    public static bool IsSealed(ConfigValue value)
    {
        if (value.ElementType != ElementType.String)
        {
            return false;
        }

        if (!value.IsList)
        {
            return IsSealed(value.Encoding.Span);
        }

        // A list without the mark anywhere has no element that begins with it; this is one look at memory in one piece.
        return value.Encoding.Span.IndexOf(Mark) >= 0 && value.Elements().Any(element => IsSealed(element.Span));
    }

    /// <summary>Whether a value may not be shown as it is: sealed, or the plain text of a secret.</summary>
    public static bool IsHidden(ConfigValue value) => value.IsSecret || IsSealed(value);

    /// <summary>The value as everybody may see it: of a hidden list each element is <c>(secret)</c>.</summary>
    public static ConfigValue Redact(ConfigValue value) =>
        !IsHidden(value) ? value
        : value.IsList ? ConfigValue.FromTexts(Enumerable.Repeat(Redacted, value.Count))
        : RedactedValue;

    /// <summary>Whether the plain text of a secret is not to be seen here: the value is sealed, or <c>(secret)</c>.</summary>
    internal static bool IsWithheld(ConfigValue value) => IsSealed(value) || IsRedacted(value);

    /// <summary>Whether a text is <c>(secret)</c>.</summary>
    internal static bool IsRedacted(ReadOnlySpan<byte> text) => text.SequenceEqual("(secret)"u8);

    /// <summary>Whether a value, or an element of a list, is <c>(secret)</c>.</summary>
    public static bool IsRedacted(ConfigValue value) =>
        value.ElementType == ElementType.String && (value.IsList ? value.Elements().Any(element => IsRedacted(element.Span)) : IsRedacted(value.Encoding.Span));
}
