using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Xunit;

namespace Cms.Tests.Edits;

public class ListEditsTests
{
    private static readonly ConfigValue Ints = ListEdits.Append(ListEdits.Append(null, ConfigValue.FromInt(1)), ConfigValue.FromInt(2));
    private static readonly ConfigValue Bools = ListEdits.Append(ConfigValue.FromBool(true), ConfigValue.FromBool(false));
    private static readonly ConfigValue Floats = ListEdits.Append(ConfigValue.FromFloat(0.5), ConfigValue.FromFloat(2));

    public static TheoryData<ConfigValue, ConfigValue, ElementType, string> Appended => new()
    {
        { Ints, ConfigValue.FromInt(3), ElementType.Int, "1 2 3" },
        { Ints, ConfigValue.FromText("3"), ElementType.Int, "1 2 3" },
        { Ints, Ints, ElementType.Int, "1 2 1 2" },
        { Ints, ConfigValue.FromTexts(["-3", "4"]), ElementType.Int, "1 2 -3 4" },
        { Ints, ConfigValue.FromText("+3"), ElementType.String, "1 2 +3" },
        { Ints, ConfigValue.FromText("03"), ElementType.String, "1 2 03" },
        { Ints, ConfigValue.FromText("three"), ElementType.String, "1 2 three" },
        { Ints, ConfigValue.FromTexts(["3", "four"]), ElementType.String, "1 2 3 four" },
        { Ints, ConfigValue.FromText("9223372036854775808"), ElementType.String, "1 2 9223372036854775808" },
        { Ints, ConfigValue.FromTexts([]), ElementType.Int, "1 2" },
        { Bools, ConfigValue.FromText("1"), ElementType.Bool, "1 0 1" },
        { Bools, ConfigValue.FromText("on"), ElementType.String, "1 0 on" },
        { Floats, ConfigValue.FromText("1.5"), ElementType.Float, "0.5 2 1.5" },
        { Floats, ConfigValue.FromText("1.50"), ElementType.String, "0.5 2 1.50" },
        { Floats, ConfigValue.FromText("NaN"), ElementType.Float, "0.5 2 NaN" },
        { ConfigValue.FromText("a"), ConfigValue.FromInt(1), ElementType.String, "a 1" },
        { ConfigValue.FromTexts([]), ConfigValue.FromInt(1), ElementType.Int, "1" },
    };

    [Theory]
    [MemberData(nameof(Appended), DisableDiscoveryEnumeration = true)]
    public void A_list_keeps_its_type_while_what_comes_is_written_like_it(ConfigValue present, ConfigValue added, ElementType type, string text)
    {
        var list = ListEdits.Append(present, added);
        Assert.Equal((type, true, text), (list.ElementType, list.IsList, list.ToString()));
        Assert.True(ConfigValue.TryDecode(list.ElementType, list.IsList, list.Encoding, out _));
    }

    [Fact]
    public void Elements_of_a_typed_list_are_replaced_and_removed()
    {
        Assert.Equal((ElementType.Int, "1 7"), Describe(ListEdits.Replace(Ints, 1, ConfigValue.FromText("7"))));
        Assert.Equal((ElementType.String, "x 2"), Describe(ListEdits.Replace(Ints, 0, ConfigValue.FromText("x"))));
        Assert.Equal((ElementType.Int, "2"), Describe(ListEdits.RemoveAt(Ints, 0)));
        Assert.Equal((ElementType.Int, ""), Describe(ListEdits.RemoveAt(ListEdits.RemoveAt(Ints, 0), 0)));
        Assert.Equal((ElementType.Int, "1"), Describe(ListEdits.RemoveEqual(Ints, ConfigValue.FromText("2"))!));
        Assert.Equal((ElementType.Bool, "0"), Describe(ListEdits.RemoveEqual(Bools, ConfigValue.FromInt(1))!));
        Assert.Null(ListEdits.RemoveEqual(Ints, ConfigValue.FromText("02")));
    }

    private static (ElementType Type, string Text) Describe(ConfigValue list) => (list.ElementType, list.ToString());
}
