using System.Text.Json;
using Xunit;

namespace Cms.Tests.Http;

/// <summary>The check that answers are held to finds what is wrong.</summary>
public sealed class JsonSchemaCheckTests
{
    private const string Document = """
        {"s":{"type":"object","properties":{"n":{"type":"integer","minimum":1},"o":{"anyOf":[{"$ref":"#/t"},{"type":"null"}]},"m":{"type":"object","additionalProperties":{"type":"string"}}},
        "required":["n"],"additionalProperties":false},"t":{"type":"array","items":{"enum":["a","b"]}}}
        """;

    [Theory]
    [InlineData("{\"n\":1}", null)]
    [InlineData("{\"n\":1,\"o\":null,\"m\":{\"x\":\"y\"}}", null)]
    [InlineData("{\"n\":2,\"o\":[\"a\",\"b\"]}", null)]
    [InlineData("{}", "lacks 'n'")]
    [InlineData("{\"n\":0}", "below 1")]
    [InlineData("{\"n\":1.5}", "is no integer")]
    [InlineData("{\"n\":1,\"other\":1}", "nothing is allowed")]
    [InlineData("{\"n\":1,\"o\":[\"c\"]}", "none of")]
    [InlineData("{\"n\":1,\"m\":{\"x\":1}}", "$.m.x")]
    [InlineData("[]", "is no object")]
    public void What_is_wrong_is_found_and_nothing_else(string json, string? wrong)
    {
        using var document = JsonDocument.Parse(Document);
        using var value = JsonDocument.Parse(json);
        var found = new JsonSchemaCheck(document.RootElement).Find(value.RootElement, document.RootElement.GetProperty("s"));
        if (wrong is null)
        {
            Assert.Null(found);
        }
        else
        {
            Assert.Contains(wrong, found, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_keyword_that_it_does_not_know_is_not_passed_over()
    {
        using var schema = JsonDocument.Parse("{\"maxLength\":1}");
        using var value = JsonDocument.Parse("1");
        Assert.Throws<InvalidOperationException>(() => new JsonSchemaCheck(schema.RootElement).Find(value.RootElement, schema.RootElement));
    }
}
