using System.Reflection;
using Cms.Gateways.Http.Catalogue;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests for the description of the API: the OpenAPI document and a page to browse it, which needs no other host.</summary>
internal sealed class DocumentEndpoints(OperationCatalogue catalogue)
{
    // Everything that the page shows comes from the daemon itself, and no other page may frame it.
    private const string PagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // All operations are known by the first request.
    private readonly Lazy<byte[]> _document = new(() => OpenApiDocument.Write(catalogue, typeof(DocumentEndpoints).Assembly.GetName().Version!.ToString(3)));

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        api.Get("/openapi.json", "This document: every operation as OpenAPI 3.1.", DocumentAsync).AnswersText(MediaTypes.Json, "An OpenAPI 3.1 document.").Compresses();
        api.Get("/docs", "A page to browse the operations.", context => FileAsync(context, "docs.html", "text/html")).AnswersText("text/html", "The page.");
        api.Get("/docs/docs.js", "The script of the page.", context => FileAsync(context, "docs.js", "text/javascript")).AnswersText("text/javascript", "A script.");
        api.Get("/docs/docs.css", "The style of the page.", context => FileAsync(context, "docs.css", "text/css")).AnswersText("text/css", "A style sheet.");
    }

    private Task DocumentAsync(HttpContext context) => WriteAsync(context, MediaTypes.Json, _document.Value);

    private static Task FileAsync(HttpContext context, string name, string mediaType)
    {
        context.Response.Headers.ContentSecurityPolicy = PagePolicy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return WriteAsync(context, mediaType + "; charset=utf-8", FileOf(name));
    }

    private static Task WriteAsync(HttpContext context, string contentType, byte[] content)
    {
        context.Response.ContentType = contentType;
        return context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }

    private static byte[] FileOf(string name)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the assembly lacks the resource {name}");
        using var content = new MemoryStream();
        resource.CopyTo(content);
        return content.ToArray();
    }
}
