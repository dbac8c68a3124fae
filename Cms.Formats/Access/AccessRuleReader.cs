using System.Net;
using Cms.Formats.Edits;
using Cms.Formats.Modules;

namespace Cms.Formats.Access;

/// <summary>Reads rules and roles from module <c>access</c>. Used once.</summary>
/// <remarks>An option that it does not know is a mistake, since a condition with a mistyped name would be none.</remarks>
internal sealed class AccessRuleReader(IModuleView module)
{
    /// <summary>The words for actions, in their order.</summary>
    public static readonly string[] ActionNames = ["read", "watch", "write", "admin"];

    private const int MostRules = 10_000;
    private const int MostMistakes = 100;
    private static readonly string[] OthersSections = ["user", "key", "issuer", "limit"];
    /// <summary>What a rule may say.</summary>
    public static readonly string[] RuleOptions = ["effect", "principal", "action", "path", "address", "time", "description"];
    private static readonly string[] RoleOptions = ["member", "description"];
    private static readonly string[] SegmentOptions = ["module", "group", "description"];
    private readonly List<AccessMistake> _mistakes = [];
    private readonly Dictionary<string, IReadOnlyList<PrincipalPattern>> _roles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _segments = new(StringComparer.Ordinal);
    private string _place = "";
    private SectionView? _section;

    public AccessRules? Read(out IReadOnlyList<AccessMistake> mistakes)
    {
        var sections = SectionLookup.DescribeAll(module).ToList();
        foreach (var (section, name) in sections)
        {
            Enter(section, name);
            ReadRole(section);
            ReadSegment(section);
        }

        var rules = new List<AccessRule>();
        foreach (var (section, name) in sections.Where(each => each.Section.Type == "rule"))
        {
            Enter(section, name);
            if (ReadRule() is { } rule)
            {
                rules.Add(rule);
            }
        }

        if (rules.Count > MostRules)
        {
            _mistakes.Add(new(AccessScope.RulesModule, $"there are {rules.Count} rules; the most is {MostRules}"));
        }

        mistakes = [.. _mistakes.Take(MostMistakes)];
        return _mistakes.Count == 0 ? new AccessRules(rules, _roles, _segments) : null;
    }

    private void Enter(SectionView section, string name) => (_section, _place) = (section, name);

    private void ReadRole(SectionView section)
    {
        if (section.Type == "role")
        {
            CheckOptions(RoleOptions);
            if (section.Name is null)
            {
                Complain(null, "a role has a name: config role 'NAME'");
                return;
            }

            _roles[section.Name] = ReadPrincipals("member") ?? [];
            if (_roles[section.Name].Any(member => member.IsRole))
            {
                Complain("member", "a role cannot be a member of a role; list its members");
            }
        }
        else if (section.Type is not ("rule" or "segment") && !OthersSections.Contains(section.Type))
        {
            Complain(null, $"a section of type '{section.Type}' is not known here: use role or rule");
        }
    }

    private void ReadSegment(SectionView section)
    {
        if (section.Type != "segment")
        {
            return;
        }

        CheckOptions(SegmentOptions);
        var module = TextsOf("module");
        if (module is not [{ Length: > 0 } name] || !IsPlain(name))
        {
            Complain("module", "a segment is of one module: give its name, without * and ?");
        }
        else if (name == AccessScope.RulesModule || !_segments.TryAdd(name, ""))
        {
            Complain("module", name == AccessScope.RulesModule ? $"module {name} is for administrators alone" : $"the segment of module {name} has a group already: one group can read it");
        }
        else if (TextsOf("group") is [{ Length: > 0 } group] && IsPlain(group))
        {
            _segments[name] = group;
        }
        else
        {
            Complain("group", "the segment is readable for one Unix group: give its name, or its number when it has none");
        }
    }

    private static bool IsPlain(string name) => name.All(letter => letter is > ' ' and <= '~' and not ('*' or '?' or '/' or ':'));

    private AccessRule? ReadRule()
    {
        var before = _mistakes.Count;
        CheckOptions(RuleOptions);
        var allows = ReadEffect();
        var principals = ReadPrincipals("principal");
        if (principals is null)
        {
            Complain("principal", "a rule says whom it is about: use '*' for everybody");
        }

        CheckRoles(principals ?? []);
        var actions = ReadActions();
        var paths = ReadPaths();
        var addresses = ReadList("address", AddressOf, text => $"'{text}' is no network: use ADDRESS/BITS such as 10.0.0.0/8, all bits behind it zero, or 'local' for this machine");
        var times = ReadList("time", WeekTime.TryParse, text => $"'{text}' is no time: use mon-fri, 08:00-18:00, or both with a blank between them");
        return _mistakes.Count > before ? null : new AccessRule(_place, allows)
        {
            Actions = actions,
            Paths = paths,
            Principals = principals!.Any(each => each.Text == "*") ? null : principals,
            Addresses = addresses,
            Times = times,
        };
    }

