using Cms.Formats.Segments.Writing;
using Xunit;

namespace Cms.Tests.Segments;

public sealed class SegmentHuntTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(90)]
    public void No_interleaving_of_reader_and_writer_gives_a_wrong_answer(int tablePercent) =>
        Assert.Null(SegmentHunt.Run(PlantedFault.None, believeMisses: false, tablePercent));

    [Theory]
    [InlineData(nameof(PlantedFault.StampNotRaised))]
    [InlineData(nameof(PlantedFault.VisibleEarly))]
    [InlineData(nameof(PlantedFault.BlockReusedEarly))]
    [InlineData(nameof(PlantedFault.OldestNotRaised))]
    [InlineData(nameof(PlantedFault.ChangeNotCounted))]
    public void A_planted_fault_of_the_writer_is_found(string fault) =>
        Assert.NotNull(SegmentHunt.Run(Enum.Parse<PlantedFault>(fault), believeMisses: false));

    [Fact]
    public void A_reader_that_believes_a_miss_at_once_is_found() =>
        Assert.NotNull(SegmentHunt.Run(PlantedFault.None, believeMisses: true));
}
