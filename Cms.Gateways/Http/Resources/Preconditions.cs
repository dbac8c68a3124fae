using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Cms.Gateways.Http.Resources;

/// <summary>What <c>If-Match</c> and <c>If-None-Match</c> say (RFC 9110, 13.1). Pure.</summary>
/// <param name="journal">The journal that tags are of.</param>
internal sealed class Preconditions(Guid journal)
{
    private const int MostTags = 100;
    private readonly string _prefix = $"\"{journal:N}-";

    /// <summary>A tag as answers have it.</summary>
    public string Write(string tag) => string.Concat(_prefix, tag, "\"");

    /// <summary>Whether a caller says that he has this state already.</summary>
    public bool IsKnown(StringValues ifNoneMatch, string tag) => ifNoneMatch.Count > 0 && Matches(ifNoneMatch, tag, weakly: true);

    /// <summary>The condition of a change, to be asked when it is decided; null when the request has none.</summary>
    /// <param name="request">The request.</param>
    /// <param name="path">What the change is about, for messages.</param>
    /// <param name="tagOf">The tag of that in a state of the module; null when it is not there.</param>
    public Func<IModuleView, Refusal?>? Of(HttpRequest request, string path, Func<IModuleView, string?> tagOf)
    {
        var (match, noneMatch) = (request.Headers.IfMatch, request.Headers.IfNoneMatch);
        if (match.Count == 0 && noneMatch.Count == 0)
        {
            return null;
        }

        return state => tagOf(state) switch
        {
            var tag when match.Count > 0 && (tag is null || !Matches(match, tag, weakly: false)) => Failed(path, tag is null ? "is not there" : "is another than If-Match names", tag),
            { } tag when noneMatch.Count > 0 && Matches(noneMatch, tag, weakly: true) => Failed(path, "is there, which If-None-Match rules out", tag),
            _ => null,
        };
    }

    private Refusal Failed(string path, string why, string? tag) =>
        new(ErrorCode.PreconditionFailed, $"{path} {why}; nothing was changed: {(tag is null ? "make it anew" : $"it has the tag {Write(tag)} now, read it again")}") { Paths = [path] };

    private bool Matches(StringValues header, string tag, bool weakly)
    {
        foreach (var line in header)
        {
            if (line is null)
            {
                continue;
            }

            var left = MostTags;
            foreach (var range in line.AsSpan().Split(','))
            {
                var one = line.AsSpan(range).Trim();
                one = weakly && one.StartsWith("W/", StringComparison.Ordinal) ? one[2..] : one;
                if (one is "*" || IsTag(one, tag))
                {
                    return true;
                }

                if (--left == 0)
                {
                    throw new RefusedException(ErrorCode.InvalidArgument, $"a condition names more than {MostTags} tags");
                }
            }
        }

        return false;
    }

    private bool IsTag(ReadOnlySpan<char> given, string tag) =>
        given.Length == _prefix.Length + tag.Length + 1 && given.StartsWith(_prefix, StringComparison.Ordinal) && given[_prefix.Length..^1].SequenceEqual(tag) && given[^1] == '"';
}
