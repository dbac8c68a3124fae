using Cms.Formats.Refusals;

namespace Cms.Gateways.Authentication;

/// <summary>What came of looking at something that was shown: who it is, or why nobody is vouched for; one of the two is null.</summary>
/// <param name="Identity">Who it is.</param>
/// <param name="Refusal">Why he is turned away.</param>
internal sealed record Finding(Identity? Identity, Refusal? Refusal)
{
    /// <summary>When it is worth asking again; null when that makes no difference.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Who he says he is, when that could be somebody of this node and did not hold; for the audit log.</summary>
    public string? Claimed { get; init; }

    /// <summary>Somebody was found.</summary>
    public static Finding Of(Identity identity) => new(identity, null);

    /// <summary>What was shown does not hold.</summary>
    public static Finding Unknown(string why) => new(null, new Refusal(ErrorCode.Unauthenticated, why));

    /// <summary>Too much was shown that was wrong.</summary>
    public static Finding Wait(TimeSpan wait) => new(null, new Refusal(ErrorCode.TooManyRequests, "too many wrong passwords, keys or tokens were shown; wait before the next one"))
    {
        RetryAfter = wait,
    };

    /// <summary>It cannot be told now.</summary>
    public static Finding Later(ErrorCode code, string why) => new(null, new Refusal(code, why)) { RetryAfter = TimeSpan.FromSeconds(1) };
}
