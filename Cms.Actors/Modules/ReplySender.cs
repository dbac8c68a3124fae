namespace Cms.Actors.Modules;

/// <summary>Sends replies when what they wait for has come: the text file, and segments that are no longer readable for whom the rules have left out.</summary>
/// <param name="context">The module and its surroundings.</param>
/// <param name="fileWriter">What writes its text file.</param>
internal sealed class ReplySender(ModuleContext context, FileWriter fileWriter)
{
    private static readonly TimeSpan LongestSharing = TimeSpan.FromSeconds(10);

    /// <summary>Sends a reply, now or later.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="waitsForFile">Whether the caller wants the commit to be in the text file.</param>
    /// <param name="answer">Takes the reply; any thread.</param>
    public void Send(ModuleReply reply, bool waitsForFile, Action<ModuleReply> answer)
    {
        var shared = context.Access.SharedAsync(context.Module);
        if (reply.Refusal is not null || reply.Needs.Count > 0 || (!waitsForFile && shared.IsCompletedSuccessfully))
        {
            answer(reply);
        }
        else
        {
            _ = SendLaterAsync(reply, waitsForFile, shared, answer);
        }
    }

    private async Task SendLaterAsync(ModuleReply reply, bool waitsForFile, Task shared, Action<ModuleReply> answer)
    {
        try
        {
            await shared.WaitAsync(LongestSharing, context.Clock);
            if (waitsForFile)
            {
                await fileWriter.WaitAsync(reply.Revision);
            }

            answer(reply);
        }
        catch (TimeoutException)
        {
            answer(reply with { Warning = $"committed as revision {reply.Revision}, but not every segment is taken yet from who may no longer read it: see cms status" });
        }
        // The commit is durable, so every failure to write the text file is a warning to this caller.
#pragma warning disable CA1031
        catch (Exception failure)
#pragma warning restore CA1031
        {
            answer(reply with { Warning = $"committed as revision {reply.Revision}, but the text file is not written yet: {failure.Message}" });
        }
    }
}
