using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Actors.Modules;

/// <summary>What waits in a module's mailbox.</summary>
internal abstract class ModuleRequest
{
    /// <summary>Whether the text file is looked at first.</summary>
    public virtual bool LooksAtFile => false;

    /// <summary>Answers that the module cannot tell; nothing happens when it was answered already.</summary>
    /// <param name="revision">The module's last known revision.</param>
    /// <param name="refusal">Why.</param>
    public abstract void Refuse(Revision revision, Refusal refusal);
}

/// <summary>Asks only to look at the text file.</summary>
internal sealed class FileRequest : ModuleRequest
{
    public override bool LooksAtFile => true;

    public override void Refuse(Revision revision, Refusal refusal)
    {
        // Nobody waits for it, and the file is looked at again when the module starts.
    }
}

/// <summary>Asks only to give the segment to who may read it now, and to take it from who may not; every request does that first.</summary>
internal sealed class ShareRequest : ModuleRequest
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    public void Complete() => _done.TrySetResult();

    // A module that starts again opens its segment by the newest rules.
    public override void Refuse(Revision revision, Refusal refusal) => Complete();
}

/// <summary>A command on its way, and where its reply goes.</summary>
internal sealed class CommandRequest(ModuleCommand command) : ModuleRequest
{
    private readonly TaskCompletionSource<ModuleReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ModuleCommand Command { get; } = command;

    public Task<ModuleReply> Reply => _reply.Task;

    public override bool LooksAtFile => Command.WaitForFile;

    public void Answer(ModuleReply reply)
    {
        if (reply.Refusal is not null)
        {
            Command.Place?.Break();
        }

        _reply.TrySetResult(reply);
    }

    public override void Refuse(Revision revision, Refusal refusal) => Answer(new ModuleReply(revision, 0, refusal));
}

/// <summary>Asks for a lock on the module, or gives it back.</summary>
/// <param name="owner">The id of the transaction.</param>
/// <param name="lease">For how long, from now; null gives the lock back.</param>
internal sealed class LockRequest(string owner, TimeSpan? lease) : ModuleRequest
{
    private readonly TaskCompletionSource<ModuleReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Owner { get; } = owner;

    public TimeSpan? Lease { get; } = lease;

    /// <summary>The revision at which the module is locked, or why it is not.</summary>
    public Task<ModuleReply> Reply => _reply.Task;

    public void Answer(ModuleReply reply) => _reply.TrySetResult(reply);

    public override void Refuse(Revision revision, Refusal refusal) => Answer(new ModuleReply(revision, 0, refusal));
}
