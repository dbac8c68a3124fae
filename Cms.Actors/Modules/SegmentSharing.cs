// Invariants:
// - The file is never readable for a group that it should not be when something is projected into it: Narrow comes before.
// - Who could read the file before keeps it open, so less access takes a new file; more access takes one too, since free blocks of
//   the old one still hold what a schema called secret.
using Cms.Actors.Access;
using Cms.Actors.Secrets;
using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Segments;
using Cms.Storage.Journals;

namespace Cms.Actors.Modules;

/// <summary>Has a module's segment be readable for the Unix group that module <c>access</c> names, and for nobody else.</summary>
/// <remarks>The module's writer alone calls.</remarks>
/// <param name="context">The module and its surroundings.</param>
/// <param name="segment">Its segment.</param>
internal sealed class SegmentSharing(ModuleContext context, SegmentWriter segment)
{
    private AccessRules? _rules;
    private ModuleSchema? _schema;
    private ModuleSchema? _moved;
    private bool _isSchemaKnown;
    private uint? _wanted;
    private volatile string? _problem;
    private volatile string? _secretsProblem;

    /// <summary>Why the group that is named cannot read the segment, or null; any thread may ask.</summary>
    public string? Problem => _problem ?? _secretsProblem;

    /// <summary>The group that may read a segment which shows a state; null for none.</summary>
    public static uint? GroupOf(ModuleContext context, IModuleView state)
    {
        try
        {
            return Find(context, context.Access.Rules, SchemaTable.ReadSchema(state), isSchemaKnown: true, out _);
        }
        catch (Exception unreadable) when (unreadable is RefusedException or FormatException)
        {
            // What nobody can read may call something secret.
            return null;
        }
    }

    /// <summary>Takes the segment from a group that may not read what is about to be projected.</summary>
    /// <param name="commits">What is about to be projected, for which room was reserved.</param>
    /// <param name="schema">The schema that holds after it, or null.</param>
    /// <exception cref="SegmentException">There is no room for a new file; the module has to be opened anew.</exception>
    public void Narrow(IReadOnlyList<CommitRecord> commits, ModuleSchema? schema)
    {
        if (segment.Group is not null && segment.Group != Wanted(schema, isSchemaKnown: true))
        {
            Withdraw([.. commits.Select(commit => commit.Changes)]);
        }
    }

    /// <summary>Gives the segment to the group that may read it now, or takes it from one that may not.</summary>
    /// <param name="schema">The schema that holds, or null.</param>
    /// <param name="isSchemaKnown">Whether the schema could be read.</param>
    /// <exception cref="SegmentException">There is no room for a new file; the module has to be opened anew.</exception>
    public void Settle(ModuleSchema? schema, bool isSchemaKnown)
    {
        MoveSecrets(schema);
        if (_rules is not null && IsLooked(schema, isSchemaKnown) && (segment.Group == _wanted || _problem is not null))
        {
            return;
        }

        var wanted = Wanted(schema, isSchemaKnown);
        if (segment.Group is not null && segment.Group != wanted)
        {
            Withdraw([]);
        }

        if (segment.Group != wanted)
        {
            _problem = TryGive(wanted) is { } refused ? Describe(refused) : null;
        }
    }

    // Free blocks of the file still hold what was plain.
    private void MoveSecrets(ModuleSchema? schema)
    {
        if (ReferenceEquals(schema, _moved))
        {
            return;
        }

        _moved = schema;
        _secretsProblem = HistorySealing.IsDue(context, schema) && !segment.TryShare(segment.Group, [])
            ? $"{context.SegmentPath} may still have plain text of secrets in blocks that are free, since there is no room for another file; make room and start the daemon without its segments"
            : null;
    }

    private void Withdraw(IReadOnlyList<IReadOnlyCollection<ModuleChange>> reserved)
    {
        if (!segment.TryShare(group: null, reserved))
        {
            throw new SegmentException(SegmentError.Full, context.SegmentPath, "There is no room for the file that a group may no longer read.");
        }
    }

    // Until rules or schema change it is not tried again.
    private string? TryGive(uint? group)
    {
        try
        {
            return segment.TryShare(group, []) ? null : "there is no room for another file";
        }
        catch (SegmentException refused) when (refused.Error == SegmentError.Denied)
        {
            return $"the daemon may not give files to it: {refused.Message}";
        }
    }

    private bool IsLooked(ModuleSchema? schema, bool isSchemaKnown) =>
        ReferenceEquals(_rules, context.Access.Rules) && ReferenceEquals(_schema, schema) && _isSchemaKnown == isSchemaKnown;

    private uint? Wanted(ModuleSchema? schema, bool isSchemaKnown)
    {
        if (!IsLooked(schema, isSchemaKnown))
        {
            var rules = context.Access.Rules;
            _wanted = Find(context, rules, schema, isSchemaKnown, out var problem);
            _problem = problem is null ? null : Describe(problem);
            (_rules, _schema, _isSchemaKnown) = (rules, schema, isSchemaKnown);
        }

        return _wanted;
    }

    private string Describe(string problem) =>
        $"its segment is not readable for group '{context.Access.Rules.SegmentGroups.GetValueOrDefault(context.Module.Name)}', whose members ask the daemon: {problem}";

    private static uint? Find(ModuleContext context, AccessRules rules, ModuleSchema? schema, bool isSchemaKnown, out string? problem)
    {
        var group = AccessDirectory.GroupOf(rules, context.Module, out problem);
        if (group is null || (isSchemaKnown && !HasSecrets(schema)))
        {
            return group;
        }

        problem = isSchemaKnown ? "its schema calls something secret" : "its schema cannot be read";
        return null;
    }

    private static bool HasSecrets(ModuleSchema? schema) => schema is not null
        && schema.Types.SelectMany(type => type.OwnFields).Concat(schema.FieldsOfAll).Concat(schema.Tables.SelectMany(table => table.Columns)).Any(field => field.IsSecret);
}
