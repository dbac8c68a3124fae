using System.Globalization;
using System.Text.Json.Nodes;
using Cms.Formats.Refusals;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http.Catalogue;

/// <summary>A member of the query: how it is described and how it is read, told once.</summary>
/// <param name="name">As callers write it.</param>
/// <param name="summary">What it is for.</param>
internal abstract class QueryParameter(string name, string summary)
{
    /// <summary>As callers write it.</summary>
    public string Name { get; } = name;

    /// <summary>What it is for.</summary>
    public string Summary { get; } = summary;

    /// <summary>Whether it may be there several times.</summary>
    public virtual bool IsList => false;

    /// <summary>What its text has to be.</summary>
    public abstract JsonObject ToSchema();

    /// <summary>Whether a request has it.</summary>
    public bool IsGiven(HttpContext context) => context.Request.Query.ContainsKey(Name);

    /// <summary>Its text, or null; the last one of several.</summary>
    protected string? TextOf(HttpContext context) => context.Request.Query[Name] is [.., { } text] ? text : null;
}

/// <summary>A whole number within bounds.</summary>
internal sealed class NumberParameter(string name, string summary, long least, long greatest, long? otherwise = null) : QueryParameter(name, summary)
{
    /// <summary>A revision of a module, or what counts like one.</summary>
    public static NumberParameter Revision(string name, string summary) => new(name, summary, 0, long.MaxValue);

    /// <inheritdoc/>
    public override JsonObject ToSchema()
    {
        var schema = new JsonObject { ["type"] = "integer", ["minimum"] = least };
        if (greatest < long.MaxValue)
        {
            schema["maximum"] = greatest;
        }

        if (otherwise is { } value)
        {
            schema["default"] = value;
        }

        return schema;
    }

    /// <summary>The number, or what stands for one that is not there.</summary>
    /// <exception cref="RefusedException">It is none within the bounds.</exception>
    public long? Find(HttpContext context)
    {
        var text = TextOf(context);
        return text is null ? otherwise
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= greatest ? number
            : throw new RefusedException(ErrorCode.InvalidArgument, $"{Name} '{text}' is not legal: use a number from {least} to {greatest}");
    }

    /// <summary>The number of a parameter that always has one.</summary>
    /// <exception cref="RefusedException">It is none within the bounds.</exception>
    public long Read(HttpContext context) => Find(context) ?? throw new RefusedException(ErrorCode.InvalidArgument, $"the query lacks '{Name}'");

    /// <summary>The number of a parameter whose bounds are those of an int.</summary>
    /// <exception cref="RefusedException">It is none within the bounds.</exception>
    public int ReadInt(HttpContext context) => (int)Read(context);
}

/// <summary>Yes or no; no when it is not there.</summary>
internal sealed class FlagParameter(string name, string summary) : QueryParameter(name, summary)
{
    /// <inheritdoc/>
    public override JsonObject ToSchema() => new() { ["type"] = "boolean", ["default"] = false };

    /// <summary>Whether it is set.</summary>
    /// <exception cref="RefusedException">It is neither true nor false.</exception>
    public bool IsSet(HttpContext context) => TextOf(context) switch
    {
        null or "false" => false,
        "true" => true,
        var other => throw new RefusedException(ErrorCode.InvalidArgument, $"{Name} '{other}' is not legal: use true or false"),
    };
}

/// <summary>A text, perhaps one of a few words.</summary>
internal sealed class TextParameter(string name, string summary, params string[] words) : QueryParameter(name, summary)
{
    /// <inheritdoc/>
    public override JsonObject ToSchema()
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (words.Length > 0)
        {
            schema["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]);
        }

        return schema;
    }

    /// <summary>The text, or null when it is not there.</summary>
    /// <exception cref="RefusedException">It is none of the words.</exception>
    public string? Find(HttpContext context)
    {
        var text = TextOf(context);
        return text is null || words.Length == 0 || words.Contains(text) ? text
            : throw new RefusedException(ErrorCode.InvalidArgument, $"{Name} '{text}' is not legal: use {string.Join(" or ", words)}");
    }
}

/// <summary>Texts: the parameter may be there several times.</summary>
internal sealed class TextsParameter(string name, string summary) : QueryParameter(name, summary)
{
    /// <inheritdoc/>
    public override bool IsList => true;

    /// <inheritdoc/>
    public override JsonObject ToSchema() => new() { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } };

    /// <summary>All of them, in order.</summary>
    public IReadOnlyList<string> Read(HttpContext context) => [.. context.Request.Query[Name].OfType<string>()];
}
