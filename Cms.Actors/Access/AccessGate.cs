using Cms.Actors.Modules;
using Cms.Actors.Schemas;
using Cms.Actors.Secrets;
using Cms.Formats.Access;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Actors.Access;

/// <summary>Has commands decided on what their caller may know of, and looks at what was decided: may all of it be changed for him? Pure.</summary>
internal static class AccessGate
{
    /// <summary>Decides a command for its caller.</summary>
    /// <param name="module">The module.</param>
    /// <param name="state">The module, under the commands decided before.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="limits">The bounds to keep.</param>
    /// <param name="schema">The module's schema, or null.</param>
    /// <param name="secrets">What the module has sealed.</param>
    public static Decision Decide(string module, IModuleView state, ModuleCommand command, EditLimits limits, ModuleSchema? schema, DecidedSecrets secrets)
    {
        var decision = command.Access.IsEverything
            ? ModuleDecider.Decide(state, command, limits, schema, secrets)
            : DecideOnKnown(command.Access.In(module), state, command, limits, schema, secrets);
        return decision.Changes.Count > 0 && module == AccessScope.RulesModule && command is not ModuleCommand.MergeFile && command.IsValidated && CheckRules(state, decision.After!) is { } refusal
            ? Decision.Reject(refusal)
            : decision;
    }

    /// <summary>A refusal of what was decided, without what its caller may not read.</summary>
    /// <param name="module">The module.</param>
    /// <param name="refusal">Why the decision does not become a commit.</param>
    /// <param name="command">What was asked.</param>
    /// <param name="after">The module as it would have been.</param>
    public static Refusal Show(string module, Refusal refusal, ModuleCommand command, IModuleView after)
    {
        if (command.Access.IsEverything || refusal.Violations.Count == 0 || command.Access.In(module) is { ReadsAll: true })
        {
            return refusal;
        }

        var access = command.Access.In(module);
        var shown = refusal.Violations.Where(violation => IsReadable(access, after, violation.Path)).ToList();
        return shown.Count > 0 ? SchemaGate.Refuse(shown)
            : new Refusal(ErrorCode.SchemaViolated, $"the schema of module {module} does not allow it, for what {command.Origin.Principal} may not read");
    }

    // What is hidden is as if it were not there, for what a request finds and for how it counts places; then the whole is looked at.
    private static Decision DecideOnKnown(ModuleAccess access, IModuleView state, ModuleCommand command, EditLimits limits, ModuleSchema? schema, DecidedSecrets secrets)
    {
        var known = command is ModuleCommand.ChangeSchema ? state : access.FilterKnown(state);
        var decision = ModuleDecider.Decide(known, WithKnown(access, command), limits, schema, ReferenceEquals(known, state) ? secrets : secrets.Filtered(access));
        if (decision.Changes.Count == 0)
        {
            return Show(access, command, decision);
        }

        var changes = ReferenceEquals(known, state) ? decision.Changes : new WholeChanges(known, state).Of(decision.Changes);
        if (new ChangeCheck(access, state, isOfKnown: command is not ModuleCommand.ChangeSchema).Find(changes) is { } denied)
        {
            return Decision.Reject(new Refusal(ErrorCode.Denied, $"{command.Origin.Principal} may not {denied}; nothing was changed: see cms access explain"));
        }

        var after = new Overlay(state);
        after.Apply(state.Revision.Next, changes);
        if (changes.OfType<ModuleChange.OfTable>().Any(SchemaTable.IsConcerned) && DatabaseOf(after) is { } path && path != DatabaseOf(state))
        {
            return Decision.Reject(new Refusal(
                ErrorCode.Denied, "db_path has the daemon write a file with all its rights, so only uid 0 and the daemon's own uid may set it, on the Unix socket; nothing was changed"));
        }

        return decision.InWhole(changes, after) with { Counters = Readable(access, after, decision) };
    }

    // Who may change nothing is told nothing, and who may not read all of it is not told what a check or a counter met.
    private static Decision Show(ModuleAccess access, ModuleCommand command, Decision decision) =>
        access.Extent(AccessAction.Write) == AccessExtent.None && access.Extent(AccessAction.Admin) == AccessExtent.None
            ? Decision.Reject(new Refusal(ErrorCode.Denied, $"{command.Origin.Principal} may not write there; nothing was changed: see cms access explain"))
        : decision.Refusal is { Code: ErrorCode.Conflict or ErrorCode.InvalidArgument } refusal && !access.ReadsAll
            && command is ModuleCommand.Edit { Operations: var operations } && operations.Any(operation => operation is ModuleOperation.CheckOption or ModuleOperation.IncrementOption)
            ? Decision.Reject(new Refusal(refusal.Code, "an operation that checks or counts did not hold where the caller may not read all of the module; nothing was changed"))
        : decision;

    // A schema that cannot be read names no database.
    private static string? DatabaseOf(IModuleView view) => SchemaTable.TryReadSchema(view)?.Settings.DatabasePath;

    private static ModuleCommand WithKnown(ModuleAccess access, ModuleCommand command) => command switch
    {
        ModuleCommand.Revert revert => revert with { Before = access.FilterKnown(revert.Before), After = revert.After is { } after ? access.FilterKnown(after) : null },
        ModuleCommand.Restore restore => restore with { Content = access.FilterKnown(restore.Content) },
        _ => command,
    };

    // Who may only write does not learn what he has counted up.
    private static IReadOnlyDictionary<string, long> Readable(ModuleAccess access, Overlay after, Decision decision) =>
        decision.Changes.OfType<ModuleChange.OptionSet>().All(set => after.FindSection(set.Section) is not { } section || access.Allows(AccessAction.Read, section, set.Option))
            ? decision.Counters
            : new Dictionary<string, long>();

    /// <summary>Whether what a violation is about may be read.</summary>
    /// <param name="access">What its reader may do in the module.</param>
    /// <param name="after">The module that the path leads into.</param>
    /// <param name="path">The path of the violation.</param>
    public static bool IsReadable(ModuleAccess access, IModuleView after, string path)
    {
        var parts = path.Split('.');
        if (parts.Length < 2)
        {
            return false;
        }

        if (after.FindTable(parts[1]) is { } table)
        {
            return access.TableExtent(AccessAction.Read, table.Name) == AccessExtent.All;
        }

        var section = SectionLookup.DescribeAll(after).FirstOrDefault(each => each.Name == parts[1]).Section;
        return section is not null && (parts.Length == 2 ? access.Extent(AccessAction.Read, section) == AccessExtent.All : access.Allows(AccessAction.Read, section, parts[2]));
    }

    private static IEnumerable<AccessMistake> MistakesOf(IModuleView access)
    {
        _ = AccessRules.Read(access, out var mistakes);
        _ = LimitRules.Read(access, out var limits);
        return mistakes.Concat(limits);
    }

    // What was wrong before, in an edited text, does not stop who mends something else.
    private static Refusal? CheckRules(IModuleView before, IModuleView after)
    {
        return MistakesOf(after).Except(MistakesOf(before)).ToList() is { Count: > 0 } added
            ? new Refusal(ErrorCode.InvalidArgument, $"that would be no rules: {AccessDirectory.Describe(added)}") { Paths = [.. added.Select(mistake => mistake.Path)] }
            : null;
    }
}
