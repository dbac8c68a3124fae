using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Cms.Gateways.Http.Catalogue;

/// <summary>Finds out which media type a caller sends and wants. Pure.</summary>
internal static class Negotiation
{
    /// <summary>The media type to answer with, or null when none is wanted; see RFC 9110, 12.5.1.</summary>
    /// <param name="accept">The header, perhaps not there; one that is malformed is taken for none.</param>
    /// <param name="offered">What can be answered, the usual one first.</param>
    public static string? Choose(StringValues accept, IReadOnlyList<string> offered)
    {
        if (accept.Count == 0 || accept is ["*/*"] || (accept is [var one] && one == offered[0]))
        {
            return offered[0];
        }

        if (!MediaTypeHeaderValue.TryParseList([.. accept.OfType<string>()], out var ranges))
        {
            return offered[0];
        }

        string? best = null;
        var bestQuality = 0.0;
        foreach (var type in offered)
        {
            var quality = QualityOf(type, ranges);
            (best, bestQuality) = quality > bestQuality ? (type, quality) : (best, bestQuality);
        }

        return best;
    }

    /// <summary>The media type that a request wants of what its operation answers, which the runner has found to be one.</summary>
    public static string Chosen(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<Operation>() is { } operation
        ? Choose(context.Request.Headers.Accept, operation.AnswerTypes) ?? operation.AnswerTypes[0]
        : MediaTypes.Json;

    /// <summary>Whether a body of the type that a request names is one of these. A type that is not said is the usual one.</summary>
    public static bool IsTaken(IReadOnlyList<Shape> bodies, HttpRequest request) => SentType(request) is not { } sent || bodies.Any(body => body.MediaType == sent);

    /// <summary>The media type of a body without its parameters, in small letters; null when the caller does not say it, as curl does not.</summary>
    public static string? SentType(HttpRequest request)
    {
        var type = request.ContentType;
        if (string.IsNullOrEmpty(type))
        {
            return null;
        }

        var end = type.IndexOf(';', StringComparison.Ordinal);
#pragma warning disable CA1308 // Media types are written in small letters.
        var bare = (end < 0 ? type : type[..end]).Trim().ToLowerInvariant();
#pragma warning restore CA1308
        return bare == MediaTypes.Unsaid ? null : bare;
    }

    // The most specific range that a type is in says how much it is wanted.
    private static double QualityOf(string type, IList<MediaTypeHeaderValue> ranges)
    {
        var (best, quality) = (-1, 0.0);
        var wanted = new MediaTypeHeaderValue(type);
        foreach (var range in ranges)
        {
            var rank = range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2;
            var isIn = rank switch
            {
                0 => true,
                1 => range.Type.Equals(wanted.Type, StringComparison.OrdinalIgnoreCase),
                _ => range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase),
            };
            (best, quality) = isIn && rank > best ? (rank, range.Quality ?? 1) : (best, quality);
        }

        return quality;
    }
}
