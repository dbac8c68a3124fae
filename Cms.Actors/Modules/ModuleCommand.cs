using Cms.Formats.Access;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Storage.Confirmations;
using Cms.Storage.Journals;

namespace Cms.Actors.Modules;

/// <summary>What a module may be asked to decide.</summary>
/// <param name="Origin">Who asks and by which way; kept with the commit.</param>
public abstract record ModuleCommand(CommitOrigin Origin)
{
    /// <summary>What the commit may change: everything for what the node does by itself.</summary>
    public AccessScope Access => Origin.Access;

    /// <summary>Whether the reply waits until the module's text file holds the commit.</summary>
    public bool WaitForFile { get; init; }

    /// <summary>Its place among commands of which none is carried out after one was refused; null when it stands alone.</summary>
    public SequencePlace? Place { get; init; }

    /// <summary>Whether the schema holds and validators are asked; false for what takes back a commit that was not confirmed, which nothing may stop.</summary>
    public bool IsValidated { get; init; } = true;

    /// <summary>What has to confirm the commit; null when nothing has to.</summary>
    public ConfirmationTerms? Confirmation { get; init; }

    /// <summary>Asked when the command is decided: what it answers of the module's state then refuses the command. Pure; null when nothing has to hold.</summary>
    public Func<IModuleView, Refusal?>? Condition { get; init; }

    /// <summary>Does these operations, all or none.</summary>
    public sealed record Edit(CommitOrigin Origin, IReadOnlyList<ModuleOperation> Operations) : ModuleCommand(Origin)
    {
        /// <summary>Whether the larger bound of a bulk holds for the number of operations.</summary>
        public bool IsBulk { get; init; }
    }

    /// <summary>Applies the staged changes of the <c>uci</c> personality.</summary>
    public sealed record ApplyDelta(CommitOrigin Origin, string Package, ReadOnlyMemory<byte> Delta) : ModuleCommand(Origin);

    /// <summary>Makes the module equal to <paramref name="Content"/>; sections that match keep their ids.</summary>
    public sealed record Replace(CommitOrigin Origin, IModuleView Content) : ModuleCommand(Origin);

    /// <summary>Adds everything in <paramref name="Content"/> to the module: sections of equal name are merged, all others added.</summary>
    public sealed record Include(CommitOrigin Origin, IModuleView Content) : ModuleCommand(Origin);

    /// <summary>Makes the module equal to a content that came from outside, or adds the content to it.</summary>
    public sealed record Import(CommitOrigin Origin, ModuleImport Content) : ModuleCommand(Origin);

    /// <summary>Takes back what led from one past state of the module to a later one, where it is still so.</summary>
    /// <param name="Origin">Who asks.</param>
    /// <param name="Before">The state to go back to; held in memory, so that nothing of it can go meanwhile.</param>
    /// <param name="After">The later state, held likewise; null for the module as it is, which is then restored.</param>
    /// <param name="Scope">How much goes back.</param>
    public sealed record Revert(CommitOrigin Origin, IModuleView Before, IModuleView? After, ModuleScope Scope) : ModuleCommand(Origin);

    /// <summary>Makes the module, its tables too, what a backup has.</summary>
    /// <param name="Origin">Who asks.</param>
    /// <param name="Content">The state to go back to; held in memory.</param>
    /// <param name="SharesIds">Whether the sections there have this module's ids; otherwise they are matched.</param>
    public sealed record Restore(CommitOrigin Origin, IModuleView Content, bool SharesIds) : ModuleCommand(Origin);

    /// <summary>Gives the module another version of its schema, and its data what that needs.</summary>
    public sealed record ChangeSchema(CommitOrigin Origin, SchemaChange Change) : ModuleCommand(Origin);

    /// <summary>Has the newest data key seal every secret that another one sealed.</summary>
    public sealed record Reseal : ModuleCommand
    {
        /// <summary>Nobody is asked: nothing is changed that anybody sees.</summary>
        /// <param name="origin">Who asks.</param>
        public Reseal(CommitOrigin origin)
            : base(origin) => IsValidated = false;
    }

    /// <summary>Takes in a text file that was edited by hand.</summary>
    /// <param name="Origin">The file.</param>
    /// <param name="Ground">The state that the edited file was written from.</param>
    /// <param name="Content">What the file says now.</param>
    public sealed record MergeFile(CommitOrigin Origin, IModuleView Ground, IModuleView Content) : ModuleCommand(Origin);
}
