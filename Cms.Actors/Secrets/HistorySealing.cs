// Invariants:
// - The state that the newest schema leads to is sealed by the commit that brought that schema; only what is older is plain.
// - Each commit and snapshot is replaced as a whole, and the version is noted at the end: a kill has it done again, from the journal alone.
// - A key is durable before anything that it sealed is.
using Cms.Actors.Modules;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Secrets;
using Cms.Storage.Journals;

namespace Cms.Actors.Secrets;

/// <summary>Seals, in the commits and snapshots of a module's past, what its schema began to call a secret only later.</summary>
/// <remarks>
/// It works beside the actor. A value is sealed when the schema calls its option a secret in a section of any type that its section
/// ever had. What a rename brought to a secret option is sealed from the rename on.
/// </remarks>
/// <param name="context">The module and its surroundings.</param>
/// <param name="history">Its past.</param>
internal sealed class HistorySealing(ModuleContext context, IHistorySealing history)
{
    private readonly Dictionary<SectionId, HashSet<string>> _types = [];

    /// <summary>Whether a schema calls something secret that may be plain in the past.</summary>
    public static bool IsDue(ModuleContext context, ModuleSchema? schema) =>
        schema?.HasSecrets == true && context.Journal.Sealing is { } history && history.SealedBy(context.Module) != schema.Version.ToString();

    /// <summary>Seals it all.</summary>
    /// <param name="schema">The newest schema.</param>
    /// <param name="cancellation">Stops between two commits; the next call begins again.</param>
    /// <exception cref="RefusedException">There is no key to seal with.</exception>
    /// <exception cref="JournalException">The journal cannot be read or written.</exception>
    public async Task RunAsync(ModuleSchema schema, CancellationToken cancellation)
    {
        var newest = context.Journal.LastRevision(context.Module);
        var removed = context.Journal.Retention?.RemovedUpTo(context.Module) ?? Revision.None;
        var snapshots = context.Journal.Snapshots?.List(context.Module) ?? [];
        NoteTypes(snapshots, removed, newest);
        foreach (var revision in snapshots)
        {
            await SealSnapshotAsync(revision, schema, cancellation);
        }

        foreach (var commit in context.Journal.Read(context.Module, removed, newest))
        {
            if (commit.Changes.Any(change => IsPlainSecret(change, schema)))
            {
                await PrepareAsync(cancellation);
                await history.ReplaceAsync(context.Module, commit with { Changes = [.. commit.Changes.Select(change => IsPlainSecret(change, schema) ? Seal((ModuleChange.OptionSet)change) : change)] }, cancellation);
            }
        }

        await history.FinishAsync(context.Module, schema.Version, cancellation);
    }

    private async Task SealSnapshotAsync(Revision revision, ModuleSchema schema, CancellationToken cancellation)
    {
        var state = new Overlay(context.Journal.Snapshots!.Read(context.Module, revision));
        var plain = state.Sections()
            .SelectMany(section => state.Options(section.Id).Select(option => new ModuleChange.OptionSet(section.Id, option.Name, option.Value)))
            .Where(set => IsPlainSecret(set, schema)).ToList();
        if (plain.Count > 0)
        {
            await PrepareAsync(cancellation);
            plain.ForEach(set => state.Apply(Seal(set)));
            await history.ReplaceAsync(context.Module, state, cancellation);
        }
    }

    // Snapshots have the sections whose commits are no longer kept.
    private void NoteTypes(IReadOnlyList<Revision> snapshots, Revision removed, Revision newest)
    {
        foreach (var section in snapshots.SelectMany(revision => context.Journal.Snapshots!.Read(context.Module, revision).Sections()))
        {
            Note(section.Id, section.Type);
        }

        foreach (var change in context.Journal.Read(context.Module, removed, newest).SelectMany(commit => commit.Changes))
        {
            if (change is ModuleChange.SectionAdded added)
            {
                Note(added.Section, added.Type);
            }
            else if (change is ModuleChange.SectionRetyped retyped)
            {
                Note(retyped.Section, retyped.Type);
            }
        }
    }

    private void Note(SectionId section, string type) => (_types.TryGetValue(section, out var types) ? types : _types[section] = []).Add(type);

    private bool IsPlainSecret(ModuleChange change, ModuleSchema schema) =>
        change is ModuleChange.OptionSet { Value.Count: > 0 } set && !SealedText.IsSealed(set.Value)
        && _types.TryGetValue(set.Section, out var types) && types.Any(type => schema.FindField(type, set.Option) is { IsSecret: true });

    private ModuleChange.OptionSet Seal(ModuleChange.OptionSet set) => set with { Value = context.Keys.Seal(set.Section, set.Option, set.Value) };

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        if (context.Keys.Prepare() is { } refusal)
        {
            throw new RefusedException(refusal);
        }

        await context.Keys.SaveAsync(cancellation);
    }
}
