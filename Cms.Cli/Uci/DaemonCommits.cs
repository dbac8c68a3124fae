using Cms.Client;
using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Cli.Uci;

/// <summary>Hands the personality's commits to the daemon over its Unix socket.</summary>
internal sealed class DaemonCommits : IDaemonCommits
{
    // A daemon that is stopping may own the directory for a moment after it stopped listening.
    private static readonly TimeSpan PauseBeforeNextAttempt = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    public DaemonReply Commit(string socketPath, string package, ReadOnlyMemory<byte> deltaText, string requestId) =>
        Ask(socketPath, client => client.ApplyDeltaAsync(package, deltaText, requestId, CancellationToken.None));

    /// <inheritdoc/>
    public DaemonReply Import(string socketPath, string package, ReadOnlyMemory<byte> fileText, string requestId)
    {
        var options = new ImportOptions { WaitForFile = true, Message = "uci import", RequestId = requestId };
        return Ask(socketPath, client => client.ImportAsync(package, fileText, options, CancellationToken.None));
    }

    /// <summary>What a reply means: programs read the text file behind the personality, so a commit that is not in it is not done.</summary>
    internal static DaemonReply Interpret(CommitReply reply) =>
        reply.Warning is null ? new DaemonReply.Committed() : new DaemonReply.NotInFile();

    private static DaemonReply Ask(string socketPath, Func<CmsClient, Task<CommitReply>> ask)
    {
        // A console program has no context that the wait could block.
#pragma warning disable VSTHRD002
        return AskAsync(socketPath, ask).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    private static async Task<DaemonReply> AskAsync(string socketPath, Func<CmsClient, Task<CommitReply>> ask)
    {
        using var client = new CmsClient(socketPath);
        try
        {
            return Interpret(await ask(client));
        }
        catch (RefusedException refused) when (refused.Refusal.Code is ErrorCode.Unavailable or ErrorCode.UnknownOutcome)
        {
            await Task.Delay(PauseBeforeNextAttempt);
            return new DaemonReply.Unreachable();
        }
        catch (RefusedException refused)
        {
            return new DaemonReply.Refused(refused.Refusal.Message);
        }
    }
}
