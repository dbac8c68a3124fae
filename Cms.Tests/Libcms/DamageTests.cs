using System.Globalization;
using Cms.Formats.Segments;
using Cms.Tests.Segments;
using Xunit;

namespace Cms.Tests.Libcms;

public sealed class DamageTests
{
    private static readonly SegmentOptions Options = new() { MaximumBytes = 256 << 10, InitialEntries = 400, GrowthBytes = 4096, RetainedCommits = 8 };

    [Theory]
    [InlineData(201)]
    [InlineData(202)]
    [InlineData(203)]
    [InlineData(204)]
    public async Task A_damaged_segment_never_crashes_or_hangs_the_reader_in_C(int seed)
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(seed) { Scale = 8 };
        using (var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options))
        {
            for (var commit = 0; commit < 40; commit++)
            {
                var changes = history.NextCommit(6);
                Assert.True(writer.TryReserve(changes, out _));
                writer.Project(history.Model.Revision, changes);
            }

            Assert.True(writer.TryReserve(SampleTable.Changes(), out _));
            writer.Project(history.Model.Revision.Next, SampleTable.Changes());
        }

        var output = await NativeProgram.ExpectAsync(NativeProgram.Sanitized("fuzz"), place.Path, seed.ToString(CultureInfo.InvariantCulture), "500");
        Assert.Contains("the segment contradicts itself", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(402)]
    public async Task No_text_crashes_the_reader_of_JSON(int seed) =>
        Assert.EndsWith("0 failures\n", await NativeProgram.ExpectAsync(NativeProgram.Sanitized("json"), seed.ToString(CultureInfo.InvariantCulture), "200000"), StringComparison.Ordinal);
}
