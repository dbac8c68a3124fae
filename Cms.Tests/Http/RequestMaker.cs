using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cms.Tests.Http;

/// <summary>Makes requests for an operation of the document, legal ones and mutated ones, from a seed.</summary>
/// <param name="check">Follows references.</param>
/// <param name="random">Decides everything.</param>
/// <param name="names">What names in braces in a path stand for.</param>
internal sealed class RequestMaker(JsonSchemaCheck check, Random random, IReadOnlyDictionary<string, string> names)
{
    private const int DeepestBody = 6;

    private static readonly string[] Words =
        ["lan", "mtu", "net", "hosts", "name", "a", "set", "add", "delete", "check", "increment", "rename", "insert_row", "string", "int", "index", "interface", "#1", "@interface[0]", "1500", "", "t", "s", "1.0.0", "drop-oldest", "%", "ü", "a b"];

    private static readonly string[] Strange =
        ["-1", "0", "9223372036854775807", "9223372036854775808", "1e9", "x", "true", "", " ", "'", "\"", "a%2Fb", "%25", "*", "@x[-99999999999]", "#0", "#99999999999999999999", "+new", "cfg010203", "ÿ", new string('n', 300)];

    /// <summary>A request as the document describes it.</summary>
    public HttpRequestMessage Make(string method, string path, JsonElement operation)
    {
        var address = new StringBuilder(path[1..]);
        foreach (var (name, value) in names)
        {
            address.Replace($"{{{name}}}", Uri.EscapeDataString(value));
        }

        var query = ParametersOf(operation, "query").Where(_ => random.Next(3) == 0).Select(parameter => $"{Name(parameter)}={Uri.EscapeDataString(QueryValue(parameter))}").ToList();
        return WithBody(new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), new Uri(Unfilled(address.ToString()) + (query.Count > 0 ? "?" + string.Join('&', query) : ""), UriKind.Relative)), operation);
    }

    /// <summary>A request in which something is not as the document says.</summary>
    public HttpRequestMessage Mutate(string method, string path, JsonElement operation)
    {
        var request = Make(method, path, operation);
        switch (random.Next(7))
        {
            case 0:
                var bytes = new byte[random.Next(200)];
                random.NextBytes(bytes);
                Replace(request, bytes);
                break;
            case 1:
                Replace(request, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("[", 2000))));
                break;
            case 2:
                Replace(request, Mutated(request));
                break;
            case 3:
                request.Headers.TryAddWithoutValidation("Accept", Pick(["text/html", "application/x-uci", "application/x-ndjson;q=0.1", ",;", "*/*;q=0", "application/json"]));
                break;
            case 4:
                request.Headers.TryAddWithoutValidation(Pick(["If-Match", "If-None-Match", "Idempotency-Key"]), Pick(["*", "\"x\"", "W/\"1\"", ",,,", new string('k', 300), "k"]));
                break;
            case 5 when request.Content is not null:
                request.Content.Headers.ContentType = new MediaTypeHeaderValue(Pick(["text/plain", "application/x-uci", "application/x-ndjson", "image/png"]));
                break;
            default:
                request.RequestUri = new Uri(MutatedAddress(path, operation), UriKind.Relative);
                break;
        }

        return request;
    }

    private string MutatedAddress(string path, JsonElement operation)
    {
        var address = path[1..];
        foreach (var name in names.Keys)
        {
            address = address.Replace($"{{{name}}}", Uri.EscapeDataString(random.Next(2) == 0 ? names[name] : Pick(Strange[..^1].Where(each => each.Trim().Length > 0).ToArray())), StringComparison.Ordinal);
        }

        // A long poll and a stream that begin for lack of a mistake end by themselves soon.
        var query = ParametersOf(operation, "query").Where(parameter => Name(parameter) != "wait" || parameter.GetProperty("schema").GetProperty("type").GetString() != "integer")
            .Select(parameter => $"{Name(parameter)}={Uri.EscapeDataString(Pick(Strange))}").ToList();
        return Unfilled(address) + (query.Count > 0 ? "?" + string.Join('&', query.Where(_ => random.Next(2) == 0)) : "");
    }

    private HttpRequestMessage WithBody(HttpRequestMessage request, JsonElement operation)
    {
        if (!operation.TryGetProperty("requestBody", out var body))
        {
            return request;
        }

        var kinds = body.GetProperty("content").EnumerateObject().ToList();
        var kind = kinds[random.Next(kinds.Count)];
        var schema = kind.Value.GetProperty("schema");
        var text = schema.TryGetProperty("description", out _) && !schema.TryGetProperty("type", out _) && !schema.TryGetProperty("$ref", out _)
            ? Pick(["config interface 'lan'\n\toption mtu '1500'\n", "set net.lan.mtu=1\n", "{\"op\":\"set\",\"module\":\"net\",\"section\":\"lan\",\"option\":\"mtu\",\"value\":1}\n", "{\"module\":\"net\"}", ""])
            : Value(schema, 0)?.ToJsonString() ?? "null";
        request.Content = new StringContent(text, new MediaTypeHeaderValue(kind.Name));
        return request;
    }

    private byte[] Mutated(HttpRequestMessage request)
    {
        using var body = new MemoryStream();
        request.Content?.CopyTo(body, null, CancellationToken.None);
        var bytes = body.ToArray();
        if (bytes.Length == 0)
        {
            return "null"u8.ToArray();
        }

        return random.Next(3) switch
        {
            0 => bytes[..random.Next(bytes.Length)],
            1 => [.. bytes.Select(each => random.Next(40) == 0 ? (byte)random.Next(256) : each)],
            _ => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("\":\"", Pick(["\":[\"", "\":1,\"", "\":null,\"", "\":{\""]), StringComparison.Ordinal)),
        };
    }

    private static void Replace(HttpRequestMessage request, byte[] bytes)
    {
        if (request.Content?.Headers.ContentType is { } type)
        {
            request.Content = new ByteArrayContent(bytes);
            request.Content.Headers.ContentType = type;
        }
    }

    private JsonNode? Value(JsonElement schema, int depth)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False || !schema.EnumerateObject().Any())
        {
            return JsonValue.Create(random.Next(10));
        }

        if (schema.TryGetProperty("$ref", out var reference))
        {
            return Value(check.Resolve(reference.GetString()!), depth);
        }

        if (schema.TryGetProperty("anyOf", out var alternatives))
        {
            return Value(alternatives[random.Next(alternatives.GetArrayLength())], depth);
        }

        if (schema.TryGetProperty("enum", out var words))
        {
            return JsonNode.Parse(words[random.Next(words.GetArrayLength())].GetRawText());
        }

        var type = schema.TryGetProperty("type", out var types) ? types : default;
        return (type.ValueKind == JsonValueKind.Array ? type[random.Next(type.GetArrayLength())].GetString() : type.ValueKind == JsonValueKind.String ? type.GetString() : "null") switch
        {
            "object" => Object(schema, depth),
            "array" => depth > DeepestBody ? [] : new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(schema.GetProperty("items"), depth + 1))]),
            "string" => JsonValue.Create(Pick(Words)),
            "boolean" => JsonValue.Create(random.Next(2) == 0),
            "integer" => JsonValue.Create(random.Next(5)),
            "number" => JsonValue.Create(random.Next(2) == 0 ? random.Next(100) : 0.5),
            _ => null,
        };
    }

    // What would be run as a command is left out.
    private JsonObject Object(JsonElement schema, int depth)
    {
        var made = new JsonObject();
        var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()).ToHashSet() : [];
        if (schema.TryGetProperty("properties", out var properties))
        {
            foreach (var member in properties.EnumerateObject().Where(member => member.Name != "probe" && (required.Contains(member.Name) || (depth < DeepestBody && random.Next(3) == 0))))
            {
                made[member.Name] = Value(member.Value, depth + 1);
            }
        }
        else if (schema.TryGetProperty("additionalProperties", out var others) && others.ValueKind == JsonValueKind.Object)
        {
            made[Pick(["mtu", "name", "x"])] = Value(others, depth + 1);
        }

        return made;
    }

    private string QueryValue(JsonElement parameter)
    {
        var schema = parameter.GetProperty("schema");
        return schema.TryGetProperty("enum", out var words) ? words[random.Next(words.GetArrayLength())].GetString()! : schema.GetProperty("type").GetString() switch
        {
            "integer" => $"{(schema.TryGetProperty("minimum", out var least) ? least.GetInt64() : 0) + random.Next(2)}",
            "boolean" => random.Next(2) == 0 ? "true" : "false",
            _ => Pick(Words),
        };
    }

    private static string Unfilled(string address) => address.Replace('{', 'x').Replace('}', 'x');

    private static IEnumerable<JsonElement> ParametersOf(JsonElement operation, string place) =>
        operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == place) : [];

    private static string Name(JsonElement parameter) => parameter.GetProperty("name").GetString()!;

    private string Pick(string[] choices) => choices[random.Next(choices.Length)];
}
