using System.Net;
using System.Text.Json;
using Xunit;

namespace Cms.Tests.Http;

/// <summary>The description of the API, as a real daemon gives it.</summary>
public sealed class OpenApiTests(HttpNode shared) : IClassFixture<HttpNode>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_document_refers_to_nothing_that_it_does_not_have_and_names_every_operation_once()
    {
        using var document = JsonDocument.Parse(await shared.Http.GetByteArrayAsync(Relative("openapi.json"), Token));
        Assert.Equal("3.1.0", document.RootElement.GetProperty("openapi").GetString());
        var schemas = document.RootElement.GetProperty("components").GetProperty("schemas");
        var references = new List<string>();
        CollectReferences(document.RootElement, references);
        Assert.NotEmpty(references);
        Assert.All(references.Distinct(), reference => Assert.True(schemas.TryGetProperty(reference.Split('/')[^1], out _), reference));
        var ids = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject()).Select(operation => operation.Value.GetProperty("operationId").GetString()).ToList();
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public async Task Every_path_says_which_methods_it_has_and_refuses_others()
    {
        using var document = JsonDocument.Parse(await shared.Http.GetByteArrayAsync(Relative("openapi.json"), Token));
        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
        {
            var address = Relative(path.Name[1..].Replace('{', 'x').Replace('}', 'x'));
            using var options = new HttpRequestMessage(HttpMethod.Options, address);
            using var allowed = await shared.Http.SendAsync(options, Token);
            Assert.Equal((path.Name, HttpStatusCode.NoContent), (path.Name, allowed.StatusCode));
            Assert.All(path.Value.EnumerateObject(), operation => Assert.Contains(operation.Name.ToUpperInvariant(), allowed.Content.Headers.Allow));
            using var other = new HttpRequestMessage(HttpMethod.Trace, address);
            using var refused = await shared.Http.SendAsync(other, Token);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, refused.StatusCode);
        }
    }

    [Theory]
    [InlineData("docs", "text/html")]
    [InlineData("docs/docs.js", "text/javascript")]
    [InlineData("docs/docs.css", "text/css")]
    public async Task The_page_comes_whole_from_the_daemon_and_may_load_nothing_else(string address, string type)
    {
        using var response = await shared.Http.GetAsync(Relative(address), Token);
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("default-src 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.DoesNotContain("://", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_members_asked_for_are_answered()
    {
        Assert.Equal("{\"revision\":1,\"sections\":[{\"type\":\"interface\",\"name\":\"lan\"},{\"type\":\"rule\"}]}", await shared.Http.GetStringAsync(Relative("modules/net?fields=revision,sections.name,sections.type"), Token));
        using var refused = await shared.Http.GetAsync(Relative("modules/net?fields=a..b"), Token);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Theory]
    [InlineData("text/html", HttpStatusCode.NotAcceptable, "application/problem+json")]
    [InlineData("application/json;q=0.1, application/x-uci", HttpStatusCode.OK, "application/x-uci")]
    [InlineData("application/x-uci;q=0, */*", HttpStatusCode.OK, "application/json")]
    [InlineData("application/*", HttpStatusCode.OK, "application/json")]
    public async Task The_answer_is_of_the_type_that_is_wanted_most(string accept, HttpStatusCode status, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Relative("modules/net"));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await shared.Http.SendAsync(request, Token);
        Assert.Equal((status, type), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    private static Uri Relative(string address) => new(address, UriKind.Relative);

    private static void CollectReferences(JsonElement element, List<string> references)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject())
            {
                if (member.NameEquals("$ref"))
                {
                    references.Add(member.Value.GetString()!);
                }

                CollectReferences(member.Value, references);
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var each in element.EnumerateArray())
            {
                CollectReferences(each, references);
            }
        }
    }
}
