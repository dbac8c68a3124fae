using System.Globalization;

namespace Cms.Cli.Texts;

/// <summary>What <c>cms</c> says of itself, in the user's language.</summary>
/// <remarks>Nothing is read before the first text is asked for, since most commands say nothing of their own.</remarks>
internal static class Text
{
    private static readonly Lazy<TextFile> Current = new(() => TextFile.Read(Language.OfUser()));

    /// <summary>The texts in the user's language.</summary>
    public static TextFile File => Current.Value;

    /// <summary>A text.</summary>
    public static string Of(string key) => File.Find(key) ?? throw new KeyNotFoundException($"no text is called '{key}'");

    /// <summary>A text with what belongs into its places.</summary>
    public static string Of(string key, params ReadOnlySpan<object?> values) => string.Format(CultureInfo.InvariantCulture, Of(key), values);
}
