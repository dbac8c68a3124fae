using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Gateways.Authentication.Issuers;
using Cms.Gateways.Authentication.Tokens;

namespace Cms.Gateways.Authentication.Credentials;

/// <summary>Reads keys, users and issuers of the module <c>access</c>. Pure.</summary>
/// <remarks>A section that has a mistake vouches for nobody; the others are not touched by it.</remarks>
internal static class CredentialReader
{
    /// <summary>The option of a user that has the hash of his password.</summary>
    public const string PasswordOption = "password";

    private const string RolePrefix = "role:";

    /// <summary>Reads the module as it is now.</summary>
    public static CredentialBook Read(IModuleView view)
    {
        var problems = new List<string>();
        var keys = ReadAll(view, "key", ReadKey, problems);
        var users = ReadAll(view, "user", ReadUser, problems);
        var issuers = ReadAll(view, "issuer", ReadIssuer, problems);
        foreach (var twice in issuers.Values.GroupBy(issuer => issuer.Issuer).Where(group => group.Count() > 1))
        {
            problems.Add($"{string.Join(" and ", twice.Select(issuer => issuer.Name))} have the same issuer, so that none of them is used");
        }

        return new CredentialBook(view.Revision)
        {
            Keys = keys,
            Users = users,
            Issuers = issuers.Values.GroupBy(issuer => issuer.Issuer).Where(group => group.Count() == 1).ToDictionary(group => group.Key, group => group.Single()),
            Problems = problems,
        };
    }

    private static Dictionary<string, T> ReadAll<T>(IModuleView view, string type, Func<string, SectionOptions, T?> read, List<string> problems)
        where T : class
    {
        var all = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var section in view.Sections().Where(section => section.Type == type))
        {
            try
            {
                var name = section.Name is { } given && KeyToken.IsName(given) ? given : throw new FormatException($"it needs a name of at most {KeyToken.MostNameCharacters} letters, digits and _");
                if (read(name, SectionOptions.Of(view, section)) is { } found)
                {
                    all.Add(name, found);
                }
            }
            catch (FormatException mistake)
            {
                problems.Add($"{section.Name ?? "@" + type} vouches for nobody: {mistake.Message}");
            }
        }

        return all;
    }

    private static KeyCredential ReadKey(string name, SectionOptions options) => new(name, ReadHash(options, "hash"))
    {
        Expires = options.Time("expires"),
        IsDisabled = options.IsOn("disabled"),
        Groups = RolesOf(options),
        Grants = options.Texts("scope") is { Count: > 0 } scopes ? [.. scopes.Select(ReadGrant)] : null,
    };

    // A user who has no password yet may be there for the sake of his roles.
    private static UserCredential? ReadUser(string name, SectionOptions options) => options.Text(PasswordOption) is null ? null : new(name, ReadHash(options, PasswordOption))
    {
        IsDisabled = options.IsOn("disabled"),
        Groups = RolesOf(options),
    };

    private static IssuerSettings? ReadIssuer(string name, SectionOptions options)
    {
        if (options.IsOn("disabled"))
        {
            return null;
        }

        var issuer = new IssuerSettings
        {
            Name = name,
            Issuer = options.Required("issuer"),
            Audiences = options.Texts("audience").ToHashSet(),
            Algorithms = options.Texts("algorithm").Select(ReadAlgorithm).ToHashSet(),
            Keys = ReadOrigin(options),
            SubjectClaim = options.Text("subject_claim") ?? "sub",
            GroupsClaim = options.Text("groups_claim"),
            ClockSkew = options.Seconds("clock_skew", IssuerSettings.MostClockSkew) ?? TimeSpan.FromMinutes(1),
        };
        return ProblemOf(issuer) is { } problem ? throw new FormatException(problem) : issuer;
    }

    private static string? ProblemOf(IssuerSettings issuer) =>
        issuer.Audiences.Count == 0 || issuer.Audiences.Contains("") ? "it has no audience, so that tokens for others would do: say what its tokens have in aud"
        : issuer.Algorithms.Count == 0 ? "it has no algorithm: say by which its tokens are signed, such as RS256"
        : issuer.Keys is KeyOrigin.SecretFile != issuer.Algorithms.Contains(SignatureAlgorithm.Hs256) ? "HS256 and a secret_file go together, and with nothing else"
        : issuer.Keys is KeyOrigin.SecretFile && issuer.Algorithms.Count > 1 ? "HS256 and a secret_file go together, and with nothing else"
        : issuer.Keys is KeyOrigin.Published { Address: null } && !(Uri.TryCreate(issuer.Issuer, UriKind.Absolute, out var address) && PublishedKeySource.IsSafe(address))
            ? "its keys cannot be found by its name, which is no https address: set jwks_uri or key_file"
        : null;

    private static KeyOrigin ReadOrigin(SectionOptions options)
    {
        string[] ways = ["secret_file", "key_file", "jwks_uri"];
        return ways.Count(way => options.Text(way) is not null) > 1 ? throw new FormatException($"it has more than one of {string.Join(", ", ways)}")
            : options.Text("secret_file") is { } secret ? new KeyOrigin.SecretFile(secret)
            : options.Text("key_file") is { } file ? new KeyOrigin.PublicKeyFile(file)
            : new KeyOrigin.Published(options.Text("jwks_uri") is { } text ? ReadAddress(text) : null, options.Text("ca_file"));
    }

    private static Uri ReadAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && PublishedKeySource.IsSafe(address)
        ? address
        : throw new FormatException("jwks_uri is no https address; http is for this machine alone");

    private static SignatureAlgorithm ReadAlgorithm(string name) => SignatureAlgorithms.Find(name)
        ?? throw new FormatException($"an algorithm is none of {string.Join(", ", SignatureAlgorithms.All.Select(each => each.Name))}");

    private static SecretHash ReadHash(SectionOptions options, string name) => SecretHash.TryParse(options.Required(name), out var hash)
        ? hash
        : throw new FormatException($"{name} is not as cms writes it: make it by cms key or cms user");

    private static IReadOnlyList<string> RolesOf(SectionOptions options) => [.. options.Texts("role").Select(role => RolePrefix + role)];

    // ACTION[,ACTION]... PATH
    private static AccessGrant ReadGrant(string text)
    {
        if (text.Split(' ') is not [var actions, var path])
        {
            throw new FormatException("a scope is actions and a path, such as: read,watch network.*");
        }

        return PathPattern.TryParse(path, out var problem) is { } pattern
            ? new AccessGrant([.. actions.Split(',').Select(ReadAction)], pattern)
            : throw new FormatException(problem);
    }

    private static AccessAction ReadAction(string name) => name switch
    {
        "read" => AccessAction.Read,
        "watch" => AccessAction.Watch,
        "write" => AccessAction.Write,
        "admin" => AccessAction.Admin,
        _ => throw new FormatException("an action of a scope is read, watch, write or admin"),
    };
}
