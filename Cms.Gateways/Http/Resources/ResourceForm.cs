using System.Security.Cryptography;
using System.Text;
using Cms.Gateways.Http.Catalogue;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http.Resources;

/// <summary>In which form a state is answered: its media type, the members that were asked for, and how it is compressed. Pure.</summary>
internal static class ResourceForm
{
    /// <summary>What stands before each part of a form in a tag.</summary>
    public const char Mark = '+';

    private const string Experimental = "application/x-";
    private const int HashSizeBytes = 8;

    /// <summary>The form that a request asks for, without its coding; empty for the usual media type with all members.</summary>
    public static string Of(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<Operation>() is not { AnswerTypes.Count: > 0 } operation)
        {
            return "";
        }

        var type = operation.AnswerTypes.Count > 1 ? Negotiation.Chosen(context) : operation.AnswerTypes[0];
        if (type != operation.AnswerTypes[0])
        {
            return Mark + (type.StartsWith(Experimental, StringComparison.Ordinal) ? type[Experimental.Length..] : type);
        }

        return context.Request.QueryString.HasValue && operation.QueryParameters.Contains(Standard.Fields) && Standard.Fields.Find(context) is { } fields
            ? Mark + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(fields)).AsSpan(0, HashSizeBytes))
            : "";
    }

    /// <summary>Whether the rest of a tag names no coding or one.</summary>
    public static bool IsCoding(ReadOnlySpan<char> rest) => rest is "" or "+br" or "+gzip";

    /// <summary>Names the coding in the tag of an answer that is about to be sent.</summary>
    public static void NameCoding(HttpResponse response)
    {
        if (response.Headers.ContentEncoding is [{ Length: > 0 } coding] && response.Headers.ETag is [{ Length: > 1 } tag] && tag[^1] == '"')
        {
            response.Headers.ETag = string.Concat(tag.AsSpan(0, tag.Length - 1), $"{Mark}{coding}", "\"");
        }
    }
}
