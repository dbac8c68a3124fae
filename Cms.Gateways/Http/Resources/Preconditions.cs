using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Cms.Gateways.Http.Resources;

/// <summary>What <c>If-Match</c> and <c>If-None-Match</c> say (RFC 9110, 13.1). Pure.</summary>
/// <remarks>
/// A tag is <c>"JOURNAL-STATE"</c>, with <c>+FORM</c> behind it for an answer in another form than the usual one, and the coding behind
/// that when the answer is compressed, so that answers that differ in a byte differ in their tags (8.8.3). Changes are about the state:
/// for <c>If-Match</c> the tag of any form will do.
/// </remarks>
/// <param name="journal">The journal that tags are of.</param>
internal sealed class Preconditions(Guid journal)
{
    private const int MostTags = 100;
    private readonly string _prefix = $"\"{journal:N}-";

    /// <summary>A tag as answers have it.</summary>
    /// <param name="tag">Of the state.</param>
    /// <param name="form">Of the form, see <see cref="ResourceForm"/>; empty for the usual one.</param>
    public string Write(string tag, string form = "") => string.Concat(_prefix, tag, form, "\"");

    /// <summary>Whether a caller says that he has this state in this form already, compressed or not.</summary>
    /// <param name="ifNoneMatch">The header.</param>
    /// <param name="tag">Of the state.</param>
    /// <param name="form">Of the form.</param>
    /// <param name="named">The tag that he has named for it; null when he has named all.</param>
    public bool IsKnown(StringValues ifNoneMatch, string tag, string form, out string? named)
    {
        named = null;
        return ifNoneMatch.Count > 0 && Matches(ifNoneMatch, tag, form, weakly: true, out named);
    }

    /// <summary>The condition of a change, to be asked when it is decided; null when the request has none.</summary>
    /// <param name="request">The request.</param>
    /// <param name="what">What the change is about, for messages.</param>
    /// <param name="path">Its address.</param>
    /// <param name="tagOf">The tag of that in a state of the module; null when it is not there.</param>
    public Func<IModuleView, Refusal?>? Of(HttpRequest request, string what, string path, Func<IModuleView, string?> tagOf)
    {
        var (match, noneMatch) = (request.Headers.IfMatch, request.Headers.IfNoneMatch);
        if (match.Count == 0 && noneMatch.Count == 0)
        {
            return null;
        }

        return state => tagOf(state) switch
        {
            var tag when match.Count > 0 && (tag is null || !Matches(match, tag, form: null, weakly: false, out _)) => Failed(what, path, tag is null ? "is not there" : "is another than If-Match names", tag),
            { } tag when noneMatch.Count > 0 && Matches(noneMatch, tag, form: null, weakly: true, out _) => Failed(what, path, "is there, which If-None-Match rules out", tag),
            _ => null,
        };
    }

    private Refusal Failed(string what, string path, string why, string? tag) =>
        new(ErrorCode.PreconditionFailed, $"{what} {why}; nothing was changed: {(tag is null ? "make it anew" : $"it has the tag {Write(tag)} now, read it again")}") { Paths = [path] };

    // Without a form any will do.
    private bool Matches(StringValues header, string tag, string? form, bool weakly, out string? named)
    {
        named = null;
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
                if (one is "*")
                {
                    return true;
                }

                if (IsTag(one, tag, form))
                {
                    named = one.ToString();
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

    private bool IsTag(ReadOnlySpan<char> given, string tag, string? form)
    {
        if (given.Length <= _prefix.Length || given[^1] != '"' || !given.StartsWith(_prefix, StringComparison.Ordinal) || !given[_prefix.Length..^1].StartsWith(tag, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = given[(_prefix.Length + tag.Length)..^1];
        return form is null ? rest.IsEmpty || rest[0] == ResourceForm.Mark
            : rest.StartsWith(form, StringComparison.Ordinal) && ResourceForm.IsCoding(rest[form.Length..]);
    }
}
