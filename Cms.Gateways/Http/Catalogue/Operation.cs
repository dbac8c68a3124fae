using System.Text.Json.Serialization.Metadata;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Resources;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http.Catalogue;

/// <summary>One request of the API: what it is called by, takes and answers, and what carries it out. Routes and document come from it.</summary>
/// <remarks>Described in one statement at start; read by any thread afterwards.</remarks>
/// <param name="method">GET, PUT, PATCH, DELETE or POST. A GET that ends answers HEAD too.</param>
/// <param name="path">Below the root of the API, with parameters in braces that <see cref="PathParameters"/> describes.</param>
/// <param name="summary">What it does, in a sentence.</param>
/// <param name="handler">Carries it out; throws <see cref="RefusedException"/> where it refuses.</param>
internal sealed class Operation(string method, string path, string summary, RequestDelegate handler)
{
    // Whatever is asked may be refused for these.
    private static readonly ErrorCode[] OfEveryRequest =
        [ErrorCode.InvalidArgument, ErrorCode.Denied, ErrorCode.Unauthenticated, ErrorCode.TooManyRequests, ErrorCode.Busy, ErrorCode.Unavailable];

    private static readonly ErrorCode[] OfEveryChange =
    [
        ErrorCode.NotFound, ErrorCode.AlreadyExists, ErrorCode.Conflict, ErrorCode.TooLarge, ErrorCode.SegmentFull, ErrorCode.FileUnreadable, ErrorCode.UnknownOutcome,
        ErrorCode.StorageFull, ErrorCode.Locked, ErrorCode.Vetoed, ErrorCode.SchemaViolated,
    ];

    private readonly List<QueryParameter> _query = [];
    private readonly List<HeaderParameter> _headers = [];
    private readonly List<Shape> _bodies = [];
    private readonly List<Answer> _answers = [];
    private readonly SortedSet<ErrorCode> _refusals = [.. OfEveryRequest];

    /// <summary>GET, PUT, PATCH, DELETE or POST.</summary>
    public string Method { get; } = method;

    /// <summary>Below the root of the API.</summary>
    public string Path { get; } = path;

    /// <summary>What it does.</summary>
    public string Summary { get; } = summary;

    /// <summary>Carries it out.</summary>
    public RequestDelegate Handler { get; } = handler;

    /// <summary>What the query may have.</summary>
    public IReadOnlyList<QueryParameter> QueryParameters => _query;

    /// <summary>The headers that it heeds.</summary>
    public IReadOnlyList<HeaderParameter> HeaderParameters => KeepsAnswers || MakesCommits ? [.. _headers, Standard.IdempotencyKey] : _headers;

    /// <summary>The bodies that it takes, the usual one first; none when it takes no body.</summary>
    public IReadOnlyList<Shape> Bodies => _bodies;

    /// <summary>What it answers when it is not refused, the usual one first.</summary>
    public IReadOnlyList<Answer> AllAnswers => _answers;

    /// <summary>For what it may be refused.</summary>
    public IReadOnlyCollection<ErrorCode> Refusals => _refusals;

    /// <summary>The most bytes of a body; null for the bound of the server.</summary>
    public long? MostBodyBytes { get; private set; }

    /// <summary>Whether it shows and changes only what its caller may, so that it is not for administrators alone.</summary>
    public bool IsFiltered { get; set; }

    /// <summary>Whether the answer goes on until somebody ends it.</summary>
    public bool IsStream { get; private set; }

    /// <summary>Whether answers may be compressed: large ones without anything secret beside what the caller has sent.</summary>
    public bool IsCompressed { get; private set; }

    /// <summary>Whether a request that names itself is answered from memory when it is repeated.</summary>
    public bool KeepsAnswers { get; private set; } = method == HttpMethods.Post;

    /// <summary>Whether it makes commits, which keep the name of the request.</summary>
    public bool MakesCommits { get; private set; }

    /// <summary>Whether it is carried out for callers whom nobody vouches for.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The version of the daemon since which it should not be used any more, or null.</summary>
    public string? DeprecatedSince { get; private set; }

    /// <summary>It reads these members of the query.</summary>
    public Operation Query(params QueryParameter[] parameters)
    {
        _query.AddRange(parameters);
        return this;
    }

    /// <summary>It takes a JSON body of this shape, with this media type.</summary>
    public Operation Takes(JsonTypeInfo shape, string mediaType = MediaTypes.Json) => TakesAny(new(mediaType, shape, null));

    /// <summary>It takes a body that is no JSON, or a JSON that no shape describes.</summary>
    public Operation TakesText(string mediaType, string description) => TakesAny(new(mediaType, null, description));

    /// <summary>Its body has at most so many bytes.</summary>
    public Operation AtMost(long bytes)
    {
        MostBodyBytes = bytes;
        return Refuses(ErrorCode.TooLarge);
    }

