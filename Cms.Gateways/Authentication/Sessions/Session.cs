namespace Cms.Gateways.Authentication.Sessions;

/// <summary>What is kept of somebody who has logged in.</summary>
/// <remarks>Changed by <see cref="SessionStore"/> alone.</remarks>
/// <param name="user">Whose session.</param>
/// <param name="password">The stored hash that he has matched.</param>
/// <param name="ends">When it ends however much it is used, on the boot clock.</param>
internal sealed class Session(string user, string password, TimeSpan ends)
{
    /// <summary>Whose session.</summary>
    public string User => user;

    /// <summary>The stored hash that he has matched.</summary>
    public string Password { get; set; } = password;

    /// <summary>The hash that he is having stored instead; null while he is not changing his password.</summary>
    public string? NextPassword { get; set; }

    /// <summary>When it ends at the latest, on the boot clock.</summary>
    public TimeSpan Ends => ends;

    /// <summary>When it was used last, on the boot clock.</summary>
    public TimeSpan Used { get; set; }

    /// <summary>Whether it was ended before its time.</summary>
    public bool IsOver { get; set; }
}
