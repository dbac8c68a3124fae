using System.Net;
using Cms.Formats.Searching;

namespace Cms.Formats.Access;

/// <summary>One rule of module <c>access</c>. Pure.</summary>
/// <param name="Name">How people call it.</param>
/// <param name="Allows">Whether it allows; otherwise it denies.</param>
internal sealed record AccessRule(string Name, bool Allows)
{
    /// <summary>What it is about, as a bit for each action.</summary>
    public int Actions { get; init; }

    /// <summary>Where, at least one.</summary>
    public required IReadOnlyList<PathPattern> Paths { get; init; }

    /// <summary>For whom; null for everybody.</summary>
    public IReadOnlyList<PrincipalPattern>? Principals { get; init; }

    /// <summary>Where those are from; null when that is no matter.</summary>
    public IReadOnlyList<AddressCondition>? Addresses { get; init; }

    /// <summary>When; null for always.</summary>
    public IReadOnlyList<WeekTime>? Times { get; init; }

    public static int BitOf(AccessAction action) => 1 << (int)action;

    public bool Concerns(AccessAction action) => (Actions & BitOf(action)) != 0;

    /// <summary>Whether it is about somebody, times aside.</summary>
    /// <param name="principal">Who.</param>
    /// <param name="roles">The roles that he has.</param>
    public bool IsAbout(Principal principal, IReadOnlySet<string> roles) =>
        (Principals is null || Principals.Any(each => each.Matches(principal, roles)))
        && (Addresses is null || Addresses.Any(each => each.Matches(principal.Address)));

    public bool HoldsAt(DateTimeOffset now) => Times is null || Times.Any(time => time.Holds(now));
}

/// <summary>Whom a rule or a role means: a glob over names, <c>group:NAME</c> or <c>role:NAME</c>.</summary>
internal sealed record PrincipalPattern(string Text)
{
    public const string Role = "role:";
    public const string Group = "group:";

    public bool IsRole => Text.StartsWith(Role, StringComparison.Ordinal);

    public bool IsGroup => Text.StartsWith(Group, StringComparison.Ordinal);

    public bool Matches(Principal principal, IReadOnlySet<string> roles) =>
        IsRole ? roles.Contains(Text[Role.Length..])
        : IsGroup ? principal.Groups.Any(group => group.StartsWith(Group, StringComparison.Ordinal) && Glob.Matches(Text, group))
        : Glob.Matches(Text, principal.Name);
}

/// <summary>Where somebody is: in a network, or on this machine when that is null.</summary>
internal sealed record AddressCondition(IPNetwork? Network)
{
    public bool Matches(IPAddress? address) =>
        address is null ? Network is null : Network is { } network && network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