    /// <summary>It answers with a JSON of this shape.</summary>
    public Operation Answers(JsonTypeInfo shape, int status = StatusCodes.Status200OK) => AnswersAny(new(status, new(MediaTypes.Json, shape, null)));

    /// <summary>It answers, when asked for it, with a text that is no JSON.</summary>
    public Operation AnswersText(string mediaType, string description) => AnswersAny(new(StatusCodes.Status200OK, new(mediaType, null, description)));

    /// <summary>It answers, when asked for it, with a line of JSON of this shape for each thing.</summary>
    public Operation AnswersLines(JsonTypeInfo shape) => AnswersAny(new(StatusCodes.Status200OK, new(MediaTypes.JsonLines, shape, null)));

    /// <summary>It answers with lines of this shape as they come, until it is ended.</summary>
    public Operation Streams(JsonTypeInfo shape)
    {
        IsStream = true;
        return CarriesOutWhileSent().AnswersLines(shape);
    }

    /// <summary>It is carried out while its body is being sent, or answers as long as it is heard, so that no answer can be kept.</summary>
    public Operation CarriesOutWhileSent()
    {
        KeepsAnswers = false;
        return this;
    }

    /// <summary>It answers, when asked for it, with a text that goes on until it is ended.</summary>
    public Operation StreamsText(string mediaType, string description)
    {
        IsStream = true;
        KeepsAnswers = false;
        return AnswersText(mediaType, description);
    }

    /// <summary>It goes over to a WebSocket.</summary>
    public Operation Upgrades()
    {
        IsStream = true;
        return AnswersAny(new(StatusCodes.Status101SwitchingProtocols, null));
    }

    /// <summary>It answers 204, without a body.</summary>
    public Operation AnswersNothing() => AnswersAny(new(StatusCodes.Status204NoContent, null));

    /// <summary>It may be refused for these too.</summary>
    public Operation Refuses(params ErrorCode[] codes)
    {
        _refusals.UnionWith(codes);
        return this;
    }

    /// <summary>It answers with something of a module at a revision, with its tag, on condition, and perhaps later.</summary>
    public Operation Reads() => Query(Standard.Revision, ModuleReads.Wait, Standard.Fields).Heeds(Standard.IfNoneMatch);

    /// <summary>It makes one commit in a module, on condition.</summary>
    public Operation Edits() => Query(ModuleEdits.Parameters).Heeds(Standard.IfMatch, Standard.IfNoneMatch).Refuses(ErrorCode.PreconditionFailed).Changes();

    /// <summary>It makes commits, which may be refused for all that commits are refused for.</summary>
    public Operation Changes()
    {
        MakesCommits = true;
        return Refuses(OfEveryChange);
    }

    /// <summary>Its answer is large and holds no secret, so that it may be compressed.</summary>
    public Operation Compresses()
    {
        IsCompressed = true;
        return this;
    }

    /// <summary>It is carried out for callers whom nobody vouches for; its answers are for them alone and are not kept.</summary>
    public Operation IsForEverybody()
    {
        (IsOpen, KeepsAnswers) = (true, false);
        return this;
    }

    /// <summary>What it is asked or answers holds a secret, so that nothing of it is kept to be answered again.</summary>
    public Operation IsNotKept()
    {
        KeepsAnswers = false;
        return this;
    }

    /// <summary>It is not to be used any more.</summary>
    /// <param name="since">The version of the daemon that said so first.</param>
    public Operation Deprecated(string since)
    {
        DeprecatedSince = since;
        return this;
    }

    /// <summary>It heeds these headers.</summary>
    public Operation Heeds(params HeaderParameter[] headers)
    {
        _headers.AddRange(headers);
        return this;
    }

    /// <summary>The media types that it answers with when it is not refused.</summary>
    public IReadOnlyList<string> AnswerTypes => _answerTypes ??= [.. _answers.Select(answer => answer.Shape?.MediaType).OfType<string>().Distinct()];

    private IReadOnlyList<string>? _answerTypes;

    private Operation TakesAny(Shape body)
    {
        _bodies.Add(body);
        return Refuses(ErrorCode.TooLarge);
    }

    private Operation AnswersAny(Answer answer)
    {
        _answers.Add(answer);
        return this;
    }
}

/// <summary>What a body looks like.</summary>
/// <param name="MediaType">Its media type.</param>
/// <param name="Json">Its shape, or that of each line; null when no shape is known.</param>
/// <param name="Description">What it is, where the shape does not say it.</param>
internal sealed record Shape(string MediaType, JsonTypeInfo? Json, string? Description);

/// <summary>An answer that is no refusal.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Shape">Its body, or null for none.</param>
internal sealed record Answer(int Status, Shape? Shape);

/// <summary>A header that an operation heeds.</summary>
/// <param name="Name">Of the header.</param>
/// <param name="Summary">What it does.</param>
internal sealed record HeaderParameter(string Name, string Summary);
