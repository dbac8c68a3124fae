using System.IO.Compression;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Http.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace Cms.Gateways.Http;

/// <summary>Compresses large answers, with Brotli or gzip, for callers who take that.</summary>
/// <remarks>
/// Only answers that their operation says it of, and never one that shows secrets: the size of a compressed answer tells who sees
/// it pass by whether something that he can put into it is also elsewhere in it (the attack called BREACH).
/// </remarks>
internal static class AnswerCompression
{
    /// <summary>Maps it, behind the guard.</summary>
    public static void Map(WebApplication app)
    {
        var options = new ResponseCompressionOptions { EnableForHttps = true, MimeTypes = [MediaTypes.Json, MediaTypes.Uci, MediaTypes.JsonLines] };
        options.Providers.Add(new BrotliCompressionProvider(Options.Create(new BrotliCompressionProviderOptions { Level = CompressionLevel.Fastest })));
        options.Providers.Add(new GzipCompressionProvider(Options.Create(new GzipCompressionProviderOptions { Level = CompressionLevel.Fastest })));
        var provider = new ResponseCompressionProvider(app.Services, Options.Create(options));
        app.UseWhen(IsCompressed, branch => branch.Use(next => new ResponseCompressionMiddleware(WithTagOf(next), provider).Invoke));
    }

    // What is compressed is known when the first of it is sent.
    private static RequestDelegate WithTagOf(RequestDelegate next) => context =>
    {
        context.Response.OnStarting(
            response =>
            {
                ResourceForm.NameCoding((HttpResponse)response);
                return Task.CompletedTask;
            },
            context.Response);
        return next(context);
    };

    private static bool IsCompressed(HttpContext context) =>
        context.Request.Headers.AcceptEncoding.Count > 0
        && !Revealing.Reveal.IsSet(context)
        && context.GetEndpoint()?.Metadata.GetMetadata<Operation>() is { IsCompressed: true };
}
