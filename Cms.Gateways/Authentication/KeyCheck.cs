using System.Diagnostics.Metrics;
using Cms.Formats.Access;
using Cms.Formats.Refusals;
using Cms.Gateways.Authentication.Attempts;
using Cms.Gateways.Authentication.Credentials;

namespace Cms.Gateways.Authentication;

/// <summary>Compares passwords and tokens of keys with their slow hashes.</summary>
/// <remarks>
/// Any thread may call. Names that are not known are compared with a hash of nothing, so that the time does not tell them from
/// others, and count as failures like others. Whoever has to wait is not looked at, since the answer would tell him something.
/// </remarks>
internal sealed class KeyCheck(AttemptLedger attempts, HashTurns turns, TimeProvider clock)
{
    /// <summary>What names that are not known are compared with: as slow as what is made by default.</summary>
    internal static readonly Lazy<SecretHash> HashOfNobody = new(() => SecretHash.Create(KeyToken.Create("nobody").Text));

    private static readonly Meter Meter = new("Cms.Authentication");
    private static readonly Counter<long> Compared = Meter.CreateCounter<long>("cms.secrets.compared", "{secret}", "Passwords and keys that were compared with a slow hash.");

    /// <summary>Looks at the token of a key.</summary>
    /// <param name="token">The token.</param>
    /// <param name="key">The key that it names; null when there is none.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async ValueTask<Finding> CheckKeyAsync(KeyToken token, KeyCredential? key, AttemptSource source, CancellationToken cancellation) =>
        await CompareAsync($"key:{token.Name}", token.Text, key?.Hash, source, cancellation) ?? Judge(key!);

    /// <summary>Whether a key may be used by who has shown its secret, and only he is told.</summary>
    public Finding Judge(KeyCredential key) =>
        key.IsDisabled ? Finding.Unknown($"key '{key.Name}' is switched off")
        : key.Expires <= clock.GetUtcNow() ? Finding.Unknown($"key '{key.Name}' has expired")
        : Finding.Of(new Identity($"key:{key.Name}") { Groups = key.Groups, Grants = key.Grants, GoodUntil = key.Expires, Expires = key.Expires, Key = key });

    /// <summary>Looks at a password.</summary>
    /// <param name="name">Who says that it is his.</param>
    /// <param name="password">The password.</param>
    /// <param name="book">The users.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Null when it is the user's.</returns>
    public async ValueTask<Finding?> CheckPasswordAsync(string name, string password, CredentialBook book, AttemptSource source, CancellationToken cancellation)
    {
        var user = book.Users.GetValueOrDefault(name);
        return await CompareAsync($"user:{name}", password, user?.Password, source, cancellation)
            ?? (user!.IsDisabled ? Finding.Unknown($"user '{name}' is switched off") : null);
    }

    // Null when it matches.
    private async ValueTask<Finding?> CompareAsync(string name, string secret, SecretHash? hash, AttemptSource source, CancellationToken cancellation)
    {
        var finding = await turns.RunAsync(() => Compare(name, secret, hash, source), cancellation);
        return finding is null ? Finding.Later(ErrorCode.Busy, "too many passwords and keys wait to be looked at; ask again")
            : finding.Identity is null ? finding
            : null;
    }

    // In turn, so that the failures of those before are counted.
    private Finding Compare(string name, string secret, SecretHash? hash, AttemptSource source)
    {
        if (attempts.WaitOf(source.With(name), source.Alone) is { } wait)
        {
            return Finding.Wait(wait);
        }

        Compared.Add(1);
        if ((hash ?? HashOfNobody.Value).Matches(secret) && hash is not null)
        {
            attempts.Succeed(source.With(name));
            return Finding.Of(new Identity(name));
        }

        attempts.Fail(source.With(name), source.Alone);
        return Finding.Unknown(name.StartsWith("key:", StringComparison.Ordinal)
            ? "the key is not known, or its secret is another one"
            : "the user is not known, or the password is another one") with
        {
            // Whatever else somebody writes there stays out of the log: it may be his password.
            Claimed = KeyToken.IsName(name.AsSpan(name.IndexOf(':', StringComparison.Ordinal) + 1)) ? name : null,
        };
    }
}
