// Invariants, under the lock:
// - Every answer is in the list once, oldest first; a request under way is in the table only.
// - The bytes counted are those of the answers in the list.
using System.Security.Cryptography;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http.Resources;

/// <summary>The answers to requests that named themselves with <c>Idempotency-Key</c>, to be given again when they are repeated.</summary>
/// <remarks>
/// Any thread may call. Kept in memory, within bounds of number, bytes and time; what makes a commit also has the key as its request
/// id, which holds beyond that. Only answers to what was carried out are kept: what was refused may be sent again.
/// </remarks>
internal sealed class IdempotentAnswers(TimeProvider clock)
{
    /// <summary>The longest key in characters.</summary>
    public const int LongestKey = 255;

    private const int MostAnswers = 10_000;
    private const long MostBytes = 64 << 20;
    private const int LargestAnswer = 1 << 20;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private readonly Lock _lock = new();
    private readonly Dictionary<Name, Kept> _answers = [];
    private readonly LinkedList<Kept> _byAge = new();
    private long _bytes;
    private long _hits;
    private long _misses;
    private long _evictions;

    /// <summary>How it has done.</summary>
    public CacheUse Use
    {
        get
        {
            lock (_lock)
            {
                return new() { Kept = _byAge.Count, Hits = _hits, Misses = _misses, Evictions = _evictions };
            }
        }
    }

    /// <summary>Carries a request out, or repeats the answer that it had.</summary>
    /// <exception cref="RefusedException">The key is not legal, was another request's, or its request is still under way.</exception>
    public async Task RunAsync(HttpContext context, string key, RequestDelegate handler)
    {
        if (key.Length is 0 or > LongestKey || key.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"the Idempotency-Key is not legal: use 1 to {LongestKey} characters of printable ASCII");
        }

        var body = await Answers.ReadBytesAsync(context);
        var name = new Name(context.Caller().Principal.Name, context.Request.Path + context.Request.QueryString, key);
        if (Begin(name, SHA256.HashData(body.Span)) is { } kept)
        {
            await RepeatAsync(context, kept);
            return;
        }

        Answer? answer = null;
        try
        {
            answer = await CarryOutAsync(context, body, handler);
        }
        finally
        {
            End(name, answer);
        }
    }

    private static async Task RepeatAsync(HttpContext context, Answer answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.Headers["Idempotency-Replayed"] = "true";
        context.Response.ContentType = answer.ContentType;
        context.Response.Headers.Location = answer.Location;
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    // The handler writes into memory, so that what is sent can be kept.
    private static async Task<Answer?> CarryOutAsync(HttpContext context, ReadOnlyMemory<byte> body, RequestDelegate handler)
    {
        var response = context.Response.Body;
        using var given = new MemoryStream(body.ToArray(), writable: false);
        using var written = new MemoryStream();
        (context.Request.Body, context.Response.Body) = (given, written);
        try
        {
            await handler(context);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        finally
        {
            context.Response.Body = response;
        }

        var bytes = written.ToArray();
        if (bytes.Length > 0)
        {
            await response.WriteAsync(bytes, context.RequestAborted);
        }

        return context.Response.StatusCode / 100 == 2 && bytes.Length <= LargestAnswer
            ? new Answer(context.Response.StatusCode, context.Response.ContentType, context.Response.Headers.Location, bytes)
            : null;
    }

    private Answer? Begin(Name name, byte[] body)
    {
        lock (_lock)
        {
            DropOld();
            if (!_answers.TryGetValue(name, out var kept))
            {
                _misses++;
                _answers.Add(name, new Kept(name, body));
                return null;
            }

            if (!kept.RequestHash.AsSpan().SequenceEqual(body))
            {
                throw new RefusedException(ErrorCode.Conflict, $"the Idempotency-Key '{name.Key}' was another request's; make up a new one for each request");
            }

            _hits++;
            return kept.Answer ?? throw new RefusedException(ErrorCode.Busy, $"the first request with the Idempotency-Key '{name.Key}' is still being carried out; ask again soon");
        }
    }

    private void End(Name name, Answer? answer)
    {
        lock (_lock)
        {
            var kept = _answers[name];
            if (answer is null)
            {
                _answers.Remove(name);
                return;
            }

            (kept.Answer, kept.Since) = (answer, clock.GetTimestamp());
            _byAge.AddLast(kept);
            _bytes += answer.Body.Length;
            DropOld();
        }
    }

    private void DropOld()
    {
        while (_byAge.First is { Value: var oldest } && (_byAge.Count > MostAnswers || _bytes > MostBytes || clock.GetElapsedTime(oldest.Since) > Lifetime))
        {
            _byAge.RemoveFirst();
            _answers.Remove(oldest.Name);
            _bytes -= oldest.Answer!.Body.Length;
            _evictions++;
        }
    }

    private sealed record Name(string Principal, string Path, string Key);

    private sealed record Answer(int Status, string? ContentType, string? Location, byte[] Body);

    private sealed class Kept(Name name, byte[] requestHash)
    {
        public Name Name { get; } = name;

        public byte[] RequestHash { get; } = requestHash;

        public Answer? Answer { get; set; }

        public long Since { get; set; }
    }
}
