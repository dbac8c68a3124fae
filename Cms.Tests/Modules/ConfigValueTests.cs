using Cms.Formats.Modules;
using Cms.Tests.Segments;
using Xunit;

namespace Cms.Tests.Modules;

public class ConfigValueTests
{
    [Fact]
    public void Every_value_comes_back_from_its_encoding()
    {
        var history = new RandomHistory(1);
        for (var count = 0; count < 2000; count++)
        {
            var value = history.NextValue();
            Assert.True(ConfigValue.TryDecode(value.ElementType, value.IsList, value.Encoding.ToArray(), out var again));
            Assert.Equal(value, again);
            Assert.Equal(value.GetHashCode(), again!.GetHashCode());
            Assert.Equal(value.Elements().Select(element => Convert.ToHexString(element.Span)), again.Elements().Select(element => Convert.ToHexString(element.Span)));
        }
    }

    [Fact]
    public void Bytes_that_are_accepted_can_be_read_and_others_do_no_harm()
    {
        var random = new Random(2);
        var accepted = 0;
        for (var round = 0; round < 100_000; round++)
        {
            var bytes = new byte[random.Next(28)];
            random.NextBytes(bytes);
            for (var word = 0; word + 4 <= bytes.Length && random.Next(5) != 0; word += 4)
            {
                BitConverter.TryWriteBytes(bytes.AsSpan(word), random.Next(8) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(-1, 9));
            }

            if (ConfigValue.TryDecode((ElementType)random.Next(6), random.Next(2) == 0, bytes, out var value))
            {
                accepted++;
                Assert.Equal(value!.Count, value.Elements().Count());
                _ = value.ToString() + value.GetHashCode();
                Assert.Throws<ArgumentOutOfRangeException>(() => value.GetBytes(value.Count));
                Assert.Throws<ArgumentOutOfRangeException>(() => value.GetText(-1));
            }
        }

        Assert.True(accepted > 1000);
    }
}