    private bool ReadEffect()
    {
        var effect = TextsOf("effect");
        if (effect is not (["allow"] or ["deny"]))
        {
            Complain("effect", "a rule says what it does: use allow or deny");
        }

        return effect is ["allow"];
    }

    private int ReadActions()
    {
        var names = TextsOf("action");
        if (names is null or [])
        {
            Complain("action", $"a rule says what it is about: list any of {string.Join(", ", ActionNames)}, or '*' for all");
        }

        var bits = 0;
        foreach (var name in names ?? [])
        {
            var place = Array.IndexOf(ActionNames, name);
            bits |= name == "*" ? (1 << ActionNames.Length) - 1 : place >= 0 ? 1 << place : 0;
            if (name != "*" && place < 0)
            {
                Complain("action", $"'{name}' is no action: use any of {string.Join(", ", ActionNames)}, or '*' for all");
            }
        }

        return bits;
    }

    private List<PathPattern> ReadPaths()
    {
        var texts = TextsOf("path");
        if (texts is null or [])
        {
            Complain("path", "a rule says where it holds: list paths, or '*' for everything");
        }

        var paths = new List<PathPattern>();
        foreach (var text in texts ?? [])
        {
            if (PathPattern.TryParse(text, out var problem) is { } path)
            {
                paths.Add(path);
            }
            else
            {
                Complain("path", problem!);
            }
        }

        return paths;
    }

    private List<PrincipalPattern>? ReadPrincipals(string option)
    {
        var principals = ReadList(
            option,
            text => text == "*" || (text.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && colon < text.Length - 1 && text.All(letter => letter is >= '!' and <= '~')) ? new PrincipalPattern(text) : null,
            text => $"'{text}' is no principal: use one such as uid:1000, user:anna, key:deploy, group:wheel or role:operators, with * and ?");
        return principals is [] ? null : principals;
    }

    private void CheckRoles(List<PrincipalPattern> principals)
    {
        foreach (var role in principals.Where(each => each.IsRole).Select(each => each.Text[PrincipalPattern.Role.Length..]).Where(role => !_roles.ContainsKey(role)))
        {
            Complain("principal", $"there is no role '{role}': write config role '{role}', or mend the name");
        }
    }

    private static AddressCondition? AddressOf(string text) =>
        text == "local" ? new AddressCondition((IPNetwork?)null)
        : IPNetwork.TryParse(text, out var network) ? IsWhole(network, text) ? new AddressCondition(network) : null
        : IPAddress.TryParse(text, out var address) ? new AddressCondition(new IPNetwork(address, address.GetAddressBytes().Length * 8))
        : null;

    // Bits behind those of the network are a mistake, which not every platform takes for one.
    private static bool IsWhole(IPNetwork network, string text) =>
        IPAddress.TryParse(text.AsSpan(0, text.IndexOf('/', StringComparison.Ordinal)), out var address) && address.Equals(network.BaseAddress);

    private List<T>? ReadList<T>(string option, Func<string, T?> parse, Func<string, string> problem)
        where T : class
    {
        if (TextsOf(option) is not { } texts)
        {
            return null;
        }

        var read = new List<T>();
        foreach (var text in texts)
        {
            if (parse(text) is { } each)
            {
                read.Add(each);
            }
            else
            {
                Complain(option, problem(text));
            }
        }

        if (texts.Count == 0)
        {
            Complain(option, "the list is empty; leave it out");
        }

        return read;
    }

    private List<string>? TextsOf(string option) => module.FindOption(_section!.Id, option)?.Value is { } value
        ? [.. Enumerable.Range(0, value.Count).Select(value.GetText)]
        : null;

    private void CheckOptions(string[] known)
    {
        foreach (var option in module.Options(_section!.Id).Where(option => !known.Contains(option.Name)))
        {
            Complain(option.Name, $"option '{option.Name}' is not known here: use {string.Join(", ", known)}");
        }
    }

    private void Complain(string? option, string problem) =>
        _mistakes.Add(new($"{AccessScope.RulesModule}.{_place}{(option is null ? "" : "." + option)}", problem));
}
