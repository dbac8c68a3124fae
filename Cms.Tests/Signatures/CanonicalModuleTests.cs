using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Signatures;
using Cms.Formats.Tables;
using Xunit;

namespace Cms.Tests.Signatures;

/// <summary>What of a module is signed, against HMACs that another implementation of <c>docs/formats/signature.md</c> made.</summary>
public sealed class CanonicalModuleTests
{
    private const string OfUci = "9b106fb395e6a20ca02557570d7693947ef768788bac154d919ffccbd07bcd1a";
    private const string OfDocument = "6d81d89fecd8e02b56eea1ed05cbef8bf3096f13ff63fdcc3ee9ad8cb9bb37f1";

    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(number => (byte)number)];

    [Theory]
    [InlineData(false, OfUci)]
    [InlineData(true, OfDocument)]
    public void A_module_has_the_HMAC_that_it_always_had(bool isDocument, string mac) =>
        Assert.Equal(mac, Convert.ToHexStringLower(CanonicalModule.Authenticate(Key, "gates", Content(5, 80), isDocument)));

    [Fact]
    public void Types_and_tables_are_signed_in_a_document_alone()
    {
        Assert.NotEqual(Mac(Content(5, 80), true), Mac(Content(5, 81), true));
        Assert.Equal(Mac(Content(5, 80), false), Mac(Content(5, 81), false));
        Assert.NotEqual(Mac(Content(5, 80), true), Mac(Content("5", 80), true));
        Assert.Equal(Mac(Content(5, 80), false), Mac(Content("5", 80), false));
        Assert.NotEqual(Mac(Content(5, 80), false), Mac(Content(6, 80), false));
        Assert.NotEqual(OfUci, Convert.ToHexStringLower(CanonicalModule.Authenticate(Key, "doors", Content(5, 80), isDocument: false)));
    }

    [Theory]
    [InlineData("1:router:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", true)]
    [InlineData("2:router:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", false)]
    [InlineData("1:../x:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", false)]
    [InlineData("1::AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", false)]
    [InlineData("1:router:AAEC", false)]
    [InlineData("1:router:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIj", false)]
    [InlineData("1:router:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=:", false)]
    [InlineData("", false)]
    public void A_text_is_a_signature_or_none(string text, bool isOne)
    {
        var signature = ModuleSignature.TryParse(text);
        Assert.Equal(isOne ? text : null, signature?.ToString());
        Assert.Equal(isOne, signature?.Is(Key) ?? false);
    }

    [Theory]
    [InlineData("# cms-signature: x\nconfig a\n", "x")]
    [InlineData("\r\n# note\r\n  # cms-signature: x\r\nconfig a\r\n", "x")]
    [InlineData("package a\n# cms-signature: x\n", "x")]
    [InlineData("config a\n# cms-signature: x\n", null)]
    [InlineData("config a\n\toption b 'line\n# cms-signature: x\n'\n", null)]
    [InlineData("# cms-signature:x\n", null)]
    [InlineData("", null)]
    public void A_signature_stands_before_the_first_section(string text, string? signature) =>
        Assert.Equal(signature, ModuleSignature.FindIn(System.Text.Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Each_module_of_a_text_has_its_own()
    {
        const string Text = "package a\n# cms-signature: x\nconfig t\n\toption o 'p\npackage z\n# cms-signature: w'\npackage b\nconfig t\npackage c\n\n# cms-signature: y\n";
        var found = ModuleSignature.FindAll(System.Text.Encoding.UTF8.GetBytes(Text));
        Assert.Equal([("a", "x"), ("c", "y")], found.Select(each => (each.Key, each.Value)).Order());
    }

    private static string Mac(IModuleView content, bool isDocument) => Convert.ToHexStringLower(CanonicalModule.Authenticate(Key, "gates", content, isDocument));

    private static StoredModule Content(int count, int port) => Content(ConfigValue.FromInt(count), port);

    private static StoredModule Content(string count, int port) => Content(ConfigValue.FromText(count), port);

    private static StoredModule Content(ConfigValue count, int port)
    {
        var builder = new ContentBuilder();
        Assert.Null(builder.AddSection("gate", "north"));
        Assert.Null(builder.AddOption("mode", ConfigValue.FromText("open")));
        Assert.Null(builder.AddOption("count", count));
        Assert.Null(builder.AddOption("keepers", ConfigValue.FromTexts(["o'neil"])));
        Assert.Null(builder.AddOption("none", ConfigValue.FromTexts([])));
        Assert.Null(builder.AddTable("hosts", [new TableColumn("name", ElementType.String, 20, ColumnIndex.None), new TableColumn("port", ElementType.Int, 2, ColumnIndex.Repeating)], "name"));
        Assert.Null(builder.AddRow(new Dictionary<string, ConfigValue> { ["name"] = ConfigValue.FromText("a"), ["port"] = ConfigValue.FromInt(port) }));
        return builder.Content;
    }
}
