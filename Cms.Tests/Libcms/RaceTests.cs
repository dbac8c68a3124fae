using Cms.Formats.Segments;
using Cms.Tests.Segments;
using Xunit;

namespace Cms.Tests.Libcms;

public sealed class RaceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_commit_is_seen_torn_while_a_writer_goes_at_full_speed(bool isSanitized)
    {
        using var place = new SegmentPlace();
        SegmentWriter.Create(place.Path, StampedWorkload.Journal, StampedWorkload.Options).Dispose();
        var race = isSanitized ? NativeProgram.Sanitized("race") : NativeProgram.Fast("race");
        using var writer = await WorkerProcess.StartAsync("write-segment", place.Path, "78");
        await NativeProgram.ExpectAsync(race, place.Path, "2000");
        await writer.KillAsync();
    }
}
