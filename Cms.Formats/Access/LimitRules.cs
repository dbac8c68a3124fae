using System.Globalization;
using System.Net;
using Cms.Formats.Modules;
using Cms.Formats.Searching;

namespace Cms.Formats.Access;

/// <summary>How fast who may ask: the sections <c>limit</c> of module <c>access</c>, in their order; the first that fits holds. Pure.</summary>
/// <remarks>Immutable, any thread.</remarks>
public sealed class LimitRules
{
    /// <summary>The type of the sections.</summary>
    public const string SectionType = "limit";

    /// <summary>The most requests a second that a rule may name.</summary>
    public const int MostPerSecond = 1_000_000;

    /// <summary>The most requests at once that a rule may name.</summary>
    public const long MostBurst = 1_000_000_000;

    /// <summary>No rules.</summary>
    public static readonly LimitRules None = new([], []);

    private const int BurstSeconds = 2;
    private readonly IReadOnlyList<(string Pattern, RateLimit Limit)> _ofPrincipals;
    private readonly IReadOnlyList<(IPNetwork Network, RateLimit Limit)> _ofAddresses;

    private LimitRules(IReadOnlyList<(string Pattern, RateLimit Limit)> ofPrincipals, IReadOnlyList<(IPNetwork Network, RateLimit Limit)> ofAddresses) =>
        (_ofPrincipals, _ofAddresses) = (ofPrincipals, ofAddresses);

    /// <summary>Reads the rules of a module.</summary>
    /// <param name="access">Module <c>access</c>.</param>
    /// <param name="problems">What is wrong with sections, which are passed over.</param>
    public static LimitRules Read(IModuleView access, out IReadOnlyList<AccessMistake> problems)
    {
        var (found, principals, addresses) = (new List<AccessMistake>(), new List<(string, RateLimit)>(), new List<(IPNetwork, RateLimit)>());
        var index = 0;
        foreach (var section in access.Sections().Where(section => section.Type == SectionType))
        {
            var place = $"access.{section.Name ?? $"@{SectionType}[{index}]"}";
            index++;
            var options = access.Options(section.Id).ToDictionary(option => option.Name, option => option.Value.GetText(), StringComparer.Ordinal);
            var read = LimitOf(options, place);
            if (read.Problem is { } problem)
            {
                found.Add(problem);
            }
            else if (options.GetValueOrDefault("principal") is { } pattern)
            {
                principals.Add((pattern, read.Limit));
            }
            else
            {
                addresses.Add((IPNetwork.Parse(options["address"]), read.Limit));
            }
        }

        problems = found;
        return new LimitRules(principals, addresses);
    }

    /// <summary>The limit of a principal, or null when no rule is about him.</summary>
    public RateLimit? OfPrincipal(string name)
    {
        foreach (var (pattern, limit) in _ofPrincipals)
        {
            if (Glob.Matches(pattern, name))
            {
                return limit;
            }
        }

        return null;
    }

    /// <summary>The limit of an address, or null when no rule is about it.</summary>
    public RateLimit? OfAddress(IPAddress address)
    {
        foreach (var (network, limit) in _ofAddresses)
        {
            if (network.Contains(address))
            {
                return limit;
            }
        }

        return null;
    }

    private static (RateLimit Limit, AccessMistake? Problem) LimitOf(Dictionary<string, string> options, string place)
    {
        if (options.Keys.FirstOrDefault(name => name is not ("principal" or "address" or "rate" or "burst" or "description")) is { } unknown)
        {
            return (default, new($"{place}.{unknown}", "it is not known here: use principal or address, rate and burst"));
        }

        if (options.ContainsKey("principal") == options.ContainsKey("address"))
        {
            return (default, new(place, "it has to name a principal or an address, one of them"));
        }

        if (options.GetValueOrDefault("address") is { } address && !IPNetwork.TryParse(address, out _))
        {
            return (default, new($"{place}.address", $"'{address}' is no network: use ADDRESS/BITS such as 10.0.0.0/8"));
        }

        if (!TryRead(options.GetValueOrDefault("rate"), 0, MostPerSecond, out var rate))
        {
            return (default, new($"{place}.rate", $"it is missing or not legal: use 0 for no bound, or requests a second up to {MostPerSecond}"));
        }

        return options.TryGetValue("burst", out var text)
            ? TryRead(text, 1, MostBurst, out var burst) ? (new RateLimit((int)rate, burst), null) : (default, new($"{place}.burst", $"'{text}' is not legal: use 1 to {MostBurst}"))
            : (new RateLimit((int)rate, Math.Max(1, rate * BurstSeconds)), null);
    }

    private static bool TryRead(string? text, long least, long most, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most;
}
