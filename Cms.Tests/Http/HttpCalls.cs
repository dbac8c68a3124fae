using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Cms.Tests.Http;

/// <summary>Requests as a program without our client makes them, and what came of them.</summary>
internal static class HttpCalls
{
    /// <summary>Sends a request.</summary>
    /// <param name="http">Its addresses are relative to the API.</param>
    /// <param name="method">Such as GET.</param>
    /// <param name="address">Below the API.</param>
    /// <param name="body">A JSON, or null for none.</param>
    /// <param name="headers">Name and value of each.</param>
    public static async Task<Heard> CallAsync(this HttpClient http, string method, string address, string? body = null, params IReadOnlyList<(string Name, string Value)> headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(address, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type")
            {
                request.Content!.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var all = response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new Heard(response.StatusCode, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), all);
    }

    /// <summary>Makes a module of a text.</summary>
    public static async Task ImportAsync(this HttpClient http, string module, string text) =>
        Assert.Equal(HttpStatusCode.OK, (await http.CallAsync("PUT", $"modules/{module}", text, ("Content-Type", "application/x-uci"))).Status);

    /// <summary>What came of a request.</summary>
    internal sealed record Heard(HttpStatusCode Status, byte[] Body, IReadOnlyDictionary<string, string> Headers)
    {
        public string Text => Encoding.UTF8.GetString(Body);

        public JsonNode Json => JsonNode.Parse(Body)!;

        public string Tag => Headers["ETag"];

        public string Code => Json["code"]!.GetValue<string>();
    }
}
