using System.Text;
using System.Text.Json;

namespace Cms.Gateways.Authentication.Tokens;

/// <summary>A JSON Web Token taken apart (RFC 7515, 7519); nothing of it is believed yet.</summary>
/// <param name="Algorithm">By what it says that it is signed.</param>
/// <param name="KeyId">The name of the key, or null.</param>
/// <param name="Claims">What it says, an object in which each name is there once.</param>
/// <param name="Signed">The bytes that the signature is over.</param>
/// <param name="Signature">The signature.</param>
internal sealed record JsonWebToken(string Algorithm, string? KeyId, JsonElement Claims, ReadOnlyMemory<byte> Signed, ReadOnlyMemory<byte> Signature)
{
    /// <summary>The longest token, in characters.</summary>
    public const int MostCharacters = 8192;

    /// <summary>How deep its JSON may be nested.</summary>
    public const int MostDepth = 8;

    private const int MostKeyIdCharacters = 256;

    private static readonly JsonDocumentOptions Rules = new() { AllowDuplicateProperties = false, MaxDepth = MostDepth };

    /// <summary>Takes a token apart.</summary>
    /// <returns>The token, or what is wrong with it; one of the two is null. What is wrong never repeats parts of the token.</returns>
    public static (JsonWebToken? Token, string? Problem) Parse(string text)
    {
        if (text.Length > MostCharacters)
        {
            return (null, $"the token is longer than {MostCharacters} characters");
        }

        if (text.Split('.') is not [var headerText, var claimsText, var signatureText])
        {
            return (null, "the token is not made of three parts");
        }

        if (StrictBase64Url.Decode(headerText) is not { } header || StrictBase64Url.Decode(claimsText) is not { } claims || StrictBase64Url.Decode(signatureText) is not { } signature)
        {
            return (null, "a part of the token is not Base64 without padding, as tokens have it");
        }

        try
        {
            var parsed = ReadObject(header);
            var problem = ProblemOf(parsed);
            return problem is null
                ? (new JsonWebToken(TextOf(parsed, "alg")!, TextOf(parsed, "kid"), ReadObject(claims), Encoding.ASCII.GetBytes(text[..text.LastIndexOf('.')]), signature), null)
                : (null, problem);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // A text in JSON that is no Unicode is noticed where it is read, by the latter.
            return (null, "a part of the token is not the JSON of a token, with each name once");
        }
    }

    /// <summary>A text of an object, or null when it is not there.</summary>
    /// <exception cref="InvalidOperationException">It is there and is no text.</exception>
    public static string? TextOf(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>The token is a secret, and never printed.</summary>
    public override string ToString() => $"token by {Algorithm}";

    private static JsonElement ReadObject(byte[] json)
    {
        using var document = JsonDocument.Parse(json, Rules);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? document.RootElement.Clone()
            : throw new JsonException("it is no object");
    }

    private static string? ProblemOf(JsonElement header) =>
        TextOf(header, "alg") is null ? "the token does not say by what it is signed"
        : TextOf(header, "kid") is { Length: > MostKeyIdCharacters } ? "the name of the token's key is too long"
        // Extensions that must be understood, encryption and compression: none of them is.
        : header.TryGetProperty("crit", out _) || header.TryGetProperty("enc", out _) || header.TryGetProperty("zip", out _) ? "the token uses an extension that is not understood here"
        : TextOf(header, "typ") is { } type && !IsTokenType(type) ? "the token is of another kind than JWT"
        : null;

    private static bool IsTokenType(string type) =>
        type.Equals("JWT", StringComparison.OrdinalIgnoreCase)
        || type.Equals("at+jwt", StringComparison.OrdinalIgnoreCase)
        || type.Equals("application/at+jwt", StringComparison.OrdinalIgnoreCase);
}
