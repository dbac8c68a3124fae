using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Cms.Benchmarks;

/// <summary>The least that the same web server does for a request: one route whose answer is ready. A process of its own.</summary>
internal static class BareServer
{
    /// <summary>Serves until the input ends.</summary>
    /// <param name="socket">The path of its Unix socket.</param>
    /// <param name="length">The bytes of its answer.</param>
    /// <param name="input">Whose end ends it.</param>
    /// <param name="output">Gets a line once it serves.</param>
    public static async Task RunAsync(string socket, string length, TextReader input, TextWriter output)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.ListenUnixSocket(socket));
        await using var app = builder.Build();
        var answer = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
        answer.AsSpan().Fill((byte)' ');
        app.MapGet(RequestMeasure.Path, async (HttpContext context) =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = answer.Length;
            await context.Response.Body.WriteAsync(answer, context.RequestAborted);
        });
        await app.StartAsync();
        await output.WriteLineAsync("ready");
        await output.FlushAsync();
        await input.ReadToEndAsync();
        await app.StopAsync();
    }
}
