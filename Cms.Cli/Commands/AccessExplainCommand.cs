using System.Globalization;
using System.Net;
using Cms.Formats.Access;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Cli.Commands;

/// <summary>access explain: says which rule decides whether somebody may do something; reads the rules as readers see them, or a file.</summary>
/// <param name="context">The invocation.</param>
/// <param name="file">A text file with the rules; null for module <c>access</c>.</param>
internal sealed class AccessExplainCommand(CommandContext context, string? file)
{
    /// <summary>Explains one path.</summary>
    /// <returns>The exit code: that of success when it is allowed, else that of <see cref="ErrorCode.Denied"/>.</returns>
    public int Run(AskedPrincipal asked, string action, string path)
    {
        var verdict = Rules().Explain(asked.ToPrincipal(), asked.Moment(), ActionOf(action), PathOf(path));
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("allowed", verdict.IsAllowed);
                json.WriteString("rule", verdict.Rule);
                json.WriteString("reason", verdict.Reason);
                json.WriteEndObject();
            });
        }
        else
        {
            context.Output.WriteLine($"{(verdict.IsAllowed ? "allowed" : "denied")}: {verdict.Reason}");
        }

        return verdict.IsAllowed ? ExitCodes.Success : ErrorCodes.Of(ErrorCode.Denied).ExitCode;
    }

    private AccessRules Rules()
    {
        if (file is null && !File.Exists(context.Paths.SegmentOf(AccessScope.RulesModule)))
        {
            return AccessRules.None;
        }

        IReadOnlyList<AccessMistake> mistakes = [];
        var session = file is null ? context.Session(AccessScope.RulesModule) : null;
        var rules = session is null
            ? AccessRules.Read(TargetFile.Parse(file!, AccessScope.RulesModule), out mistakes)
            : session.Read(() => AccessRules.Read(session.Committed, out mistakes));
        return rules ?? throw new RefusedException(ErrorCode.InvalidArgument, $"these are no rules: {string.Join("; ", mistakes)}");
    }

    private static AccessAction ActionOf(string name)
    {
        var actions = Enum.GetValues<AccessAction>();
        var place = Array.FindIndex(actions, action => AccessRules.NameOf(action) == name);
        return place >= 0 ? actions[place]
            : throw new RefusedException(ErrorCode.InvalidArgument, $"'{name}' is no action: use {string.Join(", ", actions.Select(AccessRules.NameOf))}");
    }

    private AccessPath PathOf(string text)
    {
        const string Topic = "topic:";
        if (text == "*")
        {
            return AccessPath.Node;
        }

        if (text.StartsWith(Topic, StringComparison.Ordinal))
        {
            return AccessPath.OfTopic(text[Topic.Length..]);
        }

        var parts = text.Split('.');
        if (parts.Length > 3 || parts.Any(part => part.Length == 0))
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"the path '{text}' is not legal: use module.section.option, topic:NAME, or * for the node");
        }

        return parts.Length == 1 ? AccessPath.OfModule(parts[0]) : PathIn(parts[0], parts[1], parts.ElementAtOrDefault(2));
    }

    // A section that is there has the type that it has; of one that is not only what the path says is known.
    private AccessPath PathIn(string module, string part, string? leaf)
    {
        var session = File.Exists(context.Paths.SegmentOf(module)) ? context.Session(module) : null;
        var (section, isTable) = session?.Read(() => Find(session.Committed, part)) ?? (null, false);
        if (isTable)
        {
            return leaf is null ? AccessPath.OfTable(module, part) : AccessPath.OfColumn(module, part, leaf);
        }

        (string type, string? name) = section is not null ? (section.Type, section.Name) : part[0] == '@' ? (part[1..].Split('[')[0], null) : ("", part);
        return leaf is null ? AccessPath.OfSection(module, type, name) : AccessPath.OfOption(module, type, name, leaf);
    }

    private static (SectionView? Section, bool IsTable) Find(IModuleView view, string part)
    {
        var section = part[0] == '@' && !part.Contains('[', StringComparison.Ordinal) ? null : SectionLookup.Find(view, SectionSelector.Parse(part));
        return (section, section is null && view.FindTable(part) is not null);
    }
}

/// <summary>Whom and when an explanation is about.</summary>
/// <param name="Name">The name of the principal.</param>
/// <param name="Groups">What he belongs to, such as <c>group:wheel</c>.</param>
/// <param name="Address">Where he is; null on this machine.</param>
/// <param name="Time">When; null for now.</param>
internal sealed record AskedPrincipal(string Name, IReadOnlyList<string> Groups, string? Address, string? Time)
{
    /// <summary>The principal.</summary>
    /// <exception cref="RefusedException">The address is none.</exception>
    public Principal ToPrincipal() => new(Name)
    {
        Groups = [.. Groups.Select(group => group.Contains(':', StringComparison.Ordinal) ? group : "group:" + group)],
        Address = Address is null ? null
            : IPAddress.TryParse(Address, out var address) ? address : throw new RefusedException(ErrorCode.InvalidArgument, $"'{Address}' is no address"),
        IsAdministrator = Name == "uid:0",
    };

    /// <summary>The moment.</summary>
    /// <exception cref="RefusedException">The time is none.</exception>
    public DateTimeOffset Moment() => Time is null ? TimeProvider.System.GetLocalNow()
        : DateTimeOffset.TryParse(Time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time) ? time
        : throw new RefusedException(ErrorCode.InvalidArgument, $"'{Time}' is no time: use one such as 2026-11-22T08:30");
}
