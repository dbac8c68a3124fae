using System.Text;
using Cms.Formats.Mapping;
using Cms.Formats.Modules;
using Cms.Formats.Secrets;
using Xunit;

namespace Cms.Tests.Secrets;

public sealed class DataKeyTests
{
    private static readonly SecretPlace Place = new(new ModuleName("wireless"), new SectionId(7), "key");

    public static TheoryData<string, string> Values => new()
    {
        { "", "empty" },
        { "correct horse battery staple", "text" },
        { "42", "int" },
        { "0.5", "float" },
        { "1", "bool" },
        { "\u0000\n'\"é", "bytes" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void What_is_sealed_unseals_in_its_place(string text, string kind)
    {
        using var key = DataKey.Create();
        var value = ConfigValue.FromText(text);
        value = kind switch
        {
            "int" => value.ReadAs(ElementType.Int)!,
            "float" => value.ReadAs(ElementType.Float)!,
            "bool" => value.ReadAs(ElementType.Bool)!,
            _ => value,
        };
        var hidden = key.Seal(Place, value);
        Assert.True(SealedText.IsSealed(hidden));
        Assert.Equal(value, key.TryUnseal(Place, hidden.Encoding.Span, isElement: false));
        Assert.NotEqual(hidden, key.Seal(Place, value));
    }

    [Fact]
    public void Each_element_of_a_list_is_sealed_by_itself()
    {
        using var key = DataKey.Create();
        var hidden = key.Seal(Place, ConfigValue.FromTexts(["one", "two"]));
        Assert.Equal(2, hidden.Count);
        Assert.Equal("two", key.TryUnseal(Place, hidden.GetBytes(1).Span, isElement: true)!.GetText());
        Assert.Null(key.TryUnseal(Place, hidden.GetBytes(1).Span, isElement: false));
    }

    [Fact]
    public void Every_other_place_is_refused()
    {
        using var key = DataKey.Create();
        var text = key.Seal(Place, ConfigValue.FromText("secret")).Encoding.Span;
        Assert.Null(key.TryUnseal(Place with { Option = "key2" }, text, isElement: false));
        Assert.Null(key.TryUnseal(Place with { Section = new SectionId(8) }, text, isElement: false));
        Assert.Null(key.TryUnseal(Place with { Module = new ModuleName("network") }, text, isElement: false));
        Assert.Null(key.TryUnseal(Place with { Module = new ModuleName("other", "wireless") }, text, isElement: false));
        Assert.Null(key.TryUnseal(Place, text, isElement: true));
    }

    [Fact]
    public void Another_key_of_the_same_id_is_refused()
    {
        using var key = DataKey.Create();
        using var other = new DataKey(key.Id, new KeyMemory(DataKey.SizeBytes));
        Assert.Null(other.TryUnseal(Place, key.Seal(Place, ConfigValue.FromText("secret")).Encoding.Span, isElement: false));
    }

    [Fact]
    public void Every_changed_byte_is_refused()
    {
        using var key = DataKey.Create();
        var text = key.Seal(Place, ConfigValue.FromText("correct horse")).Encoding.ToArray();
        for (var index = 0; index < text.Length; index++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                text[index] ^= (byte)(1 << bit);
                Assert.Null(key.TryUnseal(Place, text, isElement: false));
                text[index] ^= (byte)(1 << bit);
            }
        }

        Assert.NotNull(key.TryUnseal(Place, text, isElement: false));
    }

    [Fact]
    public void Every_shorter_and_longer_text_is_refused()
    {
        using var key = DataKey.Create();
        var text = key.Seal(Place, ConfigValue.FromText("correct horse")).Encoding.ToArray();
        for (var length = 0; length < text.Length; length++)
        {
            Assert.Null(key.TryUnseal(Place, text.AsSpan(0, length), isElement: false));
        }

        foreach (var behind in new[] { "=", "A", "AAAA", " ", "\n" })
        {
            Assert.Null(key.TryUnseal(Place, [.. text, .. Encoding.ASCII.GetBytes(behind)], isElement: false));
        }
    }

    // docs/formats/secrets.md has these bytes.
    [Fact]
    public void The_test_vector_of_the_format_holds()
    {
        using var key = new DataKey("0011223344556677", new KeyMemory(DataKey.SizeBytes));
        key.Write([.. Enumerable.Range(0, DataKey.SizeBytes).Select(index => (byte)index)]);
        var nonce = Enumerable.Range(0xa0, 12).Select(value => (byte)value).ToArray();
        var text = Encoding.ASCII.GetString(key.Seal(Place, ElementType.String, isElement: false, "correct horse"u8, nonce));
        Assert.Equal("cms-sealed:1:0011223344556677:oKGio6Slpqeoqaqr5nsTXzeuYctCDeihdB/ixYePSepwrXkPlEgjIft/", text);
        Assert.Equal("correct horse", key.TryUnseal(Place, Encoding.ASCII.GetBytes(text), isElement: false)!.GetText());
    }
}
