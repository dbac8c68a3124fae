using Cms.Formats.Modules;
using Cms.Storage.Journals;
using Cms.Tests.Segments;
using Xunit;

namespace Cms.Tests.Journals;

public class EventCodecTests
{
    [Fact]
    public void Every_kind_of_change_comes_back()
    {
        var history = new RandomHistory(3) { TablePercent = 50 };
        for (var commit = 0; commit < 300; commit++)
        {
            var changes = history.NextCommit(20);
            Assert.Equal(changes.Select(Comparable), EventCodec.Decode(Parts(changes)).Select(Comparable));
        }
    }

    [Fact]
    public void A_part_is_never_over_its_bound()
    {
        var parts = Parts([new ModuleChange.OptionSet(new(1), "o", ConfigValue.FromBytes(new byte[(3 << 20) + 17]))]);

        Assert.Equal(4, parts.Count);
        Assert.All(parts.Take(3), part => Assert.Equal(JournalLimits.MaxPartBytes, part.Length));
    }

    [Fact]
    public void A_damaged_payload_is_refused_and_nothing_else_happens()
    {
        var random = new Random(7);
        var history = new RandomHistory(5) { Scale = 4, TablePercent = 30 };
        for (var round = 0; round < 4000; round++)
        {
            var bytes = Parts(history.NextCommit(4))[0];
            bytes = random.Next(2) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
            for (var count = bytes.Length == 0 ? 0 : random.Next(4); count > 0; count--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                _ = EventCodec.Decode([bytes]);
            }
            catch (JournalException refused)
            {
                Assert.NotEmpty(refused.Message);
            }
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(300)]
    [InlineData(-1)]
    public void A_value_of_a_type_that_is_not_known_is_refused(int type)
    {
        var message = new Cms.Storage.Journals.Messages.Change { Section = 1, OptionSet = new() { Option = "o", ElementType = type } };
        using var stream = new MemoryStream();
        Google.Protobuf.MessageExtensions.WriteDelimitedTo(message, stream);

        Assert.Throws<JournalException>(() => EventCodec.Decode([stream.ToArray()]));
    }

    // Memory compares by what it refers to.
    private static object Comparable(ModuleChange change) => change is ModuleChange.RowDeleted deleted
        ? (deleted.Table, Convert.ToHexString(deleted.Key.Span))
        : change;

    private static List<byte[]> Parts(IReadOnlyList<ModuleChange> changes) => [.. EventCodec.Encode(changes).Select(part => part.ToArray())];
}
