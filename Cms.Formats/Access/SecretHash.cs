using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cms.Formats.Access;

/// <summary>A password or the token of a key as it is stored: salted, and slow to compute (PBKDF2 with HMAC-SHA-512).</summary>
/// <remarks>Immutable; any thread. Its text, in the form of PHC strings, is <c>$pbkdf2-sha512$i=210000$SALT$HASH</c> in Base64 without padding.</remarks>
public sealed class SecretHash : IEquatable<SecretHash>
{
    /// <summary>How often the function is applied when a hash is made.</summary>
    public const int DefaultIterations = 210_000;

    /// <summary>The fewest iterations that a stored hash may have.</summary>
    public const int LeastIterations = 1_000;

    /// <summary>The most iterations that a stored hash may have, so that a wrong text does not stop the daemon for minutes.</summary>
    public const int MostIterations = 10_000_000;

    private const string Name = "pbkdf2-sha512";
    private const int SaltSizeBytes = 16;
    private const int HashSizeBytes = 32;
    private const int MostBytes = 64;

    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private SecretHash(int iterations, byte[] salt, byte[] hash) => (Iterations, _salt, _hash) = (iterations, salt, hash);

    /// <summary>How often the function is applied.</summary>
    public int Iterations { get; }

    /// <summary>Hashes a secret with a salt of its own.</summary>
    /// <param name="secret">The password or token; it is hashed as UTF-8.</param>
    /// <param name="iterations">How often the function is applied, <see cref="LeastIterations"/> to <see cref="MostIterations"/>.</param>
    public static SecretHash Create(string secret, int iterations = DefaultIterations)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltSizeBytes);
        return new SecretHash(iterations, salt, Compute(secret, salt, iterations, HashSizeBytes));
    }

    /// <summary>Reads the text form.</summary>
    /// <returns>Whether it is one; a hash that is cut short or has too few or too many iterations is none.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out SecretHash? hash)
    {
        hash = null;
        if (text.Split('$') is ["", Name, ['i', '=', ..] count, var saltText, var hashText]
            && int.TryParse(count.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
            && iterations is >= LeastIterations and <= MostIterations
            && Decode(saltText) is { Length: >= SaltSizeBytes and <= MostBytes } salt
            && Decode(hashText) is { Length: >= HashSizeBytes and <= MostBytes } value)
        {
            hash = new SecretHash(iterations, salt, value);
        }

        return hash is not null;
    }

    /// <summary>Whether this is the hash of a secret; takes as long when it is not.</summary>
    public bool Matches(string secret) => CryptographicOperations.FixedTimeEquals(Compute(secret, _salt, Iterations, _hash.Length), _hash);

    /// <inheritdoc/>
    public bool Equals(SecretHash? other) => other is not null && Iterations == other.Iterations && _salt.AsSpan().SequenceEqual(other._salt) && _hash.AsSpan().SequenceEqual(other._hash);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SecretHash);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(_hash);

    /// <summary>The text form, which is stored.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"${Name}$i={Iterations}${Encode(_salt)}${Encode(_hash)}");

    private static byte[] Compute(string secret, byte[] salt, int iterations, int size) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(secret), salt, iterations, HashAlgorithmName.SHA512, size);

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    // The platform's decoder also takes blanks and padding, by which one hash would have several texts.
    private static byte[]? Decode(string text)
    {
        var buffer = new byte[MostBytes + 3];
        var padded = text.PadRight((text.Length + 3) / 4 * 4, '=');
        return Convert.TryFromBase64String(padded, buffer, out var size) && Encode(buffer[..size]) == text ? buffer[..size] : null;
    }
}
