namespace Cms.Actors.Modules;

/// <summary>A command on its way, and where its reply goes.</summary>
internal sealed class ModuleRequest(ModuleCommand? command)
{
    private readonly TaskCompletionSource<ModuleReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is asked; null asks only to look at the text file.</summary>
    public ModuleCommand? Command { get; } = command;

    public Task<ModuleReply> Reply => _reply.Task;

    public void Answer(ModuleReply reply) => _reply.TrySetResult(reply);
}
