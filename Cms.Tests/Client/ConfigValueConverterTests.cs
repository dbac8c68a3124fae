using System.Text.Json;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Tests.Segments;
using Xunit;

namespace Cms.Tests.Client;

public class ConfigValueConverterTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(0.1)]
    [InlineData(1e300)]
    [InlineData(double.Epsilon)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_float_comes_back_as_the_same_float(double number) => AssertSame(ConfigValue.FromFloat(number));

    [Fact]
    public void Every_value_comes_back_from_its_json()
    {
        AssertSame(ConfigValue.FromFloat(-0.0));
        AssertSame(ConfigValue.FromInt(long.MinValue));
        AssertSame(ConfigValue.FromInt(long.MaxValue));
        AssertSame(ConfigValue.FromBool(true));
        AssertSame(ConfigValue.FromBytes([0xff, 0, 0xc3]));
        AssertSame(ConfigValue.FromText("\0\"\\\u2028é\U0001F600"));
        AssertSame(ConfigValue.FromElements([new byte[] { 0xff }, "a"u8.ToArray(), default]));
        AssertSame(ListOf(ElementType.Int, ConfigValue.FromInt(1), ConfigValue.FromInt(-2)));
        AssertSame(ListOf(ElementType.Float, ConfigValue.FromFloat(1), ConfigValue.FromFloat(double.NaN)));
        AssertSame(ListOf(ElementType.Bool, ConfigValue.FromBool(false), ConfigValue.FromBool(true)));
        var history = new RandomHistory(1);
        for (var count = 0; count < 500; count++)
        {
            AssertSame(history.NextValue());
        }
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("9223372036854775808")]
    [InlineData("{}")]
    [InlineData("{\"base64\":\"?\"}")]
    [InlineData("{\"base64\":\"AA==\",\"x\":1}")]
    [InlineData("{\"float\":\"1\"}")]
    [InlineData("[[\"a\"]]")]
    [InlineData("[null]")]
    [InlineData("[1,\"a\"]")]
    [InlineData("\"\\ud800\"")]
    public void What_is_no_value_is_refused_as_bad_json(string json) => Assert.Throws<JsonException>(() => Read($"{{\"op\":\"set\",\"value\":{json}}}"));

    private static void AssertSame(ConfigValue value)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new WireOperation { Op = "set", Value = value }, WireJson.Default.WireOperation);
        using var document = JsonDocument.Parse(json);
        Assert.Equal(value, Read(System.Text.Encoding.UTF8.GetString(json)));
    }

    private static ConfigValue? Read(string json) => JsonSerializer.Deserialize(json, WireJson.Default.WireOperation)!.Value;

    private static ConfigValue ListOf(ElementType type, params ConfigValue[] elements)
    {
        Assert.True(ConfigValue.TryDecode(type, true, elements.SelectMany(element => element.Encoding.ToArray()).ToArray(), out var list));
        return list!;
    }
}
