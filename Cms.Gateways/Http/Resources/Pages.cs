using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cms.Formats.Modules;
using Cms.Gateways.Http.Catalogue;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Cms.Gateways.Http.Resources;

/// <summary>Writes answers that are a page of a longer list, as one JSON or a line each, with a link to the next page (RFC 8288).</summary>
internal static class Pages
{
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    /// <summary>Writes a page.</summary>
    /// <param name="context">The request.</param>
    /// <param name="page">Whether there is another one, and of which state.</param>
    /// <param name="items">What is on it.</param>
    /// <param name="itemShape">The shape of a line.</param>
    /// <param name="whole">The page as one JSON.</param>
    /// <param name="shape">The shape of that.</param>
    public static Task WriteAsync<TItem, TWhole>(
        HttpContext context, Page page, IReadOnlyList<TItem> items, JsonTypeInfo<TItem> itemShape, TWhole whole, JsonTypeInfo<TWhole> shape)
    {
        if (context.Response.Headers.Vary.Count == 0)
        {
            context.Response.Headers.Vary = "Accept";
        }

        if (page.IsMore)
        {
            context.Response.Headers.Link = $"<{NextOf(context.Request, page, items.Count)}>; rel=\"next\"";
        }

        return Negotiation.Chosen(context) == MediaTypes.JsonLines ? WriteLinesAsync(context, items, itemShape) : Answers.WriteAsync(context, whole, shape);
    }

    /// <summary>Writes each thing as a line.</summary>
    public static async Task WriteLinesAsync<T>(HttpContext context, IReadOnlyList<T> items, JsonTypeInfo<T> shape)
    {
        context.Response.ContentType = MediaTypes.JsonLines;
        foreach (var item in items)
        {
            var line = JsonSerializer.SerializeToUtf8Bytes(item, shape);
            await context.Response.BodyWriter.WriteAsync(line, context.RequestAborted);
            await context.Response.BodyWriter.WriteAsync(LineEnd, context.RequestAborted);
        }
    }

    // All pages are of one state, where states can be asked for.
    private static string NextOf(HttpRequest request, Page page, int count)
    {
        var query = new QueryBuilder(request.Query.Where(member => member.Key != Standard.Skip.Name).SelectMany(member => member.Value, (member, value) => new KeyValuePair<string, string>(member.Key, value ?? "")))
        {
            { Standard.Skip.Name, (Standard.Skip.Read(request.HttpContext) + count).ToString(CultureInfo.InvariantCulture) },
        };
        if (page.Of is { } revision && !request.Query.ContainsKey(Standard.Revision.Name))
        {
            query.Add(Standard.Revision.Name, revision.Value.ToString(CultureInfo.InvariantCulture));
        }

        return request.Path.ToUriComponent() + query;
    }
}

/// <summary>A page.</summary>
/// <param name="IsMore">Whether there is another one behind it.</param>
/// <param name="Of">The revision that it shows, when the next one can be of the same; else null.</param>
internal readonly record struct Page(bool IsMore, Revision? Of);
