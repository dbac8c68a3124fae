using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Http;

/// <summary>Every operation of the document, asked legally and otherwise, answers as the document says: status, media type and shape.</summary>
public sealed class ContractTests
{
    private const int LegalRequests = 5;
    private const int MutatedRequests = 10;

    // What these need is not there, or not in their paths.
    private static readonly string[] Unfit = ["/modules/{module}/schema", "/search"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_operation_answers_as_the_document_says(int seed)
    {
        await using var node = new NodeProcess();
        using var http = NodeHttp.Client(node);
        var names = await PrepareAsync(node, http);
        var wrong = await FindAllAsync(http, await http.GetStringAsync(new Uri("openapi.json", UriKind.Relative), Token), names, seed);
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(40)));
        Assert.True(node.IsAlive);
    }

    [Theory]
    [InlineData("\"404\"", "\"499\"", "status 404 is not in the document")]
    [InlineData("\"revision\":{\"type\":\"integer\"}", "\"revision\":{\"type\":\"string\"}", "is no string")]
    [InlineData("application/problem", "application/other", "is not in the document")]
    public async Task A_document_that_says_something_else_is_found(string said, string other, string part)
    {
        await using var node = new NodeProcess();
        using var http = NodeHttp.Client(node);
        var names = await PrepareAsync(node, http);
        var document = await http.GetStringAsync(new Uri("openapi.json", UriKind.Relative), Token);
        Assert.Contains(said, document, StringComparison.Ordinal);
        Assert.Contains(await FindAllAsync(http, document.Replace(said, other, StringComparison.Ordinal), names, seed: 1), wrong => wrong.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Everything_that_can_be_read_is_there_to_be_read()
    {
        await using var node = new NodeProcess();
        using var http = NodeHttp.Client(node);
        var names = await PrepareAsync(node, http);
        using var document = JsonDocument.Parse(await http.GetByteArrayAsync(new Uri("openapi.json", UriKind.Relative), Token));
        var asked = 0;
        foreach (var (_, path, operation) in OperationsOf(document.RootElement).Where(each => each.Method == "get" && !IsStream(each.Operation) && !Unfit.Contains(each.Path)))
        {
            if (path.Split('/').Any(part => part.StartsWith('{') && !names.ContainsKey(part.Trim('{', '}'))))
            {
                continue;
            }

            var address = names.Aggregate(path[1..], (filled, name) => filled.Replace($"{{{name.Key}}}", Uri.EscapeDataString(name.Value), StringComparison.Ordinal));
            var whole = await http.CallAsync("GET", address);
            var head = await http.CallAsync("HEAD", address);
            Assert.Equal((path, HttpStatusCode.OK, HttpStatusCode.OK, 0), (path, whole.Status, head.Status, head.Body.Length));
            asked++;
        }

        Assert.True(asked > 30, $"{asked}");
    }

    private static async Task<List<string>> FindAllAsync(HttpClient http, string text, IReadOnlyDictionary<string, string> names, int seed)
    {
        using var document = JsonDocument.Parse(text);
        var check = new JsonSchemaCheck(document.RootElement);
        var maker = new RequestMaker(check, new Random(seed), names);
        var wrong = new List<string>();
        foreach (var (method, path, operation) in OperationsOf(document.RootElement))
        {
            for (var round = 0; round < LegalRequests + MutatedRequests; round++)
            {
                using var request = round < LegalRequests ? maker.Make(method, path, operation) : maker.Mutate(method, path, operation);
                if (await FindAsync(http, check, request, operation) is { } found)
                {
                    wrong.Add($"seed {seed}, {request.Method} {request.RequestUri} {await TextOfAsync(request)}: {found}");
                }
            }
        }

        return wrong;
    }

    private static async Task<Dictionary<string, string>> PrepareAsync(NodeProcess node, HttpClient http)
    {
        await File.WriteAllTextAsync(node.FileOf("net"), "config interface 'lan'\n\toption mtu '1500'\n\tlist dns '1.1.1.1'\n", Token);
        await node.StartAsync();
        await http.CallAsync("PUT", "modules/net/tables/hosts", "{\"primaryKey\":\"name\",\"columns\":[{\"name\":\"name\",\"type\":\"string\",\"size\":20}]}");
        await http.CallAsync("POST", "modules/net/tables/hosts/rows", "{\"row\":{\"name\":\"a\"}}");
        await http.CallAsync("PUT", "topics/t", "{}");
        await http.CallAsync("POST", "backups", "{\"name\":\"b\"}");
        var transaction = (await http.CallAsync("POST", "transactions", "{}")).Json["transaction"]!.GetValue<string>();
        return new()
        {
            ["module"] = "net",
            ["section"] = "lan",
            ["option"] = "mtu",
            ["index"] = "0",
            ["table"] = "hosts",
            ["key"] = "a",
            ["transaction"] = transaction,
            ["savepoint"] = "s",
            ["topic"] = "t",
            ["subscription"] = "s",
            ["backup"] = "b",
        };
    }

    private static IEnumerable<(string Method, string Path, JsonElement Operation)> OperationsOf(JsonElement document) =>
        document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => (operation.Name, path.Name, operation.Value)));

    private static bool IsStream(JsonElement operation) => operation.TryGetProperty("x-stream", out _);

    private static async Task<string?> FindAsync(HttpClient http, JsonSchemaCheck check, HttpRequestMessage request, JsonElement operation)
    {
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        var status = (int)response.StatusCode;
        if (!operation.GetProperty("responses").TryGetProperty($"{status}", out var answer))
        {
            return $"status {status} is not in the document: {await response.Content.ReadAsStringAsync(Token)}";
        }

        if (status >= 500 && status is not (503 or 507))
        {
            return $"the daemon failed with {status}: {await response.Content.ReadAsStringAsync(Token)}";
        }

        if (IsStream(operation) && status < 300)
        {
            return null;
        }

        var body = await response.Content.ReadAsByteArrayAsync(Token);
        if (body.Length == 0)
        {
            return answer.TryGetProperty("content", out _) && response.Content.Headers.ContentType is null && status >= 400 ? $"status {status} says nothing" : null;
        }

        var type = response.Content.Headers.ContentType?.MediaType ?? "";
        return !answer.TryGetProperty("content", out var content) || !content.TryGetProperty(type, out var media) ? $"status {status} with '{type}' is not in the document"
            : FindShape(check, body, type, media.GetProperty("schema"));
    }

    private static string? FindShape(JsonSchemaCheck check, byte[] body, string type, JsonElement schema)
    {
        if (!type.EndsWith("json", StringComparison.Ordinal))
        {
            return null;
        }

        var texts = type == "application/x-ndjson" ? Encoding.UTF8.GetString(body).Split('\n', StringSplitOptions.RemoveEmptyEntries) : [Encoding.UTF8.GetString(body)];
        foreach (var text in texts)
        {
            using var json = JsonDocument.Parse(text);
            if (check.Find(json.RootElement, schema) is { } wrong)
            {
                return $"{wrong} in {text[..Math.Min(text.Length, 300)]}";
            }
        }

        return null;
    }

    private static async Task<string> TextOfAsync(HttpRequestMessage request)
    {
        var text = request.Content is null ? "" : await request.Content.ReadAsStringAsync(Token);
        return JsonValue.Create(text[..Math.Min(text.Length, 200)]).ToJsonString();
    }
}
