using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Operations;
using Cms.Gateways.Requests;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>Writes answers and refusals, and reads JSON bodies.</summary>
internal static class Answers
{
    /// <summary>Writes an answer, or the members of it that the query asks for.</summary>
    public static Task WriteAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> shape)
    {
        var fields = context.Request.QueryString.HasValue && IsSelected(context) ? Standard.Fields.Find(context) : null;
        return fields is null
            ? context.Response.WriteAsJsonAsync(answer, shape, cancellationToken: context.RequestAborted)
            : WriteAsync(context, JsonSerializer.SerializeToElement(answer, shape), FieldSelection.Parse(fields));
    }

    /// <summary>Writes an answer of a few hundred bytes at once, with its length, and waits for nothing.</summary>
    public static Task WriteSmallAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> shape)
    {
        if (context.Request.QueryString.HasValue && IsSelected(context) && Standard.Fields.IsGiven(context))
        {
            return WriteAsync(context, answer, shape);
        }

        var bytes = Serialize(answer, shape);
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        context.Response.BodyWriter.Write(bytes);
        return Task.CompletedTask;
    }

    private static ReadOnlySpan<byte> Serialize<T>(T answer, JsonTypeInfo<T> shape)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(1024);
        var writer = _writer ??= new Utf8JsonWriter(buffer);
        buffer.ResetWrittenCount();
        writer.Reset();
        JsonSerializer.Serialize(writer, answer, shape);
        writer.Flush();
        return buffer.WrittenSpan;
    }

    // What a thread writes small answers with; the answer is in the connection's own buffer before the thread goes on.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    private static bool IsSelected(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<Operation>() is { } operation && operation.QueryParameters.Contains(Standard.Fields);

    private static async Task WriteAsync(HttpContext context, JsonElement answer, FieldSelection fields)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        fields.Write(writer, answer);
        await writer.FlushAsync(context.RequestAborted);
    }

    public static Task RefuseAsync(HttpContext context, Refusal refusal) => RefuseAsync(context, ReplyMapper.ToProblem(refusal));

    /// <summary>Refuses with a status that says more than the one that goes with the code.</summary>
    public static Task RefuseAsync(HttpContext context, Refusal refusal, int status) => RefuseAsync(context, ReplyMapper.ToProblem(refusal) with { Status = status });

    public static async Task RefuseAsync(HttpContext context, Problem problem)
    {
        RequestMeter.CountRefusal(problem.Code);
        if (context.Features.Get<AuditTrail>() is { } trail)
        {
            await trail.RefusedAsync(context, problem);
        }

        context.Response.StatusCode = problem.Status;
        await context.Response.WriteAsJsonAsync(problem, WireJson.Default.Problem, "application/problem+json", context.RequestAborted);
    }

    /// <exception cref="RefusedException">The body is no such JSON; the message names the place.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> shape)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, StrictJson.Of(shape), context.RequestAborted)
                ?? throw new RefusedException(ErrorCode.InvalidArgument, "the body is null; send a JSON object");
        }
        catch (JsonException malformed)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"the body is not the JSON expected here: {malformed.Message}");
        }
    }

    /// <summary>The whole body.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadBytesAsync(HttpContext context)
    {
        using var body = new MemoryStream((int)Math.Clamp(context.Request.ContentLength ?? 4096, 0, 1 << 20));
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
