using System.Text.Json;
using Cms.Gateways.Authentication.Issuers;

namespace Cms.Gateways.Authentication.Tokens;

/// <summary>Whether what a token says holds for this node now. Pure.</summary>
internal static class ClaimCheck
{
    private const int MostAudiences = 100;
    private const int MostGroups = 200;
    private const int MostNameCharacters = 255;
    private const double LastSecond = 253_402_300_799;

    /// <summary>Reads and checks the claims of a token whose signature holds.</summary>
    /// <param name="claims">An object.</param>
    /// <param name="issuer">Whose signature it is.</param>
    /// <param name="now">The wall clock, by which issuers tell time.</param>
    /// <returns>The claims, or what is wrong with them; one of the two is null.</returns>
    public static (TokenClaims? Claims, string? Problem) Check(JsonElement claims, IssuerSettings issuer, DateTimeOffset now)
    {
        try
        {
            return ProblemOf(claims, issuer, now) is { } problem
                ? (null, problem)
                : Read(claims, issuer);
        }
        catch (Exception malformed) when (malformed is InvalidOperationException or FormatException)
        {
            return (null, "a claim of the token is of another type than it has to be");
        }
    }

    private static string? ProblemOf(JsonElement claims, IssuerSettings issuer, DateTimeOffset now) =>
        JsonWebToken.TextOf(claims, "iss") != issuer.Issuer ? "the token is of another issuer"
        : !IsAddressed(claims, issuer) ? "the token is for another audience"
        : TimeOf(claims, "exp") is not { } expires ? "the token does not say when it ends"
        : now - issuer.ClockSkew >= expires ? "the token has expired"
        : TimeOf(claims, "nbf") is { } begins && now + issuer.ClockSkew < begins ? "the token does not hold yet"
        : TimeOf(claims, "iat") is { } issued && now + issuer.ClockSkew < issued ? "the token was issued in the future"
        : null;

    private static (TokenClaims?, string?) Read(JsonElement claims, IssuerSettings issuer)
    {
        var groups = issuer.GroupsClaim is { } claim ? TextsOf(claims, claim, MostGroups) : [];
        return JsonWebToken.TextOf(claims, issuer.SubjectClaim) is not { } subject || !IsName(subject) ? (null, "the token does not say whose it is, in 1 to 255 printable characters")
            : groups is null || !groups.All(IsName) ? (null, $"the groups of the token are not at most {MostGroups} names")
            : (new TokenClaims(subject, groups, TimeOf(claims, "exp")!.Value), null);
    }

    private static bool IsAddressed(JsonElement claims, IssuerSettings issuer) =>
        TextsOf(claims, "aud", MostAudiences) is { } audiences && audiences.Any(issuer.Audiences.Contains);

    // One text, or a list of them; null when it is too long.
    private static IReadOnlyList<string>? TextsOf(JsonElement claims, string name, int most) =>
        !claims.TryGetProperty(name, out var value) ? []
        : value.ValueKind == JsonValueKind.String ? [value.GetString()!]
        : value.GetArrayLength() > most ? null
        : [.. value.EnumerateArray().Select(each => each.GetString() ?? throw new FormatException("null is no name"))];

    private static DateTimeOffset? TimeOf(JsonElement claims, string name) =>
        !claims.TryGetProperty(name, out var value) ? null
        : value.GetDouble() is >= 0 and <= LastSecond and var seconds ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
        : throw new FormatException("a time of the token is out of range");

    // Names get into logs, histories and answers, one to a line.
    private static bool IsName(string name) => name.Length is > 0 and <= MostNameCharacters && !name.Any(IsUnprintable);

    private static bool IsUnprintable(char letter) => char.IsControl(letter) || letter is '\u2028' or '\u2029' || char.GetUnicodeCategory(letter) is System.Globalization.UnicodeCategory.Format;
}
