using Cms.Actors.Modules;
using Cms.Actors.Secrets;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Actors.Schemas;

/// <summary>Decides what another schema does to a module: its data by the steps, values to their types, and the version that holds. Pure.</summary>
internal static class SchemaDecider
{
    /// <summary>Decides a change of schema. Whether the data is then as the schema says is looked at by <see cref="SchemaGate"/>.</summary>
    public static Decision Decide(IModuleView view, ModuleCommand.ChangeSchema command, EditLimits limits, DecidedSecrets? secrets)
    {
        var change = command.Change;
        var newest = SchemaTable.ReadNewest(view);
        if ((CheckFrom(newest, change) ?? CheckTo(newest, change)) is { } refusal)
        {
            return Decision.Reject(refusal);
        }

        var isSame = change.To is { } to && change.Steps is null && newest is not null && newest.Version == to.Version;
        if (isSame)
        {
            return Decision.Nothing;
        }

        // What the steps set has the type of the new schema at once, and need not be set again for that.
        var schema = change.To is null ? null : SchemaReader.Read(change.To.Text.Span);
        var session = new EditSession(view, limits, schema, secrets?.Unsealer);
        if (change.Steps?.Run(session) is { } failed)
        {
            return Decision.Reject(failed);
        }

        foreach (var step in change.To is { } edition ? SchemaTable.Push(session.State, edition) : SchemaTable.Pop(session.State))
        {
            session.Apply(step);
        }

        if ((schema ?? SchemaTable.ReadSchema(session.State)) is { } held)
        {
            session.Retype(held);
        }

        return Decision.Accept(session);
    }

    private static Refusal? CheckFrom(SchemaEdition? newest, SchemaChange change) =>
        change.From is { } from && newest?.Version != from
            ? new Refusal(ErrorCode.Conflict, $"the module's schema has version {newest?.Version.ToString() ?? "none"}, not {from}; look at it again")
            : change.To is null && newest is null
                ? new Refusal(ErrorCode.NotFound, "the module has no schema to go back from")
                : null;

    private static Refusal? CheckTo(SchemaEdition? newest, SchemaChange change)
    {
        if (change.To is not { } to || newest is null || to.Version > newest.Version)
        {
            return null;
        }

        var isRepeated = to.Version == newest.Version && change.Steps is null && to.Text.Span.SequenceEqual(newest.Text.Span);
        return isRepeated ? null : new Refusal(
            ErrorCode.AlreadyExists, $"the module's schema has version {newest.Version} already; give what is different a higher version than that, not {to.Version}");
    }
}
