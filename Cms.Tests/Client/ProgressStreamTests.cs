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
        using var line = new ProgressLine(shown.Add, clock);
        await using var progress = new ProgressStream(text, line, "lines");
        foreach (var milliseconds in new[] { 0, 900, 1000, 1100, 1200 })
        {
            clock.Milliseconds = milliseconds;
            Assert.Equal(2, await progress.ReadAsync(new byte[2], TestContext.Current.CancellationToken));
        }

        line.Clear();
        Assert.Equal(["[########................] 33 %  2 lines done, 2 a second, 3 s left", "[################........] 67 %  4 lines done, 3 a second, 1 s left", ""], shown);
    }

    [Fact]
    public async Task What_is_quick_shows_nothing()
    {
        var shown = new List<string>();
        await using var text = new MemoryStream(Encoding.UTF8.GetBytes("a\n"));
        using var line = new ProgressLine(shown.Add, new SteppedClock());
        await using var progress = new ProgressStream(text, line, "lines");
        using var copy = new MemoryStream();
        await progress.CopyToAsync(copy, TestContext.Current.CancellationToken);
        line.Clear();
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
