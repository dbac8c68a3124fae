using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Cms.Formats.Access;

/// <summary>The token of an API key, <c>cms_NAME_SECRET</c>: the key's name, and 256 random bits as 64 hexadecimal digits.</summary>
/// <param name="Name">The section of the key in the module <c>access</c>.</param>
/// <param name="Text">The whole token; it is shown once and never stored.</param>
public sealed record KeyToken(string Name, string Text)
{
    /// <summary>How each token of a key begins, so that people and scanners know one when they see it.</summary>
    public const string Prefix = "cms_";

    /// <summary>The longest name of a key, in characters.</summary>
    public const int MostNameCharacters = 64;

    private const int SecretSizeBytes = 32;
    private const int SecretCharacters = 2 * SecretSizeBytes;

    /// <summary>Makes a token for a key; no other has the same secret.</summary>
    public static KeyToken Create(string name) =>
        new(name, $"{Prefix}{name}_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretSizeBytes))}");

    /// <summary>Takes a token apart. Names may have a _ in them; the last one is before the secret.</summary>
    /// <returns>Whether it has the form of one; whether it holds is another matter.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out KeyToken? token)
    {
        token = null;
        var split = text.Length - SecretCharacters - 1;
        if (text.StartsWith(Prefix, StringComparison.Ordinal)
            && split > Prefix.Length && split <= Prefix.Length + MostNameCharacters
            && text[split] == '_'
            && IsSecret(text.AsSpan(split + 1))
            && IsName(text.AsSpan(Prefix.Length, split - Prefix.Length)))
        {
            token = new KeyToken(text[Prefix.Length..split], text);
        }

        return token is not null;
    }

    /// <summary>Whether a key may be called so: letters, digits and _, at most <see cref="MostNameCharacters"/>.</summary>
    public static bool IsName(ReadOnlySpan<char> name)
    {
        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter != '_')
            {
                return false;
            }
        }

        return name.Length is > 0 and <= MostNameCharacters;
    }

    private static bool IsSecret(ReadOnlySpan<char> secret)
    {
        foreach (var digit in secret)
        {
            if (!char.IsAsciiHexDigitLower(digit))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The name alone, so that the secret does not get into a log by accident.</summary>
    public override string ToString() => $"{Prefix}{Name}_…";
}
