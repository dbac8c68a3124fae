namespace Cms.Client.Wire;

/// <summary>Asks for a login.</summary>
public sealed record LoginRequest
{
    /// <summary>The longest name, in characters.</summary>
    public const int MostUserCharacters = 64;

    /// <summary>The longest password, in characters.</summary>
    public const int MostPasswordCharacters = 1024;

    /// <summary>A section <c>user</c> of the module <c>access</c>.</summary>
    public required string User { get; init; }

    /// <summary>His password.</summary>
    public required string Password { get; init; }

    /// <summary>The user alone; passwords are not printed.</summary>
    public override string ToString() => User;
}

/// <summary>Asks for another password of whoever has logged in.</summary>
public sealed record PasswordRequest
{
    /// <summary>The shortest password that is set, in characters.</summary>
    public const int LeastCharacters = 8;

    /// <summary>The password that holds.</summary>
    public required string Old { get; init; }

    /// <summary>The one that is to hold, <see cref="LeastCharacters"/> to <see cref="LoginRequest.MostPasswordCharacters"/> characters.</summary>
    public required string New { get; init; }

    /// <summary>Passwords are not printed.</summary>
    public override string ToString() => nameof(PasswordRequest);
}

/// <summary>A login.</summary>
public sealed record LoginReply
{
    /// <summary>What further requests show behind <c>Authorization: Bearer</c>; nobody is told it again.</summary>
    public required string Token { get; init; }

    /// <summary>How commits name him.</summary>
    public required string Principal { get; init; }

    /// <summary>How long it lasts if it is not used, in seconds.</summary>
    public required int IdleSeconds { get; init; }

    /// <summary>How long it lasts at the most, in seconds.</summary>
    public required int Seconds { get; init; }

    /// <summary>The principal alone; tokens are not printed.</summary>
    public override string ToString() => Principal;
}

/// <summary>Who the caller is to the node.</summary>
public sealed record WhoAmIReply
{
    /// <summary>How commits name him.</summary>
    public required string Principal { get; init; }

    /// <summary>What he belongs to.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>Whether he is above the rules.</summary>
    public required bool Administrator { get; init; }

    /// <summary>By which way he comes.</summary>
    public required string Gateway { get; init; }

    /// <summary>From where; null on this machine.</summary>
    public string? Address { get; init; }

    /// <summary>How long his login lasts from now on if it is not used; null for one without.</summary>
    public double? RemainingSeconds { get; init; }
}
