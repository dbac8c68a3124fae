using System.Globalization;
using Cms.Client;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Cms.Tests.Crash;

namespace Cms.Tests.Worker;

/// <summary>Commits to a node without an end, through all its deaths; prints each number once it was acknowledged.</summary>
/// <remarks>A commit whose outcome is not known is sent again with the same request id, as the protocol asks for.</remarks>
internal static class NodeWriting
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public static async Task<int> RunAsync(string runDirectory, string module, string section)
    {
        using var client = new CmsClient(new NodePaths(runDirectory).Socket);
        await Console.Out.WriteLineAsync("begun");
        for (var number = 1; ; number++)
        {
            await CommitAsync(client, module, section, number);
            await Console.Out.WriteLineAsync(number.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static async Task CommitAsync(CmsClient client, string module, string section, int number)
    {
        var request = new CommitRequest
        {
            Operations = CountedSection.Commit(section, number),
            RequestId = string.Create(CultureInfo.InvariantCulture, $"{section}-{number}"),
        };
        using var retry = new PeriodicTimer(Pause);
        while (true)
        {
            try
            {
                await client.CommitAsync(module, request, CancellationToken.None);
                return;
            }
            catch (RefusedException refused) when (refused.Refusal.Code is ErrorCode.Unavailable or ErrorCode.UnknownOutcome)
            {
                // The daemon is dead or dying; how soon it is back is not known here.
                await retry.WaitForNextTickAsync();
            }
        }
    }
}
