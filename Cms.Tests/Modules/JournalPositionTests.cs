using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Modules;

public sealed class JournalPositionTests
{
    [Fact]
    public void A_position_is_read_as_it_is_written()
    {
        var position = new JournalPosition(new Guid(1, 2, 3, new byte[8]), new Dictionary<string, Revision> { ["b,=/"] = new(7), ["a"] = new(0) });
        var again = JournalPosition.Parse(position.ToString());
        Assert.Equal(position.Journal, again.Journal);
        Assert.Equal(position.Revisions.OrderBy(pair => pair.Key), again.Revisions.OrderBy(pair => pair.Key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("x/a=1")]
    [InlineData("00000000000000000000000000000000/a")]
    [InlineData("00000000000000000000000000000000/a=-1")]
    [InlineData("00000000000000000000000000000000/=1")]
    public void What_is_no_position_is_refused(string text) =>
        Assert.Equal(ErrorCode.InvalidArgument, Assert.Throws<RefusedException>(() => JournalPosition.Parse(text)).Refusal.Code);
}
