using System.Text;
using Cms.Cli.Output;
using Xunit;

namespace Cms.Tests.Client;

public sealed class ProgressStreamTests
{
    [Fact]
    public async Task Lines_are_told_after_a_second_and_five_times_a_second_at_the_most()
    {
        var clock = new SteppedClock();
        var shown = new List<string>();
        await using var text = new MemoryStream(Encoding.UTF8.GetBytes("a\nb\nc\nd\ne\nf\n"));
        await using var progress = new ProgressStream(text, shown.Add, clock);
        foreach (var milliseconds in new[] { 0, 900, 1000, 1100, 1200 })
        {
            clock.Milliseconds = milliseconds;
            Assert.Equal(2, await progress.ReadAsync(new byte[2], TestContext.Current.CancellationToken));
        }

        progress.Clear();
        Assert.Equal(["2 lines sent, 2 a second", "4 lines sent, 3 a second", ""], shown);
    }

    [Fact]
    public async Task What_is_quick_shows_nothing()
    {
        var shown = new List<string>();
        await using var text = new MemoryStream(Encoding.UTF8.GetBytes("a\n"));
        await using var progress = new ProgressStream(text, shown.Add, new SteppedClock());
        using var copy = new MemoryStream();
        await progress.CopyToAsync(copy, TestContext.Current.CancellationToken);
        progress.Clear();
        Assert.Empty(shown);
        Assert.Equal("a\n", Encoding.UTF8.GetString(copy.ToArray()));
    }

    private sealed class SteppedClock : TimeProvider
    {
        public long Milliseconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Milliseconds;
    }
}
