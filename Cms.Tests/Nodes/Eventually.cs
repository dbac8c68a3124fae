using Xunit;

namespace Cms.Tests.Nodes;

/// <summary>Waits for what another process does by itself and tells nobody.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>Waits until something is so; fails the test when it is not within a minute.</summary>
    public static async Task IsSoAsync(Func<Task<bool>> condition)
    {
        using var tick = new PeriodicTimer(Interval);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Longest);
        while (!await condition())
        {
            await tick.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <inheritdoc cref="IsSoAsync(Func{Task{bool}})"/>
    public static Task IsSoAsync(Func<bool> condition) => IsSoAsync(() => Task.FromResult(condition()));
}
